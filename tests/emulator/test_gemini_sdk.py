"""The official google-genai client, on the Developer API with a key and on Vertex AI with Google's own credentials."""

import asyncio
import base64
import json
import os

import pytest

genai = pytest.importorskip("google.genai", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("requests", reason="requests is not installed: pip install -r tests/requirements.txt")

from google.genai import errors, types  # noqa: E402
from google.oauth2 import service_account  # noqa: E402
from google_files import PROJECT, GoogleFiles  # noqa: E402

KEY = "AQ.emulator-test-0001"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
NEW = "gemini-3.8-flash"
WITH_IDS = "gemini-3.6-flash"
OLD = "gemini-2.5-flash"
HOSTS = ["developer", "vertex"]
ADD = types.FunctionDeclaration(
    name="add",
    description="Adds two numbers",
    parameters_json_schema={"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
)
TOOLS = {"tools": [types.Tool(function_declarations=[ADD])]}
# The client would call the functions by itself.
BY_HAND = {"automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True)}


@pytest.fixture(autouse=True)
def no_google_of_this_machine(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("GOOGLE_", "GEMINI_", "GCE_", "GCLOUD_", "CLOUDSDK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture
def files(emulator, tmp_path):
    return GoogleFiles(emulator, tmp_path)


@pytest.fixture
def make(emulator, files):
    """Makes a client of a host."""
    made = []

    def client(host="developer", version=None, **options):
        http = types.HttpOptions(base_url=emulator.base_url, **({"api_version": version} if version else {}))
        if host == "developer":
            options = {"api_key": KEY} | options
        else:
            account = service_account.Credentials.from_service_account_file(files.path("service_account.json"), scopes=SCOPES)
            options = {"vertexai": True, "project": PROJECT, "location": "global", "credentials": account} | options
        made.append(genai.Client(http_options=http, **options))
        return made[-1]

    yield client
    for item in made:
        item.close()


def calls_of(emulator):
    return [request for request in emulator.requests() if "enerateContent" in request["target"]]


def ask(client, text="Hello", model=NEW, **config):
    return client.models.generate_content(model=model, contents=text, config=types.GenerateContentConfig(**config))


@pytest.mark.parametrize("host", HOSTS)
def test_an_answer(make, emulator, host):
    answer = ask(make(host), "Grüße aus Köln 🌍")
    assert answer.text == "You said: Grüße aus Köln 🌍"
    assert answer.model_version == NEW and answer.response_id
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    usage = answer.usage_metadata
    assert usage.thoughts_token_count > 0 and usage.cached_content_token_count is None
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count + usage.thoughts_token_count
    (call,) = calls_of(emulator)
    if host == "vertex":
        assert call["target"].endswith(f"/projects/{PROJECT}/locations/global/publishers/google/models/{NEW}:generateContent")
        assert call["headers"]["authorization"].startswith("Bearer sha256:") and answer.create_time
        assert usage.traffic_type == types.TrafficType.ON_DEMAND
    else:
        assert call["target"].endswith(f"/models/{NEW}:generateContent") and call["headers"]["x-goog-api-key"].startswith("sha256:")


@pytest.mark.parametrize("host, version", [("developer", "v1"), ("developer", "v1beta"), ("vertex", "v1"), ("vertex", "v1beta1")])
def test_every_version_of_the_addresses(make, emulator, host, version):
    assert ask(make(host, version=version)).text == "You said: Hello"
    assert calls_of(emulator)[0]["target"].startswith(f"/{version}/")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("model", [NEW, OLD])
def test_a_stream_assembles_to_the_same_text(make, host, model):
    prompt = "Ein Satz mit Umlauten: äöü, und ein Zeichen aus vier Bytes: 🧪. " * 20
    chunks = list(make(host).models.generate_content_stream(model=model, contents=prompt))
    assert "".join(chunk.text or "" for chunk in chunks) == "You said: " + prompt and len(chunks) > 10
    assert [chunk.candidates[0].finish_reason is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    counts = [chunk.usage_metadata.candidates_token_count for chunk in chunks]
    assert counts == sorted(counts) and counts[-1] > counts[0]


def test_the_async_client_answers_and_streams(make):
    async def talk():
        client = make().aio
        whole = await client.models.generate_content(model=NEW, contents="Hello")
        stream = await client.models.generate_content_stream(model=NEW, contents="Hello")
        text = "".join([chunk.text or "" async for chunk in stream])
        return whole.text, text

    assert asyncio.run(talk()) == ("You said: Hello", "You said: Hello")


@pytest.mark.parametrize("host", HOSTS)
def test_thoughts_are_shown_when_asked_for(make, host):
    answer = ask(make(host), thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_level="LOW"))
    thought, text = answer.candidates[0].content.parts
    assert thought.thought and "The user wrote" in thought.text and thought.thought_signature is None
    assert text.text == "You said: Hello" and text.thought_signature
    assert ask(make(host), model=OLD, thinking_config=types.ThinkingConfig(thinking_budget=0)).usage_metadata.thoughts_token_count is None


def respond(calls, *results):
    """The user's content that answers the calls."""
    return types.Content(
        role="user",
        parts=[
            types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"output": result}))
            for call, result in zip(calls, results, strict=True)
        ],
    )


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("model", [NEW, WITH_IDS, OLD, "gemini-4-carbon", "gemini-2.5-flash-lite"])
def test_a_parallel_tool_round(make, host, model):
    client, config = make(host), types.GenerateContentConfig(**TOOLS, **BY_HAND)
    history = [types.Content(role="user", parts=[types.Part(text="CALL_ADD: 2 3\nCALL_ADD: 40 2")])]
    answer = client.models.generate_content(model=model, contents=history, config=config)
    calls = answer.function_calls
    assert [call.args for call in calls] == [{"a": 2, "b": 3}, {"a": 40, "b": 2}]
    assert all(bool(call.id) == (model == WITH_IDS and host == "developer") for call in calls)
    parts = [part for part in answer.candidates[0].content.parts if part.function_call]
    assert [bool(part.thought_signature) for part in parts] == [model != "gemini-2.5-flash-lite", False]
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    history += [answer.candidates[0].content, respond(calls, "5", "42")]
    final = client.models.generate_content(model=model, contents=history, config=config)
    assert final.text == "The result of add is: 5. The result of add is: 42."


@pytest.mark.parametrize("host", HOSTS)
def test_a_chat_calls_the_functions_by_itself(make, emulator, host):
    def add(a: int, b: int) -> int:
        """Adds two numbers."""
        return a + b

    chat = make(host).chats.create(model=NEW, config=types.GenerateContentConfig(tools=[add]))
    answer = chat.send_message("CALL_ADD: 2 3\nTHEN\nCALL_ADD: 40 2")
    assert answer.text == "The result of add is: 42." and len(calls_of(emulator)) == 3
    assert chat.send_message("And now?").text == "You said: And now?"


@pytest.mark.parametrize("host", HOSTS)
def test_a_streamed_chat_keeps_its_chunks_and_they_are_taken_back(make, host):
    chat = make(host).chats.create(model=NEW, config=types.GenerateContentConfig(**TOOLS, **BY_HAND))
    for _ in range(3):
        assert "".join(chunk.text or "" for chunk in chat.send_message_stream("One. Two. Three.")) == "You said: One. Two. Three."
    calls = [part.function_call for chunk in chat.send_message_stream("CALL_ADD: 2 3") for part in chunk.candidates[0].content.parts if part.function_call]
    answer = "".join(chunk.text or "" for chunk in chat.send_message_stream(respond(calls, "5").parts))
    assert answer == "The result of add is: 5."


def first_round(client, text="CALL_ADD: 2 3", model=NEW):
    user = types.Content(role="user", parts=[types.Part(text=text)])
    answer = client.models.generate_content(model=model, contents=[user], config=types.GenerateContentConfig(**TOOLS, **BY_HAND))
    return user, answer.candidates[0].content, answer.function_calls


def second_round(client, user, content, calls, model=NEW):
    history = [user, content, respond(calls, *["5"] * len(calls))]
    return client.models.generate_content(model=model, contents=history, config=types.GenerateContentConfig(**TOOLS, **BY_HAND))


@pytest.mark.parametrize("host", HOSTS)
def test_a_signature_of_the_current_turn_must_come_back(make, host):
    client = make(host)
    user, content, calls = first_round(client)
    assert second_round(client, user, content, calls).text == "The result of add is: 5."
    kept = [part for part in content.parts if part.function_call]
    signature = kept[0].thought_signature
    kept[0].thought_signature = None
    with pytest.raises(errors.ClientError, match=r"Function call `add` in the 2. content block is missing a `thought_signature`"):
        second_round(client, user, content, calls)
    words = "Invalid thought signature." if host == "vertex" else "Corrupted thought signature."
    kept[0].thought_signature = signature[:-4] + b"AAAA"
    with pytest.raises(errors.ClientError, match=words):
        second_round(client, user, content, calls)
    kept[0].thought_signature = b"skip_thought_signature_validator"
    assert second_round(client, user, content, calls).text == "The result of add is: 5."
    kept[0].thought_signature = base64.urlsafe_b64decode("skip_thought_signature_validator")
    assert second_round(client, user, content, calls).text == "The result of add is: 5."


def test_a_signature_of_an_earlier_turn_may_be_missing(make):
    client = make()
    user, content, calls = first_round(client)
    content.parts = [part for part in content.parts if part.function_call]
    content.parts[0].thought_signature = None
    later = [types.Content(role="model", parts=[types.Part(text="It is 5.")]), types.Content(role="user", parts=[types.Part(text="Thanks")])]
    answer = client.models.generate_content(
        model=NEW, contents=[user, content, respond(calls, "5"), *later], config=types.GenerateContentConfig(**TOOLS, **BY_HAND)
    )
    assert answer.text == "You said: Thanks"


def test_a_signature_belongs_to_its_host_and_family(make):
    developer, vertex = make(), make("vertex")
    user, content, calls = first_round(developer)
    with pytest.raises(errors.ClientError, match="Invalid thought signature."):
        second_round(vertex, user, content, calls)
    with pytest.raises(errors.ClientError, match="Corrupted thought signature."):
        second_round(developer, user, content, calls, model="gemini-4-argon")
    assert second_round(developer, user, content, calls, model="gemini-3.1-pro-preview").text == "The result of add is: 5."


def test_a_signature_stays_in_its_part(make):
    client = make()
    user, content, calls = first_round(client, "CALL_ADD: 2 3\nCALL_ADD: 40 2")
    first, second = [part for part in content.parts if part.function_call]
    first.thought_signature, second.thought_signature = b"skip_thought_signature_validator", first.thought_signature
    with pytest.raises(errors.ClientError, match="Corrupted thought signature."):
        second_round(client, user, content, calls)


@pytest.mark.parametrize("host", HOSTS)
def test_structured_output(make, host):
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "size": {"$ref": "#/$defs/size"}}, "$defs": {"size": {"enum": ["big", "small"]}}}
    answer = ask(make(host), response_mime_type="application/json", response_json_schema=schema)
    assert json.loads(answer.text) == {"city": "city", "size": "big"}
    typed = types.Schema(type="OBJECT", properties={"count": types.Schema(type="INTEGER", minimum=3)}, required=["count"])
    answer = ask(make(host), response_mime_type="application/json", response_schema=typed)
    assert answer.parsed == {"count": 3}
    answer = ask(make(host), response_mime_type="text/x.enum", response_schema=types.Schema(type="STRING", enum=["yes", "no"]))
    assert answer.text == "yes"


