"""The official Anthropic SDK as a client: what fools it is close to the real service."""

import pytest

anthropic = pytest.importorskip("anthropic", reason="the official SDK is not installed: pip install -r tests/requirements.txt")

ADD = {
    "name": "add",
    "description": "Adds two numbers",
    "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
}
OLD = "claude-sonnet-4-5"  # thinks with a budget
NEW = "claude-opus-5-5"  # thinks always, and bound to what came before


def user(text):
    return {"role": "user", "content": text}


def results(message, **outputs):
    """The user message that answers every call of a message."""
    return {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": block.id, "content": str(outputs.get(block.name, "done"))}
            for block in message.content
            if block.type == "tool_use"
        ],
    }


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def test_plain_answer_depends_on_the_prompt(claude):
    message = claude.messages.create(model=OLD, max_tokens=200, messages=[user("Grüße aus Köln 🌍")])
    assert text_of(message) == "You said: Grüße aus Köln 🌍"
    assert (message.role, message.stop_reason, message.model) == ("assistant", "end_turn", OLD)
    assert message.usage.input_tokens > 0 and message.usage.output_tokens > 0
    assert message._request_id.startswith("req_")


def test_stream_assembles_to_the_same_text(claude):
    prompt = "Ein Satz mit Umlauten: äöü, und ein Zeichen aus vier Bytes: 🧪. " * 20
    with claude.messages.stream(model=OLD, max_tokens=4000, messages=[user(prompt)]) as stream:
        deltas = list(stream.text_stream)
        final = stream.get_final_message()
    assert "".join(deltas) == text_of(final) == "You said: " + prompt
    assert len(deltas) > 10
    assert final.stop_reason == "end_turn"


def test_token_limit_and_stop_sequence_end_an_answer(claude):
    cut = claude.messages.create(model=OLD, max_tokens=5, messages=[user("a long text " * 30)])
    assert cut.stop_reason == "max_tokens" and len(text_of(cut)) <= 20
    stopped = claude.messages.create(model=OLD, max_tokens=500, stop_sequences=["STOP"], messages=[user("before STOP after")])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "STOP")
    assert text_of(stopped) == "You said: before "


@pytest.mark.parametrize("streamed", [False, True])
def test_tool_round_trip(claude, streamed):
    def send(messages):
        if not streamed:
            return claude.messages.create(model=OLD, max_tokens=500, tools=[ADD], messages=messages)
        with claude.messages.stream(model=OLD, max_tokens=500, tools=[ADD], messages=messages) as stream:
            return stream.get_final_message()

    history = [user("Please\nCALL_ADD: 2 3")]
    first = send(history)
    (call,) = [block for block in first.content if block.type == "tool_use"]
    assert first.stop_reason == "tool_use" and call.name == "add" and call.input == {"a": 2, "b": 3}
    second = send([*history, {"role": "assistant", "content": first.content}, results(first, add=5)])
    assert second.stop_reason == "end_turn" and "The result of add is: 5." in text_of(second)


def test_parallel_tools(claude):
    history = [user('CALL_ADD: 1 2\nCALL_ADD: {"a": 30, "b": 4}')]
    with claude.messages.stream(model=OLD, max_tokens=500, tools=[ADD], messages=history) as stream:
        first = stream.get_final_message()
    calls = [block for block in first.content if block.type == "tool_use"]
    assert [call.input for call in calls] == [{"a": 1, "b": 2}, {"a": 30, "b": 4}]
    assert len({call.id for call in calls}) == 2
    second = claude.messages.create(
        model=OLD, max_tokens=500, tools=[ADD], messages=[*history, {"role": "assistant", "content": first.content}, results(first, add=9)]
    )
    assert text_of(second).count("is: 9.") == 2
    one = claude.messages.create(
        model=OLD, max_tokens=500, tools=[ADD], tool_choice={"type": "auto", "disable_parallel_tool_use": True}, messages=history
    )
    assert len([block for block in one.content if block.type == "tool_use"]) == 1


def test_forced_tool_comes_without_words(claude):
    message = claude.messages.create(
        model=OLD, max_tokens=500, tools=[ADD], tool_choice={"type": "tool", "name": "add"}, messages=[user("anything")]
    )
    assert [block.type for block in message.content] == ["tool_use"]
    assert set(message.content[0].input) == {"a", "b"}


