"""The official OpenAI SDK as a client of the Chat Completions side."""

import json

import pytest

openai = pytest.importorskip("openai", reason="the official SDK is not installed: pip install -r tests/requirements.txt")

ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
    },
}
MODEL = "gpt-4.1"


def user(text):
    return {"role": "user", "content": text}


def assemble(stream):
    """(text, calls by index, finish reason, usage) of a stream."""
    text, calls, finish, usage = "", {}, None, None
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
                call["id"] += part.id or ""
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
    return text, calls, finish, usage


def test_plain_answer_depends_on_the_prompt(gpt):
    answer = gpt.chat.completions.create(model=MODEL, messages=[user("Grüße 🌍")])
    assert answer.choices[0].message.content == "You said: Grüße 🌍"
    assert answer.choices[0].finish_reason == "stop" and answer.usage.total_tokens > 0
    assert answer._request_id.startswith("req_")


@pytest.mark.parametrize("with_usage", [False, True])
def test_stream_assembles_to_the_same_text(gpt, with_usage):
    prompt = "Ein Satz mit äöü und 🧪. " * 20
    options = {"stream_options": {"include_usage": True}} if with_usage else {}
    text, calls, finish, usage = assemble(gpt.chat.completions.create(model=MODEL, messages=[user(prompt)], stream=True, **options))
    assert (text, calls, finish) == ("You said: " + prompt, {}, "stop")
    assert (usage is not None) == with_usage


@pytest.mark.parametrize("streamed", [False, True])
def test_parallel_tools_round_trip(gpt, streamed):
    history = [user('CALL_ADD: 2 3\nCALL_ADD: {"a": 30, "b": 4}')]
    options = {"model": MODEL, "tools": [ADD], "messages": history}
    if streamed:
        _, calls, finish, _ = assemble(gpt.chat.completions.create(stream=True, **options))
        calls = [calls[index] for index in sorted(calls)]
    else:
        choice = gpt.chat.completions.create(**options).choices[0]
        finish = choice.finish_reason
        calls = [
            {"id": call.id, "name": call.function.name, "arguments": call.function.arguments} for call in choice.message.tool_calls
        ]
    assert finish == "tool_calls" and [call["name"] for call in calls] == ["add", "add"]
    assert [json.loads(call["arguments"]) for call in calls] == [{"a": 2, "b": 3}, {"a": 30, "b": 4}]
    history = [
        *history,
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
                for call in calls
            ],
        },
        *({"role": "tool", "tool_call_id": call["id"], "content": str(index)} for index, call in enumerate(calls)),
    ]
    answer = gpt.chat.completions.create(model=MODEL, tools=[ADD], messages=history)
    assert answer.choices[0].message.content == "The result of add is: 0. The result of add is: 1."
    with pytest.raises(openai.BadRequestError, match="must be followed by tool messages"):
        gpt.chat.completions.create(model=MODEL, tools=[ADD], messages=[*history[:-1], user("well?")])


def test_reasoning_models_and_the_token_limit(gpt):
    with pytest.raises(openai.BadRequestError, match="max_completion_tokens") as caught:
        gpt.chat.completions.create(model="gpt-5.5", max_tokens=100, messages=[user("Hi")])
    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", "max_tokens")
    answer = gpt.chat.completions.create(model="gpt-5.5", max_completion_tokens=1000, messages=[user("Hi")])
    assert answer.usage.completion_tokens_details.reasoning_tokens > 0
    cut = gpt.chat.completions.create(model=MODEL, max_completion_tokens=3, messages=[user("a long text " * 20)])
    assert cut.choices[0].finish_reason == "length"


def test_reasoning_models_take_no_temperature_and_no_tools_on_this_route(gpt):
    with pytest.raises(openai.BadRequestError, match="temperature"):
        gpt.chat.completions.create(model="gpt-6.2-sol", temperature=0.2, messages=[user("Hi")])
    with pytest.raises(openai.BadRequestError, match="/v1/responses") as caught:
        gpt.chat.completions.create(model="gpt-5.5", tools=[ADD], messages=[user("Hi")])
    assert caught.value.param == "reasoning_effort"
    quiet = gpt.chat.completions.create(model="gpt-5.5", reasoning_effort="none", temperature=0.2, tools=[ADD], messages=[user("Hi")])
    assert quiet.choices[0].message.content == "You said: Hi"


