"""The official AnthropicVertex clients, with Google's own credentials, against the emulator."""

import asyncio
import json
import os

import pytest

anthropic = pytest.importorskip("anthropic", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("google.auth", reason="google-auth is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("requests", reason="requests is not installed: pip install -r tests/requirements.txt")

from google.auth.transport.requests import Request  # noqa: E402
from google.oauth2 import service_account  # noqa: E402
from google_files import PROJECT, GoogleFiles  # noqa: E402

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
OLD = "claude-sonnet-4-5@20250929"  # thinks with a budget
NEW = "claude-opus-5-5"  # thinks always, and bound to what came before; not in single regions
ADD = {
    "name": "add",
    "description": "Adds two numbers",
    "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
}


@pytest.fixture(autouse=True)
def no_google_of_this_machine(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("GOOGLE_", "GCE_", "GCLOUD_", "CLOUDSDK_", "CLOUD_ML_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture
def files(emulator, tmp_path):
    return GoogleFiles(emulator, tmp_path)


def credentials_of(files):
    return service_account.Credentials.from_service_account_file(files.path("service_account.json"), scopes=SCOPES)


@pytest.fixture
def vertex(emulator, files):
    """Makes clients; `region` is their location."""
    made = []

    def make(region="global", kind=anthropic.AnthropicVertex, **options):
        options = {"credentials": credentials_of(files), "project_id": PROJECT, "max_retries": 0} | options
        made.append(kind(region=region, base_url=emulator.base_url + "/v1", **options))
        return made[-1]

    yield make
    for client in made:
        if isinstance(client, anthropic.AnthropicVertex):
            client.close()


def user(text):
    return {"role": "user", "content": text}


def ask(client, model=OLD, text="Hello", **options):
    return client.messages.create(model=model, max_tokens=200, messages=[user(text)], **options)


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def model_calls(emulator):
    return [request for request in emulator.requests() if "/publishers/" in request["target"]]


def test_an_answer_comes_with_a_service_accounts_token(vertex, emulator):
    message = ask(vertex(), text="Grüße aus Köln 🌍")
    assert text_of(message) == "You said: Grüße aus Köln 🌍"
    assert message._request_id.startswith("req_vrtx_")
    (call,) = model_calls(emulator)
    assert call["target"] == f"/v1/projects/{PROJECT}/locations/global/publishers/anthropic/models/{OLD}:rawPredict"
    assert "model" not in call["json"] and call["headers"]["authorization"].startswith("Bearer sha256:")


@pytest.mark.parametrize("model", [OLD, NEW])
def test_a_stream_assembles_to_the_same_text(vertex, emulator, model):
    prompt = "Ein Satz mit Umlauten: äöü, und ein Zeichen aus vier Bytes: 🧪. " * 20
    with vertex().messages.stream(model=model, max_tokens=4000, messages=[user(prompt)]) as stream:
        deltas = list(stream.text_stream)
        final = stream.get_final_message()
    assert "".join(deltas) == text_of(final) == "You said: " + prompt and len(deltas) > 10
    (call,) = model_calls(emulator)
    assert call["target"].endswith(f"/{model}:streamRawPredict") and call["json"]["stream"] is True


def test_the_async_client_answers_and_streams(vertex):
    async def talk():
        async with vertex(kind=anthropic.AsyncAnthropicVertex) as client:
            whole = await client.messages.create(model=OLD, max_tokens=200, messages=[user("Hello")])
            async with client.messages.stream(model=NEW, max_tokens=200, messages=[user("Hello")]) as stream:
                return whole, await stream.get_final_message()

    whole, streamed = asyncio.run(talk())
    assert text_of(whole) == text_of(streamed) == "You said: Hello"


@pytest.mark.parametrize("model, options", [(OLD, {"thinking": {"type": "enabled", "budget_tokens": 2000}}), (NEW, {})])
def test_a_tool_round_with_its_thinking(vertex, model, options):
    client = vertex()
    options = {"model": model, "max_tokens": 4000, "tools": [ADD]} | options
    history = [user("CALL_ADD: 2 3")]
    with client.messages.stream(messages=history, **options) as stream:
        first = stream.get_final_message()
    (call,) = [block for block in first.content if block.type == "tool_use"]
    assert first.content[0].type == "thinking" and call.input == {"a": 2, "b": 3}
    history += [
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "5"}]},
    ]
    assert "The result of add is: 5." in text_of(client.messages.create(messages=history, **options))
    changed = [block.model_dump(exclude_none=True) for block in first.content]
    changed[0]["signature"] = changed[0]["signature"][:-4] + "AAAA"
    with pytest.raises(anthropic.BadRequestError):
        client.messages.create(messages=[history[0], {"role": "assistant", "content": changed}, history[2]], **options)


def test_tokens_are_counted_with_the_model_in_the_body(vertex, emulator):
    count = vertex().messages.count_tokens(model=OLD, messages=[user("Hello " * 40)])
    assert count.input_tokens > 40
    (call,) = model_calls(emulator)
    assert call["target"].endswith("/models/count-tokens:rawPredict") and call["json"]["model"] == OLD
    with pytest.raises(anthropic.NotFoundError):
        vertex().messages.count_tokens(model="claude-nothing", messages=[user("Hello")])


def test_betas_travel_as_a_header(vertex, emulator):
    client = vertex()
    client.beta.messages.create(
        model=OLD, max_tokens=50, messages=[user("Hello")], betas=["interleaved-thinking-2025-05-14"]
    )
    assert model_calls(emulator)[-1]["headers"]["anthropic-beta"] == "interleaved-thinking-2025-05-14"
    with pytest.raises(anthropic.BadRequestError, match="anthropic-beta"):
        client.beta.messages.create(model=OLD, max_tokens=50, messages=[user("Hello")], betas=["unheard-of-2026-01-01"])


@pytest.mark.parametrize("location", ["global", "us", "eu", "us-east5", "europe-west1"])
def test_models_from_4_7_on_run_only_in_the_large_places(vertex, location):
    assert text_of(ask(vertex(location))) == "You said: Hello"
    if location in ("global", "us", "eu"):
        assert text_of(ask(vertex(location), model=NEW)) == "You said: Hello"
    else:
        with pytest.raises(anthropic.NotFoundError, match=f"Publisher Model .*{location}.* was not found"):
            ask(vertex(location), model=NEW)


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-opus-5-5@default", "claude-mythos-5"])
def test_only_vertexs_own_ids_are_found(vertex, model):
    with pytest.raises(anthropic.NotFoundError, match="was not found"):
        ask(vertex(), model=model)


def test_a_revoked_token_is_refused_until_there_is_a_new_one(vertex, files):
    credentials = credentials_of(files)
    client = vertex(credentials=credentials)
    ask(client)
    files.switch(revoke="access_tokens")
    with pytest.raises(anthropic.AuthenticationError):
        ask(client)
    credentials.token = None
    assert text_of(ask(client)) == "You said: Hello"


def test_an_invented_token_is_refused(vertex):
    with pytest.raises(anthropic.AuthenticationError) as caught:
        ask(vertex(credentials=None, access_token="ya29.invented"))
    assert caught.value.body["error"]["status"] == "UNAUTHENTICATED"


def send(raw, files, body, model=OLD, verb="rawPredict", location="global", project=PROJECT, **headers):
    target = f"/v1/projects/{project}/locations/{location}/publishers/anthropic/models/{model}:{verb}"
    credentials = credentials_of(files)
    credentials.refresh(Request())
    fields = {"authorization": f"Bearer {credentials.token}", "content-type": "application/json"}
    return raw.send("POST", target, body, fields | headers)


GOOD = {"anthropic_version": "vertex-2023-10-16", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}
PICTURE = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
PAPER = {"type": "document", "source": {"type": "file", "file_id": "file_1"}}


@pytest.mark.parametrize(
    "change, place",
    [
        ({"model": OLD}, "model"),
        ({"anthropic_version": None}, "anthropic_version"),
        ({"anthropic_version": "2023-06-01"}, "anthropic_version"),
        ({"stream": True}, "stream"),
        ({"messages": [{"role": "user", "content": [PICTURE]}]}, "messages.0.content.0.source.type"),
        ({"messages": [{"role": "user", "content": [PAPER]}]}, "messages.0.content.0.source.type"),
        ({"tools": [{"type": "code_execution_20250825", "name": "code_execution"}]}, "tools.0.type"),
        ({"mcp_servers": []}, "mcp_servers"),
        ({"max_tokens": None}, "max_tokens"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_the_body_may_not_say(raw, files, change, place):
    body = {name: value for name, value in (GOOD | change).items() if value is not None}
    status, headers, answer = send(raw, files, body)
    assert (status, answer["type"], answer["error"]["type"]) == (400, "error", "invalid_request_error")
    assert answer["error"]["message"].startswith(place + ":")
    assert answer["request_id"] == headers["request-id"] and answer["request_id"].startswith("req_vrtx_")


def test_the_verb_and_stream_must_agree(raw, files):
    assert send(raw, files, GOOD)[0] == 200
    assert send(raw, files, GOOD, verb="streamRawPredict")[0] == 400
    status, headers, text = send(raw, files, GOOD | {"stream": True}, verb="streamRawPredict")
    assert status == 200 and headers["content-type"].startswith("text/event-stream")
    assert not any(name.startswith("anthropic-ratelimit") for name in headers)
    lines = [line for line in text.splitlines() if line.startswith("data: ")]
    assert json.loads(lines[-1].removeprefix("data: "))["type"] == "message_stop"


def test_the_newest_version_refuses_sampling(raw, files):
    body = GOOD | {"temperature": 0.5}
    assert send(raw, files, body)[0] == 200
    assert send(raw, files, body | {"anthropic_version": "2026-10-21"})[0] == 400


def test_an_escaped_id_is_the_same_id(raw, files):
    assert send(raw, files, GOOD, model="claude-sonnet-4-5%4020250929")[0] == 200


@pytest.mark.parametrize(
    "place",
    [{"verb": "predict"}, {"location": "nowhere"}, {"verb": "streamRawPredict", "model": "count-tokens"}, {"project": ""}],
)
def test_a_wrong_address_is_googles_404(raw, files, place):
    status, _, answer = send(raw, files, GOOD, **place)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")


def test_a_project_may_be_closed_to_the_caller(raw, files):
    status, _, answer = send(raw, files, GOOD, project="denied-project")
    assert (status, answer["error"]["details"][0]["reason"]) == (403, "IAM_PERMISSION_DENIED")


def inner(shape, answer):
    """(code, message, status or type) of an error in each of its shapes."""
    error = (answer[0] if shape == "google_array" else answer)["error"]
    return error.get("code"), error["message"], error.get("status") or error["type"]


@pytest.mark.parametrize("shape", ["anthropic", "google", "google_array", "google_wrapped"])
def test_errors_come_in_every_shape(emulator, raw, files, shape):
    files.switch(error_shape=shape, retry_info_seconds=1.5)
    status, _, answer = send(raw, files, GOOD | {"max_tokens": -1})
    code, message, word = inner(shape, answer)
    assert status == 400 and word == ("invalid_request_error" if shape == "anthropic" else "INVALID_ARGUMENT")
    assert code == (None if shape == "anthropic" else 400)
    if shape == "google_wrapped":
        assert json.loads(message)["error"]["type"] == "invalid_request_error"
    emulator.script({"error": {"status": 429}}, {"error": {"status": 503, "type": "UNAVAILABLE", "message": "Try later."}})
    status, _, answer = send(raw, files, GOOD)
    assert status == 429 and inner(shape, answer)[2] == ("rate_limit_error" if shape == "anthropic" else "RESOURCE_EXHAUSTED")
    status, _, answer = send(raw, files, GOOD)
    code, message, word = inner(shape, answer)
    assert (status, code, message, word) == (503, 503, "Try later.", "UNAVAILABLE")
    details = (answer[0] if shape == "google_array" else answer)["error"]["details"]
    assert details == [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"}]


def test_scripts_match_the_id_and_break_streams(vertex, emulator):
    emulator.script({"match": {"model": NEW}, "text": "scripted"}, {"text": "cut", "sse_error": {"after_deltas": 1}})
    client = vertex()
    with pytest.raises(anthropic.APIStatusError):
        with client.messages.stream(model=OLD, max_tokens=200, messages=[user("Hello")]) as stream:
            stream.until_done()
    assert text_of(ask(client, model=NEW)) == "scripted"
    assert [call["scripted"] for call in model_calls(emulator)] == [True, True]
