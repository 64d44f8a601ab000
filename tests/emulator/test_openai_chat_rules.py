"""Rules of Chat Completions beside those in test_strict_openai.py: strict schemas, parts, names, families of models."""

import pytest

USER = {"role": "user", "content": "Hi"}
STRICT = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
CUSTOM = {"type": "custom", "custom": {"name": "run", "description": "Runs a line."}}


def body(**changes):
    return {"model": "gpt-4.1", "messages": [USER], **changes}


def function(**changes):
    return {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}, **changes}}


def part(**fields):
    return body(messages=[{"role": "user", "content": [fields]}])


def called(**changes):
    return body(messages=[USER, {"role": "assistant", "content": None, "tool_calls": [{**CALL, **changes}]}, {"role": "tool", "tool_call_id": changes.get("id", "c1"), "content": "5"}])


BAD = {
    "strict_tool": (body(tools=[function(strict=True)]), "'additionalProperties' is required", "tools[0].function.parameters", "invalid_function_parameters"),
    "strict_format": (body(response_format={"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": {**STRICT, "required": []}}}),
                      "Missing 'a'.", "response_format", None),
    "flat_tool": (body(tools=[{"type": "function", "name": "add"}]), "Missing required parameter: 'tools[0].function'.", "tools[0].function", "missing_required_parameter"),
    "unknown_tool_field": (body(tools=[function(color=1)]), "Unknown parameter", "tools[0].function.color", "unknown_parameter"),
    "long_tool_name": (body(tools=[function(name="a" * 65)]), "maximum length 64", "tools[0].function.name", "string_above_max_length"),
    "long_call_id": (called(id="c" * 41), "maximum length 40", "messages[1].tool_calls[0].id", "string_above_max_length"),
    "name_of_a_call": (called(function={"name": "a b", "arguments": "{}"}), "does not match pattern", "messages[1].tool_calls[0].function.name", "invalid_value"),
    "calls_of_the_user": (body(messages=[{**USER, "tool_calls": [CALL]}]), "Unknown parameter", "messages[0].tool_calls", "unknown_parameter"),
    "picture_as_text": (part(type="image_url", image_url="https://x"), "expected an object, but got a string", "messages[0].content[0].image_url", "invalid_type"),
    "picture_without_scheme": (part(type="image_url", image_url={"url": "cat.png"}), "Expected a valid URL", "messages[0].content[0].image_url.url", "invalid_value"),
    "picture_detail": (part(type="image_url", image_url={"url": "https://x", "detail": "tiny"}), "Invalid value: 'tiny'", "messages[0].content[0].image_url.detail", "invalid_value"),
    "picture_no_base64": (part(type="image_url", image_url={"url": "data:image/png;base64,%"}), "not valid base64", "messages[0].content[0].image_url.url", "invalid_base64"),
    "file_twice": (part(type="file", file={"file_id": "file-1", "file_data": "data:application/pdf;base64,QUJD", "filename": "a.pdf"}), "exactly one", "messages[0].content[0].file", "invalid_value"),
    "sound_format": (part(type="input_audio", input_audio={"data": "QUJD", "format": "ogg"}), "Invalid value: 'ogg'", "messages[0].content[0].input_audio.format", "invalid_value"),
    "picture_in_a_result": (body(messages=[*called()["messages"][:2], {"role": "tool", "tool_call_id": "c1", "content": [{"type": "image_url", "image_url": {"url": "https://x"}}]}]),
                            "Supported values are: 'text'", "messages[2].content[0].type", "invalid_value"),
    "empty_parts": (body(messages=[{"role": "user", "content": []}]), "empty array", "messages[0].content", "empty_array"),
    "verbosity": (body(verbosity="low"), "Supported values are: 'medium'", "verbosity", "unsupported_value"),
    "tier": (body(service_tier="ultrafast"), "Invalid value: 'ultrafast'", "service_tier", "invalid_value"),
    "seventeen_pairs": (body(metadata={str(i): "x" for i in range(17)}), "at most 16", "metadata", "object_above_max_properties"),
    "cache_options_on_an_old_model": (body(prompt_cache_options={"mode": "implicit"}), "not supported", "prompt_cache_options", "unsupported_parameter"),
    "twelve_hours": (body(model="gpt-6-sol", prompt_cache_options={"ttl": "12h"}), "Supported values are: '30m'", "prompt_cache_options.ttl", "invalid_value"),
    "options_word": (body(stream=True, stream_options={"color": 1}), "Unknown parameter", "stream_options.color", "unknown_parameter"),
    "tools_on_6.2": (body(model="gpt-6.2-astra", tools=[function()]), "/v1/responses", "reasoning_effort", None),
    "tools_with_effort_on_5.4": (body(model="gpt-5.4", reasoning_effort="low", tools=[function()]), "/v1/responses", "reasoning_effort", None),
    "minimal_on_5.4": (body(model="gpt-5.4", reasoning_effort="minimal"), "does not support 'minimal'", "reasoning_effort", "unsupported_value"),
    "stop_while_reasoning": (body(model="gpt-5", stop="x"), "Unsupported parameter: 'stop'", "stop", "unsupported_parameter"),
}  # fmt: skip

