"""What Responses refuses, with `param` and `code` as the service gives them."""

import copy
import functools

import pytest

USER = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "name": "add", "parameters": {"type": "object", "properties": {}}}
STRICT = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
CALL = {"type": "function_call", "call_id": "c1", "name": "add", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "5"}
KEY = "sk-emulator-test-0001"


def body(*items, **changes):
    full = {"model": "gpt-5.5", "input": list(items) or [USER], "store": False, **changes}
    return {name: value for name, value in full.items() if value is not None}


def strict(schema):
    return body(tools=[{**TOOL, "parameters": schema, "strict": True}])


def form(**changes):
    return body(text={"format": {"type": "json_schema", "name": "x", "schema": STRICT, "strict": True, **changes}})


SCHEMA_PARAM = "tools[0].parameters"
SCHEMA_CODE = "invalid_function_parameters"
BAD = {
    "unknown_model": (body(model="gpt-5.5-proo"), "The requested model 'gpt-5.5-proo' does not exist.", "model", "model_not_found"),
    "no_input": (body(input=None), "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
    "unknown_field": (body(messages=[]), "Unknown parameter: 'messages'.", "messages", "unknown_parameter"),
    "chat_limit": (body(max_tokens=5), "Unknown parameter: 'max_tokens'.", "max_tokens", "unknown_parameter"),
    "few_tokens": (body(max_output_tokens=15), "Expected a value >= 16, but got 15", "max_output_tokens", "integer_below_min_value"),
    "effort_word": (body(reasoning={"effort": "huge"}), "does not support 'huge'", "reasoning.effort", "unsupported_value"),
    "effort_max_before_5.6": (body(reasoning={"effort": "max"}), "does not support 'max'", "reasoning.effort", "unsupported_value"),
    "effort_none_on_6.2": (body(model="gpt-6.2-sol", reasoning={"effort": "none"}), "does not support 'none'", "reasoning.effort", "unsupported_value"),
    "effort_on_a_plain_model": (body(model="gpt-4.1", reasoning={"effort": "low"}), "is not supported with this model", "reasoning.effort", "unsupported_parameter"),
    "summary_word": (body(reasoning={"summary": "long"}), "Invalid value: 'long'", "reasoning.summary", "invalid_value"),
    "old_context": (body(model="gpt-5.2", reasoning={"context": "all_turns"}), "not supported with the 'gpt-5.2' model", "reasoning.context", "unsupported_parameter"),
    "temperature_while_reasoning": (body(temperature=0.2), "Only the default (1) value", "temperature", "unsupported_value"),
    "top_p_while_reasoning": (body(top_p=0.2), "Unsupported parameter: 'top_p'", "top_p", "unsupported_parameter"),
    "include_word": (body(include=["everything"]), "Invalid value: 'everything'", "include[0]", "invalid_value"),
    "sealed_on_a_plain_model": (body(model="gpt-4.1", include=["reasoning.encrypted_content"]), "Encrypted content is not supported", "include", None),
    "usage_option": (body(stream=True, stream_options={"include_usage": True}), "Unknown parameter", "stream_options.include_usage", "unknown_parameter"),
    "options_without_stream": (body(stream_options={"include_obfuscation": False}), "only allowed when 'stream'", "stream_options", None),
    "background_without_store": (body(background=True), "requires 'store'", "background", None),
    "chat_tool": (body(tools=[{"type": "function", "function": {"name": "add"}}]), "Missing required parameter: 'tools[0].name'.", "tools[0].name", "missing_required_parameter"),
    "tool_name": (body(tools=[{**TOOL, "name": "a b"}]), "does not match pattern", "tools[0].name", "invalid_value"),
    "long_tool_name": (body(tools=[{**TOOL, "name": "a" * 65}]), "maximum length 64", "tools[0].name", "string_above_max_length"),
    "forced_without_tools": (body(tool_choice="required"), "must be specified with 'tools'", "tool_choice", None),
    "named_tool_not_offered": (body(tools=[TOOL], tool_choice={"type": "function", "name": "sub"}), "'sub' not found in 'tools'", "tool_choice", None),
    "chat_format": (body(text={"format": {"type": "json_schema", "json_schema": {}}}), "Missing required parameter", "text.format.name", "missing_required_parameter"),
    "json_without_the_word": (body(text={"format": {"type": "json_object"}}), "must contain the word 'json'", "input", None),
    "verbosity_on_a_plain_model": (body(model="gpt-4.1", text={"verbosity": "low"}), "Supported values are: 'medium'", "text.verbosity", "unsupported_value"),
    "loose_format": (form(schema={"type": "object", "properties": {}}), "'additionalProperties' is required", "text.format.schema", "invalid_json_schema"),
    "long_metadata": (body(metadata={"k": "v" * 513}), "maximum length 512", "metadata.k", "string_above_max_length"),
    "cache_options_before_5.6": (body(prompt_cache_options={"mode": "implicit"}), "not supported with this model", "prompt_cache_options", "unsupported_parameter"),
    "two_states": (body(previous_response_id="resp_x", conversation="conv_x"), "Previous response with id 'resp_x' not found.", "previous_response_id", "previous_response_not_found"),
    "item_type": (body({"type": "tool_use"}), "Invalid value: 'tool_use'", "input[0]", "invalid_value"),
    "item_field": (body({**USER, "color": 1}), "Unknown parameter: 'input[0].color'.", "input[0].color", "unknown_parameter"),
    "item_id": (body({**USER, "type": "message", "id": "abc"}), "Expected an ID that begins with 'msg'", "input[0].id", "invalid_value"),
    "role": (body({"role": "tool", "content": "x"}), "Invalid value: 'tool'", "input[0].role", "invalid_value"),
    "chat_part": (body({"role": "user", "content": [{"type": "text", "text": "x"}]}), "Invalid value: 'text'. Supported values are: 'input_text'", "input[0].content[0]", "invalid_value"),
    "input_of_the_assistant": (body({"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}), "Supported values are: 'output_text'", "input[0].content[0]", "invalid_value"),
    "picture_as_object": (body({"role": "user", "content": [{"type": "input_image", "image_url": {"url": "https://x"}}]}), "expected a string, but got an object", "input[0].content[0].image_url", "invalid_type"),
    "picture_without_scheme": (body({"role": "user", "content": [{"type": "input_image", "image_url": "cat.png"}]}), "Expected a valid URL", "input[0].content[0].image_url", "invalid_value"),
    "picture_no_base64": (body({"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,%%%"}]}), "not valid base64", "input[0].content[0].image_url", "invalid_base64"),
    "file_without_name": (body({"role": "user", "content": [{"type": "input_file", "file_data": "data:application/pdf;base64,QUJD"}]}), "Missing required parameter", "input[0].content[0].filename", "missing_required_parameter"),
    "phase_of_the_user": (body({**USER, "phase": "final_answer"}), "Unknown parameter", "input[0].phase", "unknown_parameter"),
    "arguments_as_object": (body(USER, {**CALL, "arguments": {}}, OUTPUT), "expected a string, but got an object", "input[1].arguments", "invalid_type"),
    "long_call_id": (body(USER, {**CALL, "call_id": "c" * 65}, {**OUTPUT, "call_id": "c" * 65}), "maximum length 64", "input[1].call_id", "string_above_max_length"),
    "call_without_output": (body(USER, CALL), "No tool output found for function call c1.", "input", None),
    "output_without_call": (body(USER, OUTPUT), "No tool call found for function call output with call_id c1.", "input", None),
    "output_before_its_call": (body(USER, OUTPUT, CALL), "No tool call found", "input", None),
    "output_of_another_kind": (body(USER, CALL, {"type": "custom_tool_call_output", "call_id": "c1", "output": "5"}), "No tool call found for custom tool call output", "input", None),
    "invented_seal": (body(USER, {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAABx"}, {"role": "assistant", "content": "x"}), "could not be verified", None, "invalid_encrypted_content"),
    "reasoning_at_the_end": (body(USER, {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAABx"}), "without its required following item", "input", None),
    "reasoning_without_seal_or_id": (body(USER, {"type": "reasoning", "summary": []}), "Missing required parameter", "input[1].encrypted_content", "missing_required_parameter"),
    "invented_compaction": (body({"type": "compaction", "encrypted_content": "x"}), "could not be verified", None, "invalid_encrypted_content"),
    "root_any_of": (strict({**STRICT, "anyOf": [STRICT]}), "top-level 'anyOf'", SCHEMA_PARAM, SCHEMA_CODE),
    "open_object": (strict({"type": "object", "properties": {"a": {"type": "object", "properties": {}}}, "required": ["a"], "additionalProperties": False}),
                    "In context=('properties', 'a'), 'additionalProperties' is required", SCHEMA_PARAM, SCHEMA_CODE),
    "optional_property": (strict({**STRICT, "required": []}), "Missing 'a'.", SCHEMA_PARAM, SCHEMA_CODE),
    "one_of": (strict({**STRICT, "properties": {"a": {"oneOf": [{"type": "integer"}]}}}), "'oneOf' is not permitted", SCHEMA_PARAM, SCHEMA_CODE),
    "default": (strict({**STRICT, "properties": {"a": {"type": "integer", "default": 1}}}), "'default' is not permitted", SCHEMA_PARAM, SCHEMA_CODE),
    "reference_with_sibling": (strict({**STRICT, "properties": {"a": {"$ref": "#/$defs/b", "description": "x"}}, "$defs": {"b": {"type": "integer"}}}),
                               "$ref cannot have keywords {'description'}", SCHEMA_PARAM, SCHEMA_CODE),
    "dangling_reference": (strict({**STRICT, "properties": {"a": {"$ref": "#/$defs/c"}}}), "can only point to", SCHEMA_PARAM, SCHEMA_CODE),
    "array_without_items": (strict({**STRICT, "properties": {"a": {"type": "array"}}}), "array schema missing items", SCHEMA_PARAM, SCHEMA_CODE),
    "format": (strict({**STRICT, "properties": {"a": {"type": "string", "format": "uri"}}}), "'uri' is not a valid format", SCHEMA_PARAM, SCHEMA_CODE),
    "look_around": (strict({**STRICT, "properties": {"a": {"type": "string", "pattern": "a(?!b)"}}}), "must not look around", SCHEMA_PARAM, SCHEMA_CODE),
    "too_deep": (strict(functools.reduce(lambda inner, _: {"type": "object", "properties": {"a": inner}, "required": ["a"], "additionalProperties": False}, range(11), {"type": "integer"})),
                 "levels of nesting exceeds limit of 10", SCHEMA_PARAM, SCHEMA_CODE),
}  # fmt: skip

GOOD = {
    "sampling_while_quiet": body(reasoning={"effort": "none"}, temperature=0.2, top_p=0.5),
    "default_temperature": body(temperature=1),
    "max_from_5.6": body(model="gpt-5.6-sol", reasoning={"effort": "max", "mode": "pro", "context": "all_turns"}),
    "tools_while_reasoning": body(model="gpt-6.2-astra", tools=[TOOL], tool_choice="auto"),
    "recursive_schema": strict({**STRICT, "properties": {"a": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}),
    "strict_extras": strict({**STRICT, "properties": {"a": {"type": ["string", "null"], "pattern": "^a", "minLength": 1, "format": "date"}}}),
    "loose_schema": body(tools=[{**TOOL, "parameters": {"type": "object", "properties": {"a": {}}}, "strict": False}]),
    "hosted_tool": body(tools=[{"type": "web_search"}]),
    "pairs": body(USER, CALL, {**CALL, "call_id": "c2"}, {**OUTPUT, "call_id": "c2"}, OUTPUT),
    "result_with_picture": body(USER, CALL, {**OUTPUT, "output": [{"type": "input_text", "text": "x"}, {"type": "input_image", "image_url": "data:image/png;base64,QUJD"}]}),
    "old_message": body(USER, {"type": "message", "role": "assistant", "phase": "commentary", "content": [{"type": "output_text", "text": "x", "annotations": []}]}, USER),
    "twelve_hours": body(model="gpt-6-sol", prompt_cache_options={"mode": "explicit", "ttl": "12h"}),
    "text": body(input="Hi"),
    "snapshot": body(model="gpt-5.4-mini-2026-03-17"),
}  # fmt: skip


def send(raw, request, key=KEY, target="/v1/responses"):
    return raw.send("POST", target, request, {"authorization": f"Bearer {key}", "content-type": "application/json"})


@pytest.mark.parametrize("name", BAD)
def test_bad_request_is_refused(raw, name):
    request, words, param, code = BAD[name]
    status, headers, answer = send(raw, request)
    assert status == 400, answer
    error = answer["error"]
    assert words in error["message"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert headers["x-request-id"]


@pytest.mark.parametrize("name", GOOD)
def test_good_request_is_taken(raw, name):
    status, _, answer = send(raw, GOOD[name])
    assert status == 200, answer


def test_what_is_not_stored_is_not_found(raw):
    for item in ({"type": "item_reference", "id": "msg_1"}, {"type": "reasoning", "id": "rs_1", "summary": []}):
        status, _, answer = send(raw, body(USER, item))
        assert status == 404 and "not found" in answer["error"]["message"]
    status, _, answer = send(raw, body(conversation="conv_1"))
    assert status == 404 and answer["error"]["param"] == "conversation"


def test_keys(raw):
    status, _, answer = send(raw, body(), key="sk-wrong-key-0123456789")
    assert status == 401 and answer["error"]["code"] == "invalid_api_key" and "0123456789" not in answer["error"]["message"]
    status, _, answer = raw.send("POST", "/v1/responses", body(), {"content-type": "application/json"})
    assert status == 401 and answer["error"]["code"] is None


class Loop:
    """A history with one sealed reasoning item, as the service gave it."""

    def __init__(self, raw, model):
        self._raw = raw
        self.request = body({"role": "user", "content": "CALL_ADD: 2 3"}, model=model, tools=[TOOL], instructions="Be brief.")
        status, _, answer = send(raw, self.request)
        assert status == 200, answer
        self.reasoning, self.words, self.call = answer["output"]
        self.output = {"type": "function_call_output", "call_id": self.call["call_id"], "output": "5"}

    def again(self, *items, key=KEY, **changes):
        request = copy.deepcopy(self.request) | changes
        request["input"] += copy.deepcopy(items or (self.reasoning, self.words, self.call, self.output))
        status, _, answer = send(self._raw, request, key)
        return status, answer if status == 200 else answer["error"]


def without(item, *names):
    return {name: value for name, value in item.items() if name not in names}


def test_sealed_reasoning_comes_back_unchanged_or_not_at_all(raw):
    loop = Loop(raw, "gpt-5.5")
    assert loop.again()[0] == 200
    assert loop.again(without(loop.reasoning, "id"), without(loop.words, "id"), without(loop.call, "id", "status"), loop.output)[0] == 200
    assert loop.again(without(loop.words, "id"), without(loop.call, "id"), loop.output)[0] == 200  # all of it dropped
    changed = {**loop.reasoning, "encrypted_content": loop.reasoning["encrypted_content"][:-8] + "AAAAAAAA"}
    for items, words, code in (
        ((changed, loop.words, loop.call, loop.output), "could not be decrypted or parsed", "invalid_encrypted_content"),
        (({**loop.reasoning, "id": "rs_other"}, without(loop.words, "id"), without(loop.call, "id"), loop.output), "did not match the target item id", "invalid_encrypted_content"),
        ((loop.reasoning, loop.call, loop.output), "without its required following item", None),
        ((loop.reasoning, {"role": "user", "content": "no"}), "without its required following item", None),
        ((loop.words, loop.call, loop.output), f"without its required 'reasoning' item: '{loop.reasoning['id']}'", None),
        ((loop.reasoning, loop.words, loop.words, loop.call, loop.output), "Duplicate item found", None),
    ):
        status, error = loop.again(*items)
        assert status == 400 and words in error["message"] and error["code"] == code


@pytest.mark.parametrize(("model", "other"), [("gpt-5.5", "gpt-5.4"), ("gpt-6.2-sol", "gpt-6.2-astra")])
def test_reasoning_belongs_to_its_model_and_account(raw, model, other):
    loop = Loop(raw, model)
    drops = model.startswith("gpt-6.2")
    for changes, reason in (({"model": other}, "model_mismatch"), ({"key": "sk-another-0001"}, "organization_mismatch")):
        if "model" in changes and other == "gpt-5.4":
            changes = changes | {"reasoning": {"effort": "low"}}
        status, answer = loop.again(**changes)
        if drops:
            assert status == 200 and [item["reason"] for item in answer["input_transformations"]] == [reason]
        else:
            assert status == 400 and answer["code"] == "invalid_encrypted_content"


def test_gpt_6_2_binds_reasoning_to_what_came_before(raw):
    loop = Loop(raw, "gpt-6.2-sol")
    assert loop.again()[1]["input_transformations"] == []
    status, answer = loop.again(instructions="Be verbose.")
    assert status == 200
    assert answer["input_transformations"] == [
        {"id": loop.reasoning["id"], "type": "reasoning", "action": "removed", "reason": "prefix_mismatch"}
    ]


def test_local_servers_are_lenient_and_show_their_reasoning(raw):
    request = {"model": "qwen3-thinking:4b", "input": "Hi", "top_k": 4, "max_output_tokens": 50}
    status, _, answer = raw.send("POST", "/v1/responses", request, {"content-type": "application/json"})
    assert status == 200
    assert answer["output"][0]["content"][0]["type"] == "reasoning_text" and "encrypted_content" not in answer["output"][0]
