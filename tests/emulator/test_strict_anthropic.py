"""What the Messages API refuses: one row for each bad request, with the status, the type and the words of the refusal."""

import json

import pytest

OLD, MID, NEW = "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5"
USER = {"role": "user", "content": "Hi"}
TOOL = {"name": "add", "input_schema": {"type": "object", "properties": {}}}


def body(**changes):
    full = {"model": OLD, "max_tokens": 100, "messages": [USER], **changes}
    return {name: value for name, value in full.items() if value is not None}


def call(*ids):
    return {"role": "assistant", "content": [{"type": "tool_use", "id": name, "name": "add", "input": {}} for name in ids]}


def result(*ids, **more):
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": name, "content": "5", **more} for name in ids]}


def text(words):
    return {"type": "text", "text": words}


def marked(count):
    return [{**text(f"part {index}"), "cache_control": {"type": "ephemeral"}} for index in range(count)]


BAD = {
    # --- fields above the messages
    "no_model": (body(model=None), "model: Field required"),
    "model_of_wrong_type": (body(model=4), "model: Input should be a valid string"),
    "no_max_tokens": (body(max_tokens=None), "max_tokens: Field required"),
    "negative_max_tokens": (body(max_tokens=-1), "max_tokens: must be greater than or equal to 0"),
    "fractional_max_tokens": (body(max_tokens=1.5), "max_tokens: Input should be a valid integer"),
    "max_tokens_over_the_models": (body(max_tokens=64001), "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for"),
    "unknown_field": (body(n=2), "n: Extra inputs are not permitted"),
    "version_in_the_body": (body(anthropic_version="bedrock-2023-05-31"), "anthropic_version: Extra inputs are not permitted"),
    "beta_field_without_its_beta": (body(context_management={"edits": []}), "context_management: Extra inputs are not permitted"),
    "stream_of_wrong_type": (body(stream="yes"), "stream: Input should be a valid boolean"),
    "empty_system_block": (body(system=[text("")]), "system: text content blocks must be non-empty"),
    "image_in_system": (body(system=[{"type": "image"}]), "system.0.type: Input should be 'text'"),
    "metadata_field": (body(metadata={"email": "a@b"}), "metadata.email: Extra inputs are not permitted"),
    "blank_stop_sequence": (body(stop_sequences=[" "]), "stop_sequences: each stop sequence must contain non-whitespace"),
    "service_tier": (body(service_tier="gold"), "service_tier: Input should be 'auto' or 'standard_only'"),
    "nothing_to_stream": (body(max_tokens=0, stream=True), "`max_tokens: 0` is not supported with streaming"),
    # --- sampling
    "temperature_range": (body(temperature=1.5), "temperature: range: 0..1"),
    "temperature_and_top_p": (body(temperature=0.5, top_p=0.5), "`temperature` and `top_p` cannot both be specified"),
    "temperature_on_a_new_model": (body(model="claude-opus-4-7", temperature=0.5), "`temperature` is deprecated for this model"),
    "top_k_on_a_new_model": (body(model=NEW, top_k=5), "`top_k` is deprecated for this model"),
    "temperature_while_thinking": (
        body(max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1024}, temperature=0.5),
        "`temperature` may only be set to 1 when thinking is enabled",
    ),
    # --- thinking and effort
    "budget_too_small": (body(max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1023}),
                         "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
    "budget_not_below_max_tokens": (body(max_tokens=2000, thinking={"type": "enabled", "budget_tokens": 2000}),
                                    "`max_tokens` must be greater than `thinking.budget_tokens`"),
    "budget_missing": (body(thinking={"type": "enabled"}), "thinking.enabled.budget_tokens: Field required"),
    "adaptive_on_an_old_model": (body(thinking={"type": "adaptive"}), "adaptive thinking is not supported on this model"),
    "enabled_on_a_new_model": (body(model=NEW, max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1024}),
                               '"thinking.type.enabled" is not supported for this model'),
    "disabled_where_always_on": (body(model=NEW, thinking={"type": "disabled"}), '"thinking.type.disabled" is not supported'),
    "between_tools_elsewhere": (body(model=MID, thinking={"type": "between_tools"}), '"thinking.type.between_tools" is not supported'),
    "disabled_with_much_effort": (body(model="claude-opus-5", thinking={"type": "disabled"}, output_config={"effort": "max"}),
                                  "only supported with `output_config.effort` of 'high' or below"),
    "unknown_thinking_type": (body(thinking={"type": "deep"}), "thinking: Input tag 'deep'"),
    "block_binding_without_its_beta": (body(model=NEW, thinking={"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}}),
                                       "thinking.adaptive.block_binding: Extra inputs are not permitted"),
    "effort_on_a_model_without": (body(output_config={"effort": "low"}), "does not support the effort parameter"),
    "effort_level_of_other_models": (body(model=MID, output_config={"effort": "xhigh"}),
                                     "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium."),
    "effort_level_of_none": (body(model=MID, output_config={"effort": "huge"}), "output_config.effort: Input should be 'low', 'medium'"),
    "schema_open_to_anything": (body(output_config={"format": {"type": "json_schema", "schema": {"type": "object"}}}),
                                "'additionalProperties' must be explicitly set to false"),
    # --- messages
    "no_messages": (body(messages=[]), "messages: at least one message is required"),
    "messages_of_wrong_type": (body(messages="Hi"), "messages: Input should be a valid list"),
    "assistant_first": (body(messages=[{"role": "assistant", "content": "Hi"}, USER]), 'messages: first message must use the "user" role'),
    "unknown_role": (body(messages=[USER, {"role": "tool", "content": "x"}]), 'messages: Unexpected role "tool"'),
    "system_role_on_an_old_model": (body(messages=[USER, {"role": "system", "content": "x"}]), "role 'system' is not supported on this model"),
    "system_role_after_the_assistant": (
        body(model=NEW, messages=[USER, {"role": "assistant", "content": "a"}, {"role": "system", "content": "x"}]),
        "a system message must follow a user message",
    ),
    "message_field": (body(messages=[{**USER, "name": "bob"}]), "messages.0.name: Extra inputs are not permitted"),
    "no_content": (body(messages=[{"role": "user"}]), "messages.0.content: Field required"),
    "empty_content": (body(messages=[{"role": "user", "content": ""}]), "messages.0: user messages must have non-empty content"),
    "empty_text": (body(messages=[{"role": "user", "content": [text("")]}]), "messages: text content blocks must be non-empty"),
    "blank_text": (body(messages=[{"role": "user", "content": " \n"}]), "messages: text content blocks must contain non-whitespace text"),
    "blank_system": (body(system=[text(" ")]), "system: text content blocks must contain non-whitespace text"),
    "empty_text_with_a_cache_mark": (
        body(messages=[{"role": "user", "content": [{**text(""), "cache_control": {"type": "ephemeral"}}]}]),
        "cache_control cannot be set for empty text blocks",
    ),
    "unknown_block": (body(messages=[{"role": "user", "content": [{"type": "poem", "text": "x"}]}]), "messages.0.content.0: Input tag 'poem'"),
    "unknown_block_field": (body(messages=[{"role": "user", "content": [{**text("x"), "color": 1}]}]),
                            "messages.0.content.0.text.color: Extra inputs are not permitted"),
    "tool_use_from_the_user": (body(messages=[{"role": "user", "content": call("t1")["content"]}]), "`tool_use` blocks can only be in `assistant` messages"),
    "image_type": (
        body(messages=[{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/bmp", "data": "AAAA"}}]}]),
        "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg'",
    ),
    "image_data": (
        body(messages=[{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "not base64!"}}]}]),
        "invalid base64 data",
    ),
    "prefill_on_a_new_model": (body(model=MID, messages=[USER, {"role": "assistant", "content": "Sure"}]), "does not support assistant message prefill"),
    "prefill_with_a_trailing_blank": (body(messages=[USER, {"role": "assistant", "content": "Sure "}]),
                                      "final assistant content cannot end with trailing whitespace"),
    "too_long": (body(messages=[{"role": "user", "content": "x" * 900_000}]), "prompt is too long: 2250"),
    # --- tools and their results
    "unanswered_call": (body(messages=[USER, call("t1"), USER]), "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1."),
    "call_at_the_end": (body(messages=[USER, call("t1")]), "`tool_use` ids were found without"),
    "half_answered_calls": (body(messages=[USER, call("t1", "t2"), result("t1")]), "immediately after: t2."),
    "results_in_two_messages": (body(messages=[USER, call("t1", "t2"), result("t1"), result("t2")]), "immediately after: t2."),
    "orphan_result": (body(messages=[USER, {"role": "assistant", "content": "a"}, result("t9")]),
                      "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t9."),
    "answered_twice": (body(messages=[USER, call("t1"), result("t1", "t1")]), "each tool_use must have a single result"),
    "text_before_the_result": (body(messages=[USER, call("t1"), {"role": "user", "content": [text("so"), *result("t1")["content"]]}]),
                               "`tool_use` ids were found without `tool_result` blocks immediately after"),
    "same_call_id_twice": (body(messages=[USER, call("t1", "t1"), result("t1")]), "`tool_use` ids must be unique"),
    "result_field": (body(messages=[USER, call("t1"), result("t1", name="add")]), "messages.2.content.0.tool_result.name: Extra inputs are not permitted"),
    "input_as_text": (body(messages=[USER, {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "add", "input": "{}"}]}, result("t1")]),
                      "messages.1.content.0.tool_use.input: Input should be a valid dictionary"),
    "call_id_with_a_dot": (body(messages=[USER, call("t.1"), result("t.1")]), "tool_use.id: String should match pattern"),
    "tool_name": (body(tools=[{**TOOL, "name": "add two"}]), "tools.0.custom.name: String should match pattern"),
    "long_tool_name": (body(tools=[{**TOOL, "name": "a" * 65}]), "tools.0.custom.name: String should match pattern"),
    "two_tools_of_one_name": (body(tools=[TOOL, TOOL]), "tools: Tool names must be unique."),
    "tool_without_schema": (body(tools=[{"name": "add"}]), "tools.0.custom.input_schema: Field required"),
    "tool_schema_type": (body(tools=[{"name": "add", "input_schema": {"type": "string"}}]), "tools.0.custom.input_schema.type: Input should be 'object'"),
    "tool_in_openai_shape": (body(tools=[{"type": "function", "function": TOOL}]), "tools.0: Input tag 'function'"),
    "tool_field": (body(tools=[{**TOOL, "parameters": {}}]), "tools.0.custom.parameters: Extra inputs are not permitted"),
    "too_many_strict_tools": (
        body(tools=[{"name": f"t{i}", "strict": True, "input_schema": {"type": "object", "additionalProperties": False}} for i in range(21)]),
        "Too many strict tools (21).",
    ),
    "strict_schema_that_refers_to_itself": (
        body(tools=[{"name": "add", "strict": True, "input_schema": {
            "type": "object", "additionalProperties": False, "properties": {"node": {"$ref": "#/$defs/Node"}},
            "$defs": {"Node": {"type": "object", "additionalProperties": False, "properties": {"next": {"$ref": "#/$defs/Node"}}}}}}]),
        "tools.0.custom: Invalid schema: Circular reference detected in schema definitions: Node -> Node.",
    ),
    "strict_schema_with_sixteen_unions": (
        body(tools=[{"name": "add", "strict": True, "input_schema": {
            "type": "object", "additionalProperties": False, "required": [f"p{i}" for i in range(16)],
            "properties": {f"p{i}": {"type": ["string", "null"]} for i in range(16)}}}]),
        "Schema is too complex for compilation.",
    ),
    "tool_addition_without_its_beta": (
        body(model=NEW, messages=[USER, {"role": "system", "content": [{"type": "tool_addition", "tool": {"type": "tool_reference", "name": "add"}}]}]),
        "messages.1.content.0: Input tag 'tool_addition'",
    ),
    "choice_without_tools": (body(tool_choice={"type": "auto"}), "tool_choice: may only be specified while providing tools"),
    "choice_as_text": (body(tools=[TOOL], tool_choice="auto"), "tool_choice: Input should be a valid dictionary"),
    "choice_of_a_tool_that_is_not_there": (body(tools=[TOOL], tool_choice={"type": "tool", "name": "sub"}), "Tool 'sub' not found in provided tools"),
    "unknown_choice": (body(tools=[TOOL], tool_choice={"type": "required"}), "tool_choice: Input tag 'required'"),
    "no_parallel_calls_of_none": (body(tools=[TOOL], tool_choice={"type": "none", "disable_parallel_tool_use": True}),
                                  "tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted"),
    "forced_tool_while_thinking": (
        body(max_tokens=4000, tools=[TOOL], tool_choice={"type": "any"}, thinking={"type": "enabled", "budget_tokens": 1024}),
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    "forced_tool_on_a_new_model": (body(model=NEW, tools=[TOOL], tool_choice={"type": "any"}),
                                   'tool_choice: type "tool" and "any" are not supported for this model.'),
    "tool_round_without_thinking": (
        body(max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1024}, tools=[TOOL], messages=[USER, call("t1"), result("t1")]),
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`",
    ),
    "tool_round_without_thinking_with_words_behind_the_results": (
        body(max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1024}, tools=[TOOL], messages=[USER, call("t1"), result("t1"), USER]),
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`",
    ),
    "invented_redacted_thinking": (
        body(messages=[USER, {"role": "assistant", "content": [{"type": "redacted_thinking", "data": "AAAA"}, text("a")]}, USER]),
        "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ),
    "same_call_id_in_two_messages": (
        body(messages=[USER, call("t1"), result("t1"), call("t1"), result("t1")]), "messages.3.content.0: `tool_use` ids must be unique"),
    "call_of_an_impossible_name": (
        body(messages=[USER, {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "a.b", "input": {}}]}, result("t1")]),
        "messages.1.content.0.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
    "tool_schema_with_a_choice_at_the_top": (
        body(tools=[{"name": "add", "input_schema": {"type": "object", "anyOf": [{"required": ["a"]}]}}]),
        "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"),
    "tool_property_with_a_blank": (
        body(tools=[{"name": "add", "input_schema": {"type": "object", "properties": {"first number": {"type": "number"}}}}]),
        "tools.0.custom.input_schema.properties: Property keys should match pattern"),
    **{f"tool_schema_{name}": (
        body(tools=[{"name": "add", "input_schema": {"type": "object", "properties": {"a": schema}}}]),
        "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12")
       for name, schema in {
           "of_an_unknown_type": {"type": "int"}, "required_as_a_flag": {"type": "string", "required": True},
           "of_draft_4": {"type": "number", "minimum": 1, "exclusiveMinimum": True}, "with_a_list_of_items": {"type": "array", "items": [{"type": "string"}]},
           "with_an_empty_choice": {"anyOf": []}, "with_a_text_for_a_length": {"type": "string", "maxLength": "5"},
           "with_the_same_name_twice": {"type": "object", "required": ["x", "x"]}, "that_is_a_text": "string"}.items()},
    "a_picture_of_more_than_ten_megabytes": (
        body(messages=[{"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * (10 * 1024 * 1024 + 4)}}]}]),
        "image exceeds 10 MB maximum: 10485764 bytes > 10485760 bytes"),
    "more_pictures_than_the_model_takes": (
        body(messages=[USER, call("t1"), {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}}] * 101}]}]),
        "Too much media: 0 document pages + 101 images > 100"),
    "words_while_the_services_own_tool_is_at_work": (
        body(messages=[USER, {"role": "assistant", "content": [
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}, *call("t1")["content"]]},
            {"role": "user", "content": [*result("t1")["content"], text("hurry")]}]),
        "messages.2: `tool_result` blocks only"),
    "disabled_thinking_with_a_member": (body(thinking={"type": "disabled", "display": "omitted"}), "thinking.disabled.display: Extra inputs are not permitted"),
    "between_tools_with_much_effort": (body(model="claude-sonnet-5-5", thinking={"type": "between_tools"}, output_config={"effort": "max"}),
                                       "only supported with `output_config.effort` of 'high' or below"),
    "between_tools_with_a_member": (body(model="claude-sonnet-5-5", thinking={"type": "between_tools", "display": "summarized"}),
                                    "thinking.between_tools.display: Extra inputs are not permitted"),
    "disabled_on_the_preview": (body(model="claude-mythos-preview", thinking={"type": "disabled"}), '"thinking.type.disabled" is not supported'),
    "effort_on_the_preview": (body(model="claude-mythos-preview", output_config={"effort": "low"}), "does not support the effort parameter"),
    # --- cache marks
    "cache_mark_on_redacted_thinking": (
        body(messages=[USER, {"role": "assistant", "content": [
            {"type": "redacted_thinking", "data": "AAAA", "cache_control": {"type": "ephemeral"}}, text("a")]}, USER]),
        "messages.1.content.0.redacted_thinking.cache_control: Extra inputs are not permitted"),
    "cache_mark_inside_a_result_counts": (
        body(messages=[USER, call("t1"), {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t1", "content": marked(4), "cache_control": {"type": "ephemeral"}}]}]), "Found 5."),
    "cache_mark_on_every_kind_of_part_counts": (
        body(system=marked(1), tools=[{**TOOL, "cache_control": {"type": "ephemeral"}}], messages=[{"role": "user", "content": marked(3)}]), "Found 5."),
    "automatic_mark_where_another_lifetime_stands": (
        body(cache_control={"type": "ephemeral", "ttl": "1h"}, messages=[{"role": "user", "content": marked(1)}]),
        "already has a `cache_control` with a different ttl"),
    "five_cache_marks": (body(messages=[{"role": "user", "content": marked(5)}]), "A maximum of 4 blocks with cache_control may be provided. Found 5."),
    "automatic_mark_is_one_of_four": (body(cache_control={"type": "ephemeral"}, messages=[{"role": "user", "content": marked(4)}]), "Found 5."),
    "cache_type": (body(system=[{**text("x"), "cache_control": {"type": "forever"}}]), "cache_control.type: Input should be 'ephemeral'"),
    "cache_lifetime": (body(system=[{**text("x"), "cache_control": {"type": "ephemeral", "ttl": "1d"}}]), "ttl: Input should be '5m' or '1h'"),
    "long_mark_after_a_short_one": (
        body(system=[{**text("x"), "cache_control": {"type": "ephemeral"}}],
             messages=[{"role": "user", "content": [{**text("y"), "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}]),
        "must not come after a ttl='5m'",
    ),
    "cache_mark_on_thinking": (
        body(messages=[USER, {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "a", "signature": "b", "cache_control": {"type": "ephemeral"}}]}, USER]),
        "messages.1.content.0.thinking.cache_control: Extra inputs are not permitted",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_request_is_refused(raw, name):
    request, words = BAD[name]
    status, headers, answer = raw.messages(request)
    assert status == 400, answer
    assert answer["type"] == "error" and answer["error"]["type"] == "invalid_request_error"
    assert words in answer["error"]["message"]
    assert answer["request_id"] == headers["request-id"]


GOOD = {
    "least": body(),
    "three_messages_of_one_role": body(messages=[USER, USER, USER]),
    "prefill": body(messages=[USER, {"role": "assistant", "content": "Sure:"}]),
    "four_cache_marks": body(messages=[{"role": "user", "content": marked(4)}]),
    "text_after_results": body(tools=[TOOL], messages=[USER, call("t1", "t2"), {"role": "user", "content": [*result("t2", "t1")["content"], text("so?")]}]),
    "result_without_content": body(messages=[USER, call("t1"), {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1"}]}]),
    "failed_result": body(messages=[USER, call("t1"), result("t1", is_error=True)]),
    "system_message": body(model=NEW, max_tokens=1000, messages=[USER, {"role": "system", "content": "x"}]),
    "default_temperature_on_a_new_model": body(model=NEW, temperature=1),
    "budget_above_max_tokens_with_the_beta": body(thinking={"type": "enabled", "budget_tokens": 4000}),
    "schema_of_draft_2020_12": body(tools=[{"name": "add", "input_schema": {
        "type": "object", "properties": {"a.b": {"type": ["string", "null"], "minLength": 1.0}, "c": {"$ref": "#/$defs/c"}, "d": True},
        "$defs": {"c": {"anyOf": [{"const": 1}, {"not": {"enum": [2]}}]}}, "required": ["c"], "additionalProperties": False, "x-own": 5}}]),
    "results_while_the_services_own_tool_is_at_work": body(messages=[USER, {"role": "assistant", "content": [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}, *call("t1")["content"]]}, result("t1")]),
    "between_tools": body(model="claude-sonnet-5-5", thinking={"type": "between_tools"}),
    "service_block": body(messages=[USER, {"role": "assistant", "content": [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}, text("found")]}, USER]),
    "warm_up": body(max_tokens=0),
    "unlisted_model": body(model="claude-next-9", thinking={"type": "adaptive"}),
    "deferred_thinking_of_no_tool_round": body(max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1024},
                                               messages=[USER, {"role": "assistant", "content": "a"}, USER]),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_unusual_request_is_accepted(raw, name):
    beta = {"anthropic_beta": "interleaved-thinking-2025-05-14"} if name == "budget_above_max_tokens_with_the_beta" else {}
    status, _, answer = raw.messages(GOOD[name], target="/v1/messages?beta=true", **beta)
    assert status == 200, answer
    assert answer["role"] == "assistant"


@pytest.mark.parametrize(
    ("status", "kind", "words", "options"),
    [
        (401, "authentication_error", "x-api-key header is required", {"drop": ["x-api-key"]}),
        (401, "authentication_error", "invalid x-api-key", {"x_api_key": "sk-ant-wrong"}),
        (401, "authentication_error", "Invalid bearer token", {"drop": ["x-api-key"], "authorization": "Bearer invalid"}),
        (400, "invalid_request_error", "anthropic-version: header is required", {"drop": ["anthropic-version"]}),
        (400, "invalid_request_error", "is not a valid version", {"anthropic_version": "2024-01-01"}),
        (400, "invalid_request_error", "content-type", {"content_type": "text/plain"}),
        (400, "invalid_request_error", "Unexpected value(s) `time-travel-2031-01-01` for the `anthropic-beta` header",
         {"anthropic_beta": "interleaved-thinking-2025-05-14, time-travel-2031-01-01"}),
    ],
)  # fmt: skip
def test_bad_headers_are_refused(raw, status, kind, words, options):
    found, _, answer = raw.messages(body(), **options)
    assert (found, answer["error"]["type"]) == (status, kind)
    assert words in answer["error"]["message"]


def test_newest_version_has_no_sampling_parameters(raw):
    assert raw.messages(body(temperature=1))[0] == 200
    status, _, answer = raw.messages(body(temperature=1), anthropic_version="2026-10-21")
    assert status == 400 and "temperature: Extra inputs are not permitted" in answer["error"]["message"]


@pytest.mark.parametrize("text_sent", [b"{", b"", b'{"a":1,}', b'\xff{"a":1}', json.dumps(body()).encode().replace(b"Hi", b"\xc3\x28")])
def test_what_is_no_json_is_refused(raw, text_sent):
    status, _, answer = raw.messages(text_sent)
    assert status == 400 and "not valid JSON" in answer["error"]["message"]


def test_body_above_32_megabytes_is_too_large(raw):
    status, _, answer = raw.messages(body(messages=[{"role": "user", "content": "x" * (33 * 1024 * 1024)}]))
    assert (status, answer["error"]["type"]) == (413, "request_too_large")


def test_unknown_route_and_method(raw):
    status, _, answer = raw.messages(body(), target="/v1/complete")
    assert (status, answer["error"]["type"]) == (404, "not_found_error")
    assert raw.send("GET", "/v1/messages", headers={"x-api-key": "k", "anthropic-version": "2023-06-01"})[0] == 405


def test_count_tokens_checks_like_create(raw):
    status, _, answer = raw.messages(body(), target="/v1/messages/count_tokens")
    assert status == 400 and answer["error"]["message"] == "max_tokens: Extra inputs are not permitted"
    status, _, answer = raw.messages(body(max_tokens=None, messages=[USER, call("t1")]), target="/v1/messages/count_tokens")
    assert status == 400 and "`tool_use` ids were found" in answer["error"]["message"]
    status, _, answer = raw.messages(body(max_tokens=None), target="/v1/messages/count_tokens")
    assert status == 200 and answer["input_tokens"] > 0