def test_thinking_with_a_budget_and_replay_in_a_tool_round(claude):
    options = {"model": OLD, "max_tokens": 4000, "tools": [ADD], "thinking": {"type": "enabled", "budget_tokens": 2000}}
    history = [user("CALL_ADD: 2 3")]
    with claude.messages.stream(messages=history, **options) as stream:
        first = stream.get_final_message()
    assert [block.type for block in first.content] == ["thinking", "text", "tool_use"]
    assert first.content[0].thinking and first.content[0].signature
    assert first.usage.output_tokens_details.thinking_tokens > 0
    second = claude.messages.create(messages=[*history, {"role": "assistant", "content": first.content}, results(first, add=5)], **options)
    assert "5" in text_of(second)


def test_changed_or_invented_thinking_is_refused(claude):
    options = {"model": OLD, "max_tokens": 4000, "tools": [ADD], "thinking": {"type": "enabled", "budget_tokens": 2000}}
    history = [user("CALL_ADD: 2 3")]
    first = claude.messages.create(messages=history, **options)
    blocks = [block.model_dump(exclude_none=True) for block in first.content]

    def replay(thinking):
        changed = [{**blocks[0], **thinking}, *blocks[1:]]
        return claude.messages.create(messages=[*history, {"role": "assistant", "content": changed}, results(first)], **options)

    replay({})
    signature = blocks[0]["signature"]
    for thinking in (
        {"thinking": blocks[0]["thinking"] + " "},
        {"signature": signature[:-4] + ("AAA=" if signature[-4:] != "AAA=" else "BBB=")},
        {"signature": "made-up"},
        {"signature": ""},
    ):
        with pytest.raises(anthropic.BadRequestError, match="Invalid `signature` in `thinking` block"):
            replay(thinking)
    with pytest.raises(anthropic.BadRequestError, match="Expected `thinking` or `redacted_thinking`, but found `text`"):
        claude.messages.create(messages=[*history, {"role": "assistant", "content": blocks[1:]}, results(first)], **options)


