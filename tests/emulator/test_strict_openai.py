"""What Chat Completions refuses, with `param` and `code` as the service gives them."""

import pytest

USER = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}


def body(**changes):
    full = {"model": "gpt-4.1", "messages": [USER], **changes}
    return {name: value for name, value in full.items() if value is not None}


def assistant(*calls):
    return {"role": "assistant", "content": None, "tool_calls": list(calls)}


BAD = {
    "no_model": (body(model=None), "you must provide a model parameter", None, None),
    "no_messages": (body(messages=None), "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
    "empty_messages": (body(messages=[]), "empty array", "messages", "empty_array"),
    "unknown_field": (body(top_k=4), "Unrecognized request argument supplied: top_k", None, None),
    "unknown_message_field": (body(messages=[{**USER, "color": 1}]), "Unknown parameter: 'messages[0].color'.", "messages[0].color", "unknown_parameter"),
    "unknown_role": (body(messages=[{"role": "bot", "content": "x"}]), "Invalid value: 'bot'. Supported values are: 'system'", "messages[0].role", "invalid_value"),
    "no_role": (body(messages=[{"content": "x"}]), "Missing required parameter: 'messages[0].role'.", "messages[0].role", "missing_required_parameter"),
    "no_content": (body(messages=[{"role": "user"}]), "Missing required parameter: 'messages[0].content'.", "messages[0].content", "missing_required_parameter"),
    "content_of_wrong_type": (body(messages=[{"role": "user", "content": 5}]), "expected one of a string or array of objects", "messages[0].content", "invalid_type"),
    "part_type": (body(messages=[{"role": "user", "content": [{"type": "tool_use"}]}]), "Invalid value: 'tool_use'", "messages[0].content[0].type", "invalid_value"),
    "temperature_type": (body(temperature="hot"), "Invalid type for 'temperature': expected a decimal, but got a string", "temperature", "invalid_type"),
    "temperature_range": (body(temperature=3), "decimal above maximum value", "temperature", "decimal_above_max_value"),
    "max_tokens_zero": (body(max_tokens=0), "integer below minimum value", "max_tokens", "integer_below_min_value"),
    "max_tokens_over_the_models": (body(max_tokens=40000), "max_tokens is too large: 40000. This model supports at most 32768", "max_tokens", "invalid_value"),
    "both_limits": (body(max_tokens=5, max_completion_tokens=5), "at the same time", "max_tokens", "invalid_value"),
    "stream_options_without_stream": (body(stream_options={"include_usage": True}), "only allowed when 'stream' is enabled", "stream_options", None),
    "five_stops": (body(stop=list("abcde")), "maximum length 4", "stop", "array_above_max_length"),
    "effort_on_a_plain_model": (body(reasoning_effort="low"), "Unrecognized request argument supplied: reasoning_effort", None, None),
    "effort_max": (body(model="gpt-5.6-sol", reasoning_effort="max"), "'reasoning_effort' does not support 'max'", "reasoning_effort", "unsupported_value"),
    "effort_none_where_always_reasoning": (body(model="gpt-6.2-astra", reasoning_effort="none"), "does not support 'none'", "reasoning_effort", "unsupported_value"),
    "top_p_while_reasoning": (body(model="gpt-5", top_p=0.5), "Unsupported parameter: 'top_p'", "top_p", "unsupported_parameter"),
    "tools_while_reasoning": (body(model="gpt-6-luna", tools=[TOOL]), "use /v1/responses", "reasoning_effort", None),
    "empty_tools": (body(tools=[]), "empty array", "tools", "empty_array"),
    "tool_name": (body(tools=[{"type": "function", "function": {"name": "add two"}}]), "does not match pattern", "tools[0].function.name", "invalid_value"),
    "tool_schema": (body(tools=[{"type": "function", "function": {"name": "add", "parameters": {"type": "string"}}}]),
                    "Invalid schema for function 'add'", "tools[0].function.parameters", "invalid_function_parameters"),
    "choice_without_tools": (body(tool_choice="auto"), "only allowed when 'tools' are specified", "tool_choice", None),
    "parallel_without_tools": (body(parallel_tool_calls=False), "only allowed when 'tools' are specified", "parallel_tool_calls", None),
    "choice_of_a_tool_that_is_not_there": (body(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "sub"}}), "was not provided", "tool_choice", None),
    "unanswered_call": (body(messages=[USER, assistant(CALL), USER]), "did not have response messages: c1", "messages.[2].role", None),
    "call_at_the_end": (body(messages=[USER, assistant(CALL)]), "did not have response messages: c1", "messages.[2].role", None),
    "orphan_tool_message": (body(messages=[USER, {"role": "tool", "tool_call_id": "c1", "content": "5"}]),
                            "must be a response to a preceeding message with 'tool_calls'", "messages.[1].role", None),
    "tool_message_without_id": (body(messages=[USER, assistant(CALL), {"role": "tool", "content": "5"}]), "Missing required parameter", "messages[2].tool_call_id", "missing_required_parameter"),
    "no_calls": (body(messages=[USER, assistant()]), "empty array", "messages[1].tool_calls", "empty_array"),
    "arguments_as_object": (body(messages=[USER, assistant({**CALL, "function": {"name": "add", "arguments": {}}})]),
                            "expected a string, but got an object", "messages[1].tool_calls[0].function.arguments", "invalid_type"),
    "json_without_the_word": (body(response_format={"type": "json_object"}), "must contain the word 'json'", "messages", None),
    "schema_format_without_name": (body(response_format={"type": "json_schema", "json_schema": {"schema": {}}}),
                                   "Missing required parameter", "response_format.json_schema.name", "missing_required_parameter"),
    "web_search_on_a_plain_model": (body(web_search_options={}), "Web search options not supported with this model.", "web_search_options", None),
    "too_long": (body(model="gpt-4o", messages=[{"role": "user", "content": "x" * 600_000}]), "maximum context length is 128000 tokens", "messages", "context_length_exceeded"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_request_is_refused(raw, name):
    request, words, param, code = BAD[name]
    status, headers, answer = raw.chat(request)
    assert status == 400, answer
    error = answer["error"]
    assert words in error["message"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert headers["x-request-id"]


def test_key_is_checked_before_the_body(raw):
    status, _, answer = raw.chat(b"{", drop=["authorization"])
    assert status == 401 and "You didn't provide an API key" in answer["error"]["message"]
    status, _, answer = raw.chat(b"{")
    assert status == 400 and "could not parse the JSON body" in answer["error"]["message"]


def test_local_model_needs_no_key_and_takes_unknown_fields(raw):
    lenient = body(model="llama3.2:1b", top_k=4, max_tokens=50, stream_options={"include_usage": True})
    status, _, answer = raw.chat(lenient, drop=["authorization"])
    assert status == 200 and answer["choices"][0]["message"]["content"] == "You said: Hi"


def test_local_mode_serves_any_id_without_a_key(start, connect):
    local = connect(start("--local"))
    assert local.chat(body(model="gpt-4o", top_k=4), drop=["authorization"])[0] == 200
    assert local.send("GET", "/v1/models")[2]["data"][0]["id"] == "local-model"


def test_unknown_route(raw):
    status, _, answer = raw.send("POST", "/v1/embeddings", body(), {"authorization": "Bearer k"})
    assert status == 404 and "Invalid URL (POST /v1/embeddings)" in answer["error"]["message"]