GOOD = {
    "strict": body(tools=[function(parameters=STRICT, strict=True)]),
    "tools_on_5.4_by_default": body(model="gpt-5.4", tools=[function()], temperature=0.2),
    "tools_on_luna_without_effort": body(model="gpt-6-luna", reasoning_effort="none", tools=[function()]),
    "grammar_beside_reasoning": body(model="gpt-5.5", tools=[CUSTOM]),
    "old_reasoning_model_with_tools": body(model="gpt-5", tools=[function()]),
    "file": part(type="file", file={"filename": "a.pdf", "file_data": "data:application/pdf;base64,QUJD"}),
    "picture": part(type="image_url", image_url={"url": "data:image/png;base64,QUJD", "detail": "original"}),
    "breakpoint": part(type="text", text="x", prompt_cache_breakpoint={"mode": "explicit"}),
    "roles": body(messages=[{"role": "developer", "content": "x"}, {"role": "system", "content": [{"type": "text", "text": "x"}]}, USER]),
    "allowed_tools": body(tools=[function()], tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "add"}}]}}),
    "refused_before": body(messages=[USER, {"role": "assistant", "content": None, "refusal": "No."}, USER]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_request_is_refused(raw, name):
    request, words, param, code = BAD[name]
    status, _, answer = raw.chat(request)
    assert status == 400, answer
    error = answer["error"]
    assert words in error["message"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)


@pytest.mark.parametrize("name", GOOD)
def test_good_request_is_taken(raw, name):
    status, _, answer = raw.chat(GOOD[name])
    assert status == 200, answer


def test_models_of_responses_alone(raw):
    status, _, answer = raw.chat(body(model="gpt-5-pro"))
    assert status == 404 and "only supported in v1/responses" in answer["error"]["message"]


@pytest.mark.parametrize("streamed", [False, True])
def test_custom_tools_and_refusals_come_in_their_own_members(gpt, emulator, streamed):
    options = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "CALL_RUN: ls the files"}], "tools": [CUSTOM], "stream": streamed}
    answer = gpt.chat.completions.create(**options)
    if streamed:
        parts = [part for chunk in answer for choice in chunk.choices for part in choice.delta.tool_calls or []]
        assert parts[0].type == "custom" and parts[0].id
        assert "".join(part.custom["input"] for part in parts) == "ls the files"
    else:
        call = answer.choices[0].message.tool_calls[0]
        assert (call.type, call.custom.name, call.custom.input) == ("custom", "run", "ls the files")
    emulator.script({"content": [{"type": "refusal", "refusal": "I cannot do that."}]})
    answer = gpt.chat.completions.create(**options)
    if streamed:
        assert "".join(choice.delta.refusal or "" for chunk in answer for choice in chunk.choices) == "I cannot do that."
    else:
        assert answer.choices[0].message.refusal == "I cannot do that." and answer.choices[0].message.content is None


def test_scripted_quota_and_overload(gpt, emulator):
    openai = pytest.importorskip("openai")
    emulator.script({"error": {"status": 429, "code": "insufficient_quota"}}, {"error": {"status": 429}}, {"error": {"status": 503}})
    for kind, code, error_type in (
        (openai.RateLimitError, "insufficient_quota", "insufficient_quota"),
        (openai.RateLimitError, "rate_limit_exceeded", "requests"),
        (openai.InternalServerError, "server_is_overloaded", "server_error"),
    ):
        with pytest.raises(kind) as caught:
            gpt.chat.completions.create(model="gpt-4.1", messages=[USER])
        assert (caught.value.code, caught.value.type) == (code, error_type)
