"""Requests that the real services were seen to answer: what they took, the emulator takes, and what they refused, it refuses."""

import json
import os
import pathlib
import urllib.parse

import pytest

RECORDED = pathlib.Path(os.environ.get("CORTEX_TESTDATA", pathlib.Path(__file__).resolve().parents[3] / "shared" / "testdata")) / "recorded"

# Why a recorded request may fare otherwise here: words of the refusal, or of the file's name.
OTHER_SECRET = ("Invalid `signature` in `thinking` block", "Invalid `data` in `redacted_thinking` block")
RETIRED = ("claude-sonnet-4-0", "gpt-4.1-nano", "o1-mini", "o3-mini", "o4-mini", "gpt-4o-mini-search-preview", "gpt-4o-search-preview")
BETA_HEADER_NOT_RECORDED = ("output_config.task_budget", "mcp_servers", "Input tag 'tool_addition'")
# The documented rule, which one recording contradicts.
DOCUMENTED = ('first message must use the "user" role',)
# Any unlisted name of the family is taken, and the recorded key is not.
UNKNOWN_HERE = ("claude-sonet-4-5",)


def body_of(request):
    if "json" in request:
        return request["json"]
    try:
        return json.loads(request.get("body") or "")
    except ValueError:
        return None


def interactions(folder):
    for file in sorted((RECORDED / folder).glob("*.json")):
        for index, item in enumerate(json.loads(file.read_text()).get("interactions", [])):
            request = item["request"]
            body = body_of(request)
            url = urllib.parse.urlsplit(request["url"])
            path = url.path + ("?" + url.query if url.query else "")
            if request["method"] == "POST" and isinstance(body, dict) and path.startswith(("/v1/messages", "/v1/chat/completions")):
                yield f"{file.stem}[{index}]", path, body, item["response"]["status"]


def judge(folder, send):
    """(how many agree, what differs without a known reason)"""
    agree, differ = 0, []
    for name, path, body, status in interactions(folder):
        found, answer = send(path, body)
        text = json.dumps(answer, ensure_ascii=False)
        reasons = (*OTHER_SECRET, *BETA_HEADER_NOT_RECORDED, *DOCUMENTED)
        if found == status:
            agree += 1
        elif status == 401 or body.get("model") in (*RETIRED, *UNKNOWN_HERE) or any(json.dumps(words)[1:-1] in text for words in reasons):
            continue
        else:
            differ.append(f"{name}: the service {status}, the emulator {found}: {text[:200]}")
    return agree, differ


def require(folder):
    if not (RECORDED / folder).is_dir():
        pytest.skip(f"no recorded traffic here: CORTEX_TESTDATA has no recorded/{folder}")


def test_recorded_messages_requests_fare_alike(raw):
    require("anthropic")
    agree, differ = judge("anthropic", lambda path, body: raw.messages(body, target=path)[::2])
    assert differ == [] and agree > 150


def test_recorded_chat_requests_fare_alike(raw):
    require("openai-chat")
    agree, differ = judge("openai-chat", lambda _, body: raw.chat(body)[::2])
    assert differ == [] and agree > 60