def test_structured_output_parses(gpt):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
    answer = gpt.chat.completions.create(
        model=MODEL,
        messages=[user("Köln?")],
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema, "strict": True}},
    )
    assert set(json.loads(answer.choices[0].message.content)) == {"city"}


def test_models_are_listed(gpt):
    ids = {model.id for model in gpt.models.list()}
    assert {"gpt-4.1", "gpt-5.5"} <= ids
    assert gpt.models.retrieve("gpt-4.1").id == "gpt-4.1"
    with pytest.raises(openai.NotFoundError):
        gpt.models.retrieve("gpt-nonexistent")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, openai.BadRequestError), (401, openai.AuthenticationError), (403, openai.PermissionDeniedError), (404, openai.NotFoundError),
     (409, openai.ConflictError), (429, openai.RateLimitError), (500, openai.InternalServerError), (503, openai.InternalServerError)],
)  # fmt: skip
def test_errors_become_the_sdks_classes(gpt, emulator, status, kind):
    emulator.script({"error": {"status": status, "message": "scripted", "code": "a_code"}})
    with pytest.raises(kind, match="scripted") as caught:
        gpt.chat.completions.create(model=MODEL, messages=[user("Hi")])
    assert caught.value.code == "a_code" and caught.value.request_id


def test_wrong_key_and_wrong_model(gpt, emulator):
    wrong = openai.OpenAI(api_key="sk-invalid-key-1234567890", base_url=emulator.openai_base_url, max_retries=0)
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key provided: sk-inval") as caught:
        wrong.chat.completions.create(model=MODEL, messages=[user("Hi")])
    assert caught.value.code == "invalid_api_key" and "1234567890" not in str(caught.value)
    for model in ("missing-model", "gpt-4.1-wrong", "o3-mini"):
        with pytest.raises(openai.NotFoundError, match="does not exist or you do not have access to it"):
            gpt.chat.completions.create(model=model, messages=[user("Hi")])


def test_sdk_retries_and_succeeds(gpt, emulator):
    emulator.script({"error": {"status": 429, "headers": {"retry-after-ms": "1"}}}, {"error": {"status": 503, "headers": {"retry-after-ms": "1"}}})
    answer = gpt.with_options(max_retries=2).chat.completions.create(model=MODEL, messages=[user("Hi")])
    assert answer.choices[0].message.content == "You said: Hi"
    assert [request["status"] for request in emulator.requests()] == [429, 503, 200]


def test_error_inside_a_stream(gpt, emulator):
    emulator.script({"text": "a text that breaks off", "sse_error": {"after_deltas": 2, "type": "server_error", "message": "broken"}})
    with pytest.raises(openai.APIError, match="broken"):
        list(gpt.chat.completions.create(model=MODEL, messages=[user("Hi")], stream=True))


@pytest.mark.parametrize("streamed", [False, True])
def test_gzip(gpt, emulator, streamed):
    emulator.script({"text": "compressed — but the same", "gzip": True})
    answer = gpt.chat.completions.create(model=MODEL, messages=[user("Hi")], stream=streamed)
    text = assemble(answer)[0] if streamed else answer.choices[0].message.content
    assert text == "compressed — but the same"


def test_local_model_is_lenient_and_shows_its_reasoning(emulator):
    client = openai.OpenAI(api_key="none", base_url=emulator.openai_base_url, max_retries=0)
    answer = client.chat.completions.create(
        model="qwen3-thinking:4b", max_tokens=100, messages=[user("Hi")], extra_body={"top_k": 40, "min_p": 0.1}
    )
    message = answer.choices[0].message
    assert message.content == "You said: Hi" and message.reasoning_content
    pieces = [
        getattr(chunk.choices[0].delta, "reasoning_content", None) or ""
        for chunk in client.chat.completions.create(model="qwen3-thinking:4b", messages=[user("Hi")], stream=True)
    ]
    assert "".join(pieces) == message.reasoning_content


def test_a_prompt_that_was_seen_is_cached(gpt):
    start = [{"role": "system", "content": "word " * 2000}, user("one")]
    first = gpt.chat.completions.create(model=MODEL, messages=start).usage
    second = gpt.chat.completions.create(model=MODEL, messages=[start[0], user("two")]).usage
    assert first.prompt_tokens_details.cached_tokens == 0
    assert 2000 < second.prompt_tokens_details.cached_tokens < second.prompt_tokens
    assert second.prompt_tokens_details.cached_tokens % 128 == 0