def test_a_function_may_be_forced_and_forbidden(make):
    client = make()

    def config(mode, **more):
        return TOOLS | BY_HAND | {"tool_config": {"function_calling_config": {"mode": mode} | more}}

    assert ask(client, **config("ANY", allowed_function_names=["add"])).function_calls[0].name == "add"
    assert ask(client, "CALL_ADD: 2 3", **config("NONE")).function_calls is None
    assert ask(client, "CALL_ADD: 2 3", **config("VALIDATED")).function_calls[0].args == {"a": 2, "b": 3}
    with pytest.raises(errors.ClientError, match="not in the function_declarations"):
        ask(client, **config("ANY", allowed_function_names=["subtract"]))


@pytest.mark.parametrize("host", HOSTS)
def test_tokens_are_counted_and_models_are_listed(make, host):
    client = make(host)
    assert client.models.count_tokens(model=NEW, contents="Hello " * 40).total_tokens == 60
    names = [model.name.rsplit("/", 1)[-1] for model in client.models.list(config={"page_size": 4, "query_base": True})]
    assert NEW in names and OLD in names and len(names) == len(set(names)) > 10
    assert client.models.get(model=NEW).name.endswith("models/" + NEW)
    with pytest.raises(errors.ClientError) as caught:
        client.models.get(model="gemini-2.0-flash")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


