"""Requests that the real Gemini services were seen to answer: what they took, the emulator takes."""

import json
import os
import pathlib
import urllib.parse

import pytest

RECORDED = pathlib.Path(os.environ.get("CORTEX_TESTDATA", pathlib.Path(__file__).resolve().parents[3] / "shared" / "testdata")) / "recorded"
PLACEHOLDER = "skip_thought_signature_validator"
TOKEN = "ya29.recorded"
# Models that are gone by now, and aliases of the recording's day: the same request to a model of the same family.
TODAY = {"gemini-3-pro-preview": "gemini-3.1-pro-preview", "gemini-2.0-flash": "gemini-2.5-flash", "gemini-1.5-flash": "gemini-2.5-flash"}
# Explicit caches do not exist here.
NOT_HERE = ("cachedContent",)


def with_placeholders(value):
    """The same request with signatures that any process believes."""
    if isinstance(value, dict):
        return {
            name: PLACEHOLDER if name in ("thoughtSignature", "thought_signature") else with_placeholders(item)
            for name, item in value.items()
        }
    return [with_placeholders(item) for item in value] if isinstance(value, list) else value


def body_of(request):
    try:
        return request["json"] if "json" in request else json.loads(request.get("body") or "")
    except ValueError:
        return None


def interactions(folder):
    for file in sorted((RECORDED / folder).glob("*.json")):
        for index, item in enumerate(json.loads(file.read_text()).get("interactions", [])):
            request, status = item["request"], item["response"]["status"]
            url = urllib.parse.urlsplit(request["url"])
            query = "&".join(part for part in url.query.split("&") if part and not part.startswith("key="))
            if status == 200 and isinstance(body_of(request), dict) and url.path.endswith(("enerateContent", ":countTokens")):
                for gone, today in TODAY.items():
                    url = url._replace(path=url.path.replace(f"/{gone}:", f"/{today}:"))
                yield f"{file.stem}[{index}]", url.path + ("?" + query if query else ""), with_placeholders(body_of(request))


@pytest.mark.parametrize("folder, least", [("gemini", 120), ("vertex", 8)])
def test_what_the_service_took_is_taken(start, connect, folder, least):
    if not (RECORDED / folder).is_dir():
        pytest.skip(f"no recorded traffic here: CORTEX_TESTDATA has no recorded/{folder}")
    raw = connect(start("--google-token", TOKEN))
    secret = {"authorization": f"Bearer {TOKEN}"} if folder == "vertex" else {"x-goog-api-key": "AQ.recorded"}
    taken, refused = 0, []
    for name, target, body in interactions(folder):
        status, _, answer = raw.send("POST", target, body, {"content-type": "application/json"} | secret)
        if status == 200:
            taken += 1
        elif not any(word in body for word in NOT_HERE):
            refused.append(f"{name} {target}: {status} {json.dumps(answer)[:300]}")
    assert not refused, "\n".join(refused)
    assert taken >= least
