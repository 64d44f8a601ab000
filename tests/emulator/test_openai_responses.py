"""The official OpenAI SDK as a client of the Responses side."""

import json

import pytest

openai = pytest.importorskip("openai", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed: pip install -r tests/requirements.txt")

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"], "additionalProperties": False}
ADD = {"type": "function", "name": "add", "description": "Adds.", "parameters": SCHEMA, "strict": True}
REASONS = "gpt-5.5"
PLAIN = "gpt-4.1"


def user(text):
    return {"role": "user", "content": text}


def output(call, text):
    return {"type": "function_call_output", "call_id": call.call_id, "output": text}


def items_of(response):
    """The output as a client sends it back."""
    return [item.model_dump(exclude_none=True) for item in response.output]


def calls_of(response):
    return [item for item in response.output if item.type == "function_call"]


def kinds(response):
    return [item.type for item in response.output]


def test_plain_answer_depends_on_the_prompt(gpt):
    answer = gpt.responses.create(model=PLAIN, input="Grüße 🌍")
    assert answer.output_text == "You said: Grüße 🌍" and answer.status == "completed"
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert answer._request_id.startswith("req_") and kinds(answer) == ["message"]


def test_reasoning_comes_first_and_is_sealed(gpt):
    answer = gpt.responses.create(model=REASONS, input="Hi", store=False)
    reasoning, message = answer.output
    assert reasoning.type == "reasoning" and reasoning.encrypted_content and reasoning.summary == []
    assert message.phase == "final_answer"
    assert answer.usage.output_tokens_details.reasoning_tokens > 0
    told = gpt.responses.create(model=REASONS, input="Hi", store=False, reasoning={"effort": "low", "summary": "auto"})
    assert "begin with: Hi" in told.output[0].summary[0].text
    quiet = gpt.responses.create(model=REASONS, input="Hi", store=False, reasoning={"effort": "none"}, temperature=0.5)
    assert kinds(quiet) == ["message"]


@pytest.mark.parametrize("streamed", [False, True])
def test_tool_loop_without_state(gpt, streamed):
    history = [user("CALL_ADD: 2 3\nCALL_ADD: 30 4\nTHEN\nCALL_ADD: 5 6")]
    options = {"model": REASONS, "tools": [ADD], "store": False, "include": ["reasoning.encrypted_content"]}
    names = []
    for _ in range(3):
        if streamed:
            with gpt.responses.stream(input=history, **options) as stream:
                for _event in stream:
                    pass
                answer = stream.get_final_response()
        else:
            answer = gpt.responses.create(input=history, **options)
        names.append([json.loads(call.arguments) for call in calls_of(answer)])
        history += [{name: value for name, value in item.items() if name != "parsed_arguments"} for item in items_of(answer)]
        history += [output(call, str(index)) for index, call in enumerate(calls_of(answer))]
    assert names == [[{"a": 2, "b": 3}, {"a": 30, "b": 4}], [{"a": 5, "b": 6}], []]
    assert answer.output_text == "The result of add is: 0."


def test_events_come_in_their_order_with_numbers(gpt):
    events = list(
        gpt.responses.create(model=REASONS, input="CALL_ADD: 2 3", tools=[ADD], stream=True, store=False, reasoning={"summary": "auto"})
    )
    assert [event.sequence_number for event in events] == list(range(len(events)))
    order = [name for index, name in enumerate(kind.type for kind in events) if index == 0 or events[index - 1].type != name]
    assert order == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]
    added = next(event.item for event in events if event.type == "response.output_item.added")
    done = next(event.item for event in events if event.type == "response.output_item.done")
    assert done.encrypted_content.startswith(added.encrypted_content) and done.encrypted_content != added.encrypted_content
    assert events[0].response.usage is None and events[-1].response.usage.total_tokens > 0
    assert all(event.obfuscation for event in events if event.type == "response.output_text.delta")
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == next(event.text for event in events if event.type == "response.output_text.done")


def test_padding_can_be_switched_off(gpt):
    events = gpt.responses.create(model=PLAIN, input="Hi", stream=True, stream_options={"include_obfuscation": False})
    assert not any(getattr(event, "obfuscation", None) for event in events)


def test_strict_answers_parse(gpt):
    class City(pydantic.BaseModel):
        name: str
        people: int

    answer = gpt.responses.parse(model=PLAIN, input="Köln?", text_format=City)
    assert isinstance(answer.output_parsed, City)


def test_custom_tools_take_free_text(gpt):
    tool = {"type": "custom", "name": "run", "description": "Runs a line.", "format": {"type": "grammar", "syntax": "regex", "definition": "[a-z ]+"}}
    answer = gpt.responses.create(model=REASONS, input="CALL_RUN: ls the files", tools=[tool], store=False)
    call = answer.output[-1]
    assert (call.type, call.input) == ("custom_tool_call", "ls the files")
    history = [user("CALL_RUN: ls the files"), *items_of(answer), {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "none"}]
    assert gpt.responses.create(model=REASONS, input=history, tools=[tool], store=False).output_text == "The result of run is: none."