@pytest.mark.parametrize("model, answers", [("gemini-3.5-flash", "gemini-3.6-flash"), ("gemini-3.7-flash", "gemini-3.8-flash")])
def test_some_models_are_answered_by_others_on_the_developer_api(make, model, answers):
    assert ask(make(), model=model).model_version == answers
    assert ask(make("vertex"), model=model).model_version == model


@pytest.mark.parametrize("key, code, status, reason", [
    ("AIza-wrong", 400, "INVALID_ARGUMENT", "API_KEY_INVALID"),
    ("AQ.wrong", 401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
])  # fmt: skip
def test_bad_keys(make, key, code, status, reason):
    with pytest.raises(errors.ClientError) as caught:
        ask(make(api_key=key))
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.details["error"]["details"][0]["reason"] == reason


def test_a_revoked_token_is_refused_until_there_is_a_new_one(make, files):
    account = service_account.Credentials.from_service_account_file(files.path("service_account.json"), scopes=SCOPES)
    client = make("vertex", credentials=account)
    ask(client)
    files.switch(revoke="access_tokens")
    with pytest.raises(errors.ClientError) as caught:
        ask(client)
    assert (caught.value.code, caught.value.status) == (401, "UNAUTHENTICATED")
    account.token = None
    assert ask(client).text == "You said: Hello"


def test_express_mode_takes_a_key_on_vertex(make, emulator):
    client = make(vertexai=True)
    assert ask(client).text == "You said: Hello"
    assert "/publishers/google/models/" in calls_of(emulator)[0]["target"] and "/projects/" not in calls_of(emulator)[0]["target"]


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MAX_TOKENS", "OTHER", "MISSING_THOUGHT_SIGNATURE"])
def test_reasons_to_end_without_content(make, emulator, reason):
    emulator.script({"content": [], "stop_reason": reason}, {"content": [], "stop_reason": reason})
    client = make()
    whole = ask(client)
    (chunk,) = client.models.generate_content_stream(model=NEW, contents="Hello")
    for answer in (whole, chunk):
        (candidate,) = answer.candidates
        assert candidate.finish_reason.name == reason and not (candidate.content and candidate.content.parts)


def test_a_blocked_prompt_has_no_candidates(make, emulator):
    emulator.script({"content": [], "stop_details": {"blockReason": "PROHIBITED_CONTENT"}, "times": 2})
    client = make()
    (chunk,) = client.models.generate_content_stream(model=NEW, contents="Hello")
    for answer in (ask(client), chunk):
        assert answer.candidates is None and answer.prompt_feedback.block_reason.name == "PROHIBITED_CONTENT"


def test_the_limit_holds_for_the_thinking_too(make):
    answer = ask(make(), "Hello " * 30, max_output_tokens=10)
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS and answer.candidates[0].content.parts is None
    answer = ask(make(), "Hello " * 30, model="gemini-2.5-flash-lite", max_output_tokens=10)
    assert answer.text == ("You said: " + "Hello " * 30)[:40]


def test_scripted_errors_carry_their_details(make, emulator, files):
    files.switch(retry_info_seconds=0.25)
    emulator.script({"error": {"status": 429}}, {"error": {"status": 429, "code": "per_day"}}, {"error": {"status": 503}},
                    {"error": {"status": 403, "code": "SERVICE_DISABLED", "message": "Not enabled."}})  # fmt: skip

    def failed(kind):
        with pytest.raises(kind) as caught:
            ask(make())
        return caught.value

    minute, day, busy, closed = failed(errors.ClientError), failed(errors.ClientError), failed(errors.ServerError), failed(errors.ClientError)
    assert minute.status == day.status == "RESOURCE_EXHAUSTED"
    quota, retry = minute.details["error"]["details"]
    assert "PerMinute" in quota["violations"][0]["quotaId"] and retry["retryDelay"] == "0.25s"
    (quota,) = day.details["error"]["details"]
    assert "PerDay" in quota["violations"][0]["quotaId"]
    assert (busy.code, busy.status) == (503, "UNAVAILABLE") and "overloaded" in busy.message
    assert closed.message == "Not enabled." and closed.details["error"]["details"][0]["reason"] == "SERVICE_DISABLED"


def test_an_error_inside_a_stream(make, emulator):
    emulator.script({"text": "a text of several pieces", "sse_error": {"after_deltas": 2}})
    heard = []
    with pytest.raises(errors.APIError, match="overloaded"):
        for chunk in make().models.generate_content_stream(model=NEW, contents="Hello"):
            heard.append(chunk.text)
    assert "".join(heard) == "a text of several piece"


@pytest.mark.parametrize("host, version", [("developer", None), ("vertex", "v1beta1")])
def test_the_client_continues_an_answer_that_was_cut(make, emulator, host, version):
    emulator.script({"text": "First half, ", "stop_reason": "CONTINUATION"}, {"text": "second half."})
    answer = make(host, version=version).models.generate_content(model="gemini-4-carbon", contents="A long story")
    assert answer.text == "First half, second half." and answer.candidates[0].finish_reason == types.FinishReason.STOP
    first, second = calls_of(emulator)
    assert "continuationToken" not in first["json"] and second["json"]["contents"] == first["json"]["contents"]


def test_a_continuation_belongs_to_its_request(raw, emulator):
    emulator.script({"text": "First half, ", "stop_reason": "CONTINUATION", "times": "always"})

    def send(model="gemini-4-carbon", **more):
        body = {"contents": [{"role": "user", "parts": [{"text": "A long story"}]}]} | more
        return raw.send("POST", f"/v1beta/models/{model}:generateContent", body, {"x-goog-api-key": KEY})

    token = send()[2]["candidates"][0]["continuationToken"]
    assert send(continuationToken=token)[0] == 200
    assert send(continuationToken=token, contents=[{"role": "user", "parts": [{"text": "Another"}]}])[0] == 400
    assert send(continuationToken=token, model="gemini-4-neon")[0] == 400
    assert send(continuationToken=token[:-4] + "AAAA")[0] == 400
    assert send(continuationToken=token, model=NEW)[0] == 400
