"""Requests to Responses and to Azure that the real services were seen to answer: what they took, the emulator takes."""

import json
import urllib.parse

import pytest

from test_recorded import RECORDED, RETIRED, body_of, require

# Sealed by the real service, stored there, or left out by the recording.
NOT_OURS = ("could not be verified", "not found", "Background mode is not served here")


def recorded(folder):
    for file in sorted((RECORDED / folder).glob("*.json")):
        for index, item in enumerate(json.loads(file.read_text()).get("interactions", [])):
            request, url = item["request"], urllib.parse.urlsplit(item["request"]["url"])
            body = body_of(request)
            routed = url.path.endswith("/responses") or (folder == "azure-openai" and url.path.endswith("/chat/completions"))
            if request["method"] == "POST" and isinstance(body, dict) and routed:
                yield f"{file.stem}[{index}]", url.path + ("?" + url.query if url.query else ""), body, item["response"]["status"]


@pytest.mark.parametrize(("folder", "least"), [("openai-responses", 60), ("azure-openai", 2)])
def test_recorded_requests_fare_alike(raw, folder, least):
    require(folder)
    head = {"content-type": "application/json", "authorization": "Bearer sk-recorded-0001"}
    agree, differ = 0, []
    for name, target, body, status in recorded(folder):
        found, _, answer = raw.send("POST", target, body, head)
        text = json.dumps(answer, ensure_ascii=False)
        if found == status:
            agree += 1
        elif status != 401 and body.get("model") not in RETIRED and not any(words in text for words in NOT_OURS):
            differ.append(f"{name} {body.get('model')}: the service {status}, the emulator {found}: {text[:300]}")
    assert not differ, "\n".join(differ)
    assert agree >= least