def test_thinking_of_another_model_is_refused_by_old_models_and_dropped_by_new_ones(claude):
    history = [user("Think about it")]
    first = claude.messages.create(
        model="claude-opus-4-5", max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 2000}, messages=history
    )
    replay = [*history, {"role": "assistant", "content": first.content}, user("go on")]
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`"):
        claude.messages.create(model=OLD, max_tokens=4000, messages=replay)
    answer = claude.messages.create(model="claude-opus-4-8", max_tokens=4000, messages=replay)
    assert text_of(answer) == "You said: go on"


def test_adaptive_thinking_is_hidden_unless_asked_for(claude):
    hidden = claude.messages.create(model=NEW, max_tokens=4000, messages=[user("Hi")])
    assert hidden.content[0].type == "thinking" and hidden.content[0].thinking == "" and hidden.content[0].signature
    with claude.messages.stream(model=NEW, max_tokens=4000, messages=[user("Hi")]) as stream:
        kinds = [event.delta.type for event in stream if event.type == "content_block_delta"]
    assert "thinking_delta" not in kinds and kinds[0] == "signature_delta"
    shown = claude.messages.create(
        model=NEW, max_tokens=4000, thinking={"type": "adaptive", "display": "summarized"}, messages=[user("Hi")]
    )
    assert shown.content[0].thinking


def test_bound_thinking_notices_a_changed_prefix(claude):
    history = [user("CALL_ADD: 2 3")]
    options = {"model": NEW, "max_tokens": 4000, "tools": [ADD], "system": "Be exact."}
    first = claude.messages.create(messages=history, **options)
    replay = [*history, {"role": "assistant", "content": first.content}, results(first, add=5)]
    assert "5" in text_of(claude.messages.create(messages=replay, **options))

    marked = {**options, "system": [{"type": "text", "text": "Be exact.", "cache_control": {"type": "ephemeral"}}]}
    assert "5" in text_of(claude.messages.create(messages=replay, **marked))  # a cache mark changes nothing

    changes = {
        "`system` prompt": {**options, "system": "Be brief."},
        "`tools`": {**options, "tools": [{**ADD, "description": "Adds"}]},
    }
    for part, changed in changes.items():
        with pytest.raises(anthropic.BadRequestError, match=f"bound to a different conversation: the {part}"):
            claude.messages.create(messages=replay, **changed)
    edited = [user("CALL_ADD: 2 3 "), *replay[1:]]
    with pytest.raises(anthropic.BadRequestError, match="the messages before it"):
        claude.messages.create(messages=edited, **options)


def test_bound_thinking_can_be_dropped(claude):
    history = [user("CALL_ADD: 2 3")]
    options = {"model": NEW, "max_tokens": 4000, "tools": [ADD]}
    first = claude.messages.create(messages=history, system="Be exact.", **options)
    replay = [*history, {"role": "assistant", "content": first.content}, results(first, add=5)]
    answer = claude.beta.messages.create(
        messages=replay,
        system="Be brief.",
        thinking={"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}},
        betas=["thinking-binding-controls-2026-08-01"],
        **options,
    )
    (dropped,) = answer.input_transformations
    assert (dropped.type, dropped.reason) == ("thinking_dropped", "prefix_binding_mismatch")
    assert "5" in text_of(answer)


def test_structured_output_follows_the_schema(claude):
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "size": {"type": "integer"}, "kind": {"enum": ["big", "small"]}},
        "required": ["city", "size", "kind"],
        "additionalProperties": False,
    }
    message = claude.messages.create(
        model=OLD, max_tokens=500, messages=[user("Köln?")], output_config={"format": {"type": "json_schema", "schema": schema}}
    )
    import json

    value = json.loads(text_of(message))
    assert isinstance(value["city"], str) and isinstance(value["size"], int) and value["kind"] == "big"


def test_cache_writes_then_reads(claude):
    system = [{"type": "text", "text": "word " * 2000, "cache_control": {"type": "ephemeral"}}]
    first = claude.messages.create(model=OLD, max_tokens=100, system=system, messages=[user("one")]).usage
    second = claude.messages.create(model=OLD, max_tokens=100, system=system, messages=[user("two")]).usage
    assert first.cache_creation_input_tokens > 2000 and first.cache_read_input_tokens == 0
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens and second.cache_creation_input_tokens == 0
    assert first.cache_creation.ephemeral_5m_input_tokens == first.cache_creation_input_tokens
    other = claude.messages.create(model="claude-opus-4-5", max_tokens=100, system=system, messages=[user("one")]).usage
    assert other.cache_read_input_tokens == 0 and other.cache_creation_input_tokens == 0  # under this model's 4,096 tokens


def test_count_tokens_agrees_with_usage(claude):
    options = {"model": OLD, "messages": [user("How many tokens is this?")], "tools": [ADD], "system": "Be brief."}
    counted = claude.messages.count_tokens(**options).input_tokens
    assert counted == claude.messages.create(max_tokens=100, **options).usage.input_tokens > 10


def test_models_are_listed_in_pages(claude):
    models = list(claude.models.list(limit=5))
    assert len(models) > 10 and len({model.id for model in models}) == len(models)
    one = claude.models.retrieve("claude-opus-4-6")
    assert (one.max_input_tokens, one.max_tokens) == (1_000_000, 128_000)
    assert one.capabilities.thinking.types.enabled.supported and not one.capabilities.effort.xhigh.supported
    assert claude.models.retrieve(OLD).lifecycle == "deprecated"
    with pytest.raises(anthropic.NotFoundError):
        claude.models.retrieve("claude-nonexistent")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "BadRequestError"), (401, "AuthenticationError"), (403, "PermissionDeniedError"), (404, "NotFoundError"),
        (413, "ContentTooLargeError"), (429, "RateLimitError"), (500, "InternalServerError"), (504, "GatewayTimeoutError"),
        (529, "OverloadedError"),
    ],
)  # fmt: skip
def test_errors_become_the_sdks_classes(claude, emulator, status, kind):
    emulator.script({"error": {"status": status, "message": "scripted"}})
    with pytest.raises(anthropic.APIStatusError, match="scripted") as caught:
        claude.messages.create(model=OLD, max_tokens=10, messages=[user("Hi")])
    expected = getattr(anthropic, kind, None) or getattr(anthropic._exceptions, kind)
    assert type(caught.value) is expected and caught.value.request_id


def test_wrong_key_and_wrong_model(claude, emulator):
    wrong = anthropic.Anthropic(api_key="sk-ant-wrong", base_url=emulator.base_url, max_retries=0)
    with pytest.raises(anthropic.AuthenticationError):
        wrong.messages.create(model=OLD, max_tokens=10, messages=[user("Hi")])
    with pytest.raises(anthropic.NotFoundError, match="model: claude-3-opus-20240229"):
        claude.messages.create(model="claude-3-opus-20240229", max_tokens=10, messages=[user("Hi")])


@pytest.mark.parametrize("status", [429, 529])
def test_sdk_retries_and_succeeds(claude, emulator, status):
    emulator.script({"error": {"status": status, "headers": {"retry-after-ms": "1"}}, "times": 2})
    message = claude.with_options(max_retries=2).messages.create(model=OLD, max_tokens=100, messages=[user("Hi")])
    assert text_of(message) == "You said: Hi"
    assert [request["status"] for request in emulator.requests()] == [status, status, 200]
    assert [request["headers"]["x-stainless-retry-count"] for request in emulator.requests()] == ["0", "1", "2"]


def test_error_inside_a_stream(claude, emulator):
    emulator.script({"text": "a text that breaks off in the middle", "sse_error": {"after_deltas": 2}})
    seen = []
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        with claude.messages.stream(model=OLD, max_tokens=100, messages=[user("Hi")]) as stream:
            seen.extend(stream.text_stream)
    assert len(seen) == 2


def test_cut_stream_is_a_connection_error(claude, emulator):
    emulator.script({"cut_after_bytes": 700})
    with pytest.raises(Exception, match="closed|incomplete") as caught:
        with claude.messages.stream(model=OLD, max_tokens=4000, messages=[user("word " * 300)]) as stream:
            list(stream.text_stream)
    assert "Protocol" in type(caught.value).__name__ or isinstance(caught.value, anthropic.APIConnectionError)


@pytest.mark.parametrize("fault", ["unknown_event", "unknown_block"])
def test_stream_tells_of_things_to_come(claude, emulator, fault):
    emulator.script({"text": "still here", fault: True})
    with claude.messages.create(model=OLD, max_tokens=100, messages=[user("Hi")], stream=True) as stream:
        text = "".join(
            event.delta.text for event in stream if event.type == "content_block_delta" and event.delta.type == "text_delta"
        )
    assert text == "still here"


@pytest.mark.parametrize("streamed", [False, True])
def test_gzip(claude, emulator, streamed):
    emulator.script({"text": "compressed — but the same", "gzip": True})
    options = {"model": OLD, "max_tokens": 100, "messages": [user("Hi")]}
    if streamed:
        with claude.messages.stream(**options) as stream:
            assert stream.response.headers["content-encoding"] == "gzip"
            assert "".join(stream.text_stream) == "compressed — but the same"
    else:
        raw = claude.messages.with_raw_response.create(**options)
        assert raw.headers["content-encoding"] == "gzip" and text_of(raw.parse()) == "compressed — but the same"


def test_every_byte_in_a_write_of_its_own(claude, emulator):
    emulator.script({"text": "Größe 📏 und Maß", "chunk_bytes": 1})
    with claude.messages.stream(model=OLD, max_tokens=100, messages=[user("Hi")]) as stream:
        assert "".join(stream.text_stream) == "Größe 📏 und Maß"


def test_scripted_content_reaches_the_client(claude, emulator):
    emulator.script(
        {
            "content": [{"type": "text", "text": "no"}],
            "stop_reason": "refusal",
            "stop_details": {"type": "refusal", "category": "cyber", "explanation": "scripted"},
            "usage": {"input_tokens": 11, "output_tokens": 22},
        }
    )
    message = claude.messages.create(model=OLD, max_tokens=100, messages=[user("Hi")])
    assert (message.stop_reason, message.stop_details.category) == ("refusal", "cyber")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (11, 22)


def test_async_client_runs_many_streams_at_once(emulator):
    import asyncio

    async def one(client, index):
        async with client.messages.stream(model=OLD, max_tokens=500, messages=[user(f"stream {index} " * 20)]) as stream:
            return (await stream.get_final_message()).content[0].text

    async def all_of_them():
        async with anthropic.AsyncAnthropic(api_key="sk-ant-many", base_url=emulator.base_url, max_retries=0) as client:
            return await asyncio.gather(*(one(client, index) for index in range(50)))

    emulator.script({"gap_ms": 5, "times": 50})
    answers = asyncio.run(all_of_them())
    assert answers == ["You said: " + f"stream {index} " * 20 for index in range(50)]
    assert emulator.stats()["in_flight_max"] > 10