def test_stored_responses_can_be_continued_read_and_deleted(gpt):
    first = gpt.responses.create(model=REASONS, input="CALL_ADD: 2 3", tools=[ADD])
    second = gpt.responses.create(model=REASONS, previous_response_id=first.id, input=[output(calls_of(first)[0], "5")], tools=[ADD])
    assert second.output_text == "The result of add is: 5." and second.previous_response_id == first.id
    assert gpt.responses.retrieve(first.id).output[0].id == first.output[0].id
    gpt.responses.delete(first.id)
    with pytest.raises(openai.BadRequestError, match="not found") as caught:
        gpt.responses.create(model=REASONS, previous_response_id=first.id, input="Hi")
    assert (caught.value.code, caught.value.param) == ("previous_response_not_found", "previous_response_id")
    unstored = gpt.responses.create(model=REASONS, input="Hi", store=False)
    with pytest.raises(openai.NotFoundError):
        gpt.responses.retrieve(unstored.id)


@pytest.mark.parametrize(
    ("step", "status", "reason"),
    [
        ({"text": "cut", "stop_reason": "max_tokens"}, "incomplete", "max_output_tokens"),
        ({"text": "hidden", "stop_reason": "content_filter"}, "incomplete", "content_filter"),
        ({"text": "", "stop_reason": "failed", "stop_details": {"code": "rate_limit_exceeded", "message": "slower"}}, "failed", None),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_scripted_ends(gpt, emulator, step, status, reason, streamed):
    emulator.script(step)
    if streamed:
        last = list(gpt.responses.create(model=REASONS, input="Hi", stream=True))[-1]
        assert last.type == f"response.{status}"
        answer = last.response
    else:
        answer = gpt.responses.create(model=REASONS, input="Hi")
    assert answer.status == status
    assert (answer.incomplete_details.reason if answer.incomplete_details else None) == reason
    if status == "failed":
        assert (answer.error.code, answer.error.message) == ("rate_limit_exceeded", "slower")


def test_scripted_thinking_and_refusal(gpt, emulator):
    emulator.script(
        {"content": [{"type": "thinking", "thinking": "No."}, {"type": "refusal", "refusal": "I cannot."}]}, {"text": "without thinking"}
    )
    answer = gpt.responses.create(model=REASONS, input="Hi", reasoning={"summary": "concise"})
    assert kinds(answer) == ["reasoning", "message"] and answer.output[0].summary[0].text == "No."
    assert answer.output[1].content[0].refusal == "I cannot." and answer.output_text == ""
    assert kinds(gpt.responses.create(model=REASONS, input="Hi")) == ["message"]


def test_the_limit_cuts_the_answer(gpt):
    answer = gpt.responses.create(model=PLAIN, input="many words " * 40, max_output_tokens=16)
    assert answer.status == "incomplete" and answer.incomplete_details.reason == "max_output_tokens"
    assert answer.output[-1].status == "incomplete"


def test_a_prompt_that_was_seen_is_cached(gpt):
    start = [{"role": "developer", "content": "word " * 2000}]
    first = gpt.responses.create(model=PLAIN, input=[*start, user("one")]).usage
    second = gpt.responses.create(model=PLAIN, input=[*start, user("two")]).usage
    assert first.input_tokens_details.cached_tokens == 0
    assert 2000 < second.input_tokens_details.cached_tokens < second.input_tokens


def test_errors_before_and_inside_the_stream(gpt, emulator):
    emulator.script({"error": {"status": 429, "code": "insufficient_quota"}}, {"error": {"status": 503}})
    with pytest.raises(openai.RateLimitError) as caught:
        gpt.responses.create(model=PLAIN, input="Hi")
    assert (caught.value.code, caught.value.type) == ("insufficient_quota", "insufficient_quota")
    with pytest.raises(openai.InternalServerError) as overloaded:
        gpt.responses.create(model=PLAIN, input="Hi")
    assert overloaded.value.code == "server_is_overloaded"
    emulator.script({"text": "a text that breaks off", "sse_error": {"after_deltas": 1, "type": "rate_limit_exceeded", "message": "broken"}})
    seen = list(gpt.responses.create(model=PLAIN, input="Hi", stream=True))
    assert "response.output_text.delta" in [event.type for event in seen]
    assert [event.type for event in seen[-2:]] == ["error", "response.failed"]
    assert (seen[-2].code, seen[-2].message, seen[-1].response.error.code) == ("rate_limit_exceeded", "broken", "rate_limit_exceeded")


def test_a_broken_stream_ends_with_the_error_and_the_failed_response(emulator, raw):
    emulator.script({"text": "a text that breaks off", "sse_error": {"after_deltas": 1, "message": "broken"}}, {"text": "short", "no_terminal": True})
    head = {"authorization": "Bearer sk-emulator-test-0001", "content-type": "application/json"}
    _, _, text = raw.send("POST", "/v1/responses", {"model": PLAIN, "input": "Hi", "stream": True}, head)
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events[-2:]] == ["error", "response.failed"]
    assert (events[-2]["code"], events[-2]["message"]) == ("server_error", "broken") and events[-1]["response"]["status"] == "failed"
    assert "[DONE]" not in text
    _, _, text = raw.send("POST", "/v1/responses", {"model": PLAIN, "input": "Hi", "stream": True}, head)
    assert "response.output_item.done" in text and "response.completed" not in text


def test_rate_headers(gpt):
    head = gpt.responses.with_raw_response.create(model=PLAIN, input="Hi").headers
    assert head["x-ratelimit-remaining-requests"] == "9999" and head["x-ratelimit-reset-tokens"] == "30ms"
