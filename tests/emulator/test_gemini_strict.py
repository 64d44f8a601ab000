"""What generateContent refuses, in the services' words, and the shapes in which it answers."""

import base64
import json

import pytest

KEY = {"x-goog-api-key": "AQ.emulator-test-0001", "content-type": "application/json"}
TOKEN = "ya29.strict"
NEW = "gemini-3.8-flash"
OLD = "gemini-2.5-flash"
HYDROGEN = "gemini-4-hydrogen"
USER = {"role": "user", "parts": [{"text": "Hi"}]}
PLACEHOLDER = "skip_thought_signature_validator"


def model(*parts):
    return {"role": "model", "parts": list(parts)}


def user(*parts):
    return {"role": "user", "parts": list(parts)}


def call(name="add", signed=True, **more):
    return {"functionCall": {"name": name, "args": {}} | more} | ({"thoughtSignature": PLACEHOLDER} if signed else {})


def result(name="add", **more):
    return {"functionResponse": {"name": name, "response": {"output": "5"}} | more}


def config(**values):
    return {"generationConfig": values}


def thinking(**values):
    return config(thinkingConfig=values)


def tool(**values):
    return {"tools": [{"functionDeclarations": [{"name": "add", "description": "Adds"} | values]}]}


def parameters(properties, **more):
    return tool(parameters={"type": "OBJECT", "properties": properties} | more)


def json_schema(**schema):
    return tool(parametersJsonSchema={"type": "object", "properties": {"a": schema}})


def history(*contents):
    return {"contents": [USER, *contents]}


TEXT = {"type": "STRING"}
UNKNOWN = "Invalid JSON payload received. Unknown name \"{}\""

# Changes of a good body, and words of the refusal. A model in front where the newest flash is not meant.
BAD = {
    "unknown_field": ({"temperature": 1}, UNKNOWN.format("temperature") + ": Cannot find field."),
    "unknown_inner_field": (config(top_q=1), UNKNOWN.format("top_q") + " at 'generation_config': Cannot find field."),
    "unknown_part": ({"contents": [user({"txt": "Hi"})]}, UNKNOWN.format("txt") + " at 'contents[0].parts[0]'"),
    "anthropics_content": ({"contents": [{"role": "user", "content": "Hi"}]}, UNKNOWN.format("content") + " at 'contents[0]'"),
    "wrong_type": (config(temperature="hot"), "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"hot\""),
    "fraction_of_a_token": (config(maxOutputTokens=1.5), "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), 1.5"),
    "wrong_word": ({"safetySettings": [{"category": "RUDE", "threshold": "OFF"}]}, "Invalid value at 'safety_settings[0].category'"),
    "parts_as_text": ({"contents": [{"role": "user", "parts": "Hi"}]}, "Invalid value at 'contents[0].parts'"),
    "args_as_text": (history(model({"functionCall": {"name": "add", "args": "{}"}})), "Invalid value at 'contents[1].parts[0].function_call.args'"),
    "bytes": ({"contents": [user({"inlineData": {"mimeType": "image/png", "data": "%%%"}})]}, "contents[0].parts[0].inline_data.data' (TYPE_BYTES)"),
    "no_contents": ({"contents": None}, "* GenerateContentRequest.contents: contents is not specified"),
    "no_parts": ({"contents": [user()]}, "contents[0].parts: contents.parts must not be empty."),
    "empty_part": ({"contents": [user({})]}, "contents[0].parts[0].data: required oneof field 'data' must have one initialized field"),
    "two_data": ({"contents": [user({"text": "a", "inlineData": {"mimeType": "image/png", "data": "AA=="}})]}, "oneof field 'data' is already set"),
    "role": ({"contents": [{"role": "assistant", "parts": [{"text": "Hi"}]}]}, "Please use a valid role: user, model."),
    "system_with_a_picture": ({"systemInstruction": {"parts": [{"inlineData": {"mimeType": "image/png", "data": "AA=="}}]}}, "holds text only"),
    "mime_type": ({"contents": [user({"inlineData": {"mimeType": "image/tiff", "data": "AA=="}})]}, "Unsupported MIME type: image/tiff"),
    "last_turn_of_the_model": (history(model({"text": "And"})), "Requests ending with a model turn are not supported."),
    "call_first": ({"contents": [model(call()), user(result())]}, "function call turn comes immediately after a user turn"),
    "call_of_the_user": ({"contents": [user(call())]}, "a function_call does not belong in a content of role user."),
    "response_of_the_model": (history(model(result())), "a function_response does not belong in a content of role model."),
    "no_response": (history(model(call()), USER), "the number of function response parts is equal to the number of function call parts"),
    "a_response_too_few": (history(model(call(), call(signed=False)), user(result())), "the number of function response parts is equal"),
    "a_response_too_many": (history(model(call()), user(result(), result())), "the number of function response parts is equal"),
    "response_after_text": (history(model(call()), user({"text": "so"}, result())), "function response turn comes immediately after a function call turn"),
    "response_without_call": (history(model({"text": "a"}), user(result())), "function response turn comes immediately after a function call turn"),
    "other_order": (history(model(call(), call("sub", False)), user(result("sub"), result())), "the response is of `sub`, the call in its place is of `add`."),
    "invented_id": (history(model(call()), user(result(id="call_1"))), "the id is not that of the call in its place."),
    "no_signature": (history(model(call(signed=False)), user(result())), "Function call `add` in the 2. content block is missing a `thought_signature`."),
    "signature_on_the_second": (history(model(call(signed=False), call()), user(result(), result())), "is missing a `thought_signature`"),
    "step_without_signature": (history(model(call()), user(result()), model(call("sub", False)), user(result("sub"))), "Function call `sub` in the 4. content block"),
    "foreign_signature": (history(model(call(signed=False) | {"thoughtSignature": "QUJD"}), user(result())), "Corrupted thought signature."),
    "foreign_signature_of_a_text": (history(model({"text": "a", "thoughtSignature": "QUJD"}), USER), "Corrupted thought signature."),
    "level_and_budget": (thinking(thinkingLevel="LOW", thinkingBudget=100), "only one of thinking budget and thinking level"),
    "minimal": (thinking(thinkingLevel="MINIMAL"), "Thinking level MINIMAL is not supported for this model."),
    "minimal_4": (HYDROGEN, thinking(thinkingLevel="MINIMAL"), "Thinking level MINIMAL is not supported for this model."),
    "xhigh": (thinking(thinkingLevel="XHIGH"), "Thinking level XHIGH is not supported for this model."),
    "budget_4": (HYDROGEN, thinking(thinkingBudget=1000), "Thinking budget is not supported for this model."),
    "level_25": (OLD, thinking(thinkingLevel="LOW"), "Thinking level is not supported for this model."),
    "budget_high_25": (OLD, thinking(thinkingBudget=24577), "Please choose a value between 0 and 24576."),
    "budget_low_25_lite": ("gemini-2.5-flash-lite", thinking(thinkingBudget=100), "Please choose a value between 512 and 24576."),
    "budget_zero_25_pro": ("gemini-2.5-pro", thinking(thinkingBudget=0), "Budget 0 is invalid. This model only works in thinking mode."),
    "thoughts_without_thinking": (OLD, thinking(thinkingBudget=0, includeThoughts=True), "include_thoughts is only enabled when thinking is enabled"),
    "penalty": (config(frequencyPenalty=0.5), "Penalty is not enabled for gemini-3.8-flash"),
    "candidates": (config(candidateCount=2), "Multiple candidates is not enabled for this model"),
    "temperature": (config(temperature=2.5), "temperature must be in the range [0"),
    "no_tokens": (config(maxOutputTokens=0), "supported range is from 1 (inclusive) to 65537 (exclusive)"),
    "many_tokens": (config(maxOutputTokens=65537), "supported range is from 1 (inclusive) to 65537 (exclusive)"),
    "six_stops": (config(stopSequences=list("abcdef")), "stop_sequences"),
    "mime": (config(responseMimeType="text/html"), "allowed mimetypes are `text/plain`, `application/json`, and `text/x.enum`."),
    "schema_without_mime": (config(responseJsonSchema={"type": "object"}), "only allowed for response_mime_type `application/json`"),
    "two_schemas": (config(responseMimeType="application/json", responseJsonSchema={}, responseSchema={"type": "OBJECT"}), "only one of response_schema and response_json_schema"),
    "json_and_tools_25": (OLD, config(responseMimeType="application/json") | tool(), "Function calling with a response mime type: 'application/json' is unsupported"),
    "modality": (config(responseModalities=["IMAGE"]), "response modalities"),
    "safety_twice": ({"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}] * 2}, "safety_settings[1]"),
    "name": (tool(name="add two"), "[FIELD_INVALID] Invalid function name."),
    "name_starts_with_a_digit": (tool(name="2add"), "[FIELD_INVALID] Invalid function name."),
    "long_name": (tool(name="a" * 129), "[FIELD_INVALID] Invalid function name."),
    "same_name": ({"tools": tool()["tools"] * 2}, "Duplicate function declaration found: add"),
    "empty_tool": ({"tools": [{}]}, "tools[0].tool_type: required one_of 'tool_type' must have one initialized field"),
    "search_and_functions_25": (OLD, {"tools": tool()["tools"] + [{"googleSearch": {}}]}, "Tool use with function calling is unsupported"),
    "two_parameters": (tool(parameters={"type": "OBJECT"}, parametersJsonSchema={"type": "object"}), "only one of parameters and parameters_json_schema"),
    "parameters_no_object": (tool(parameters=TEXT), "schema should be of type OBJECT."),
    "ref_in_parameters": (parameters({"a": {"$ref": "#/$defs/a"}}), UNKNOWN.format("$ref") + " at 'tools[0].function_declarations[0].parameters.properties[a]'"),
    "additional_properties": (parameters({"a": TEXT}, additionalProperties=False), UNKNOWN.format("additionalProperties")),
    "array_without_items": (parameters({"a": {"type": "ARRAY"}}), "parameters.properties[a].items: missing field."),
    "enum_of_numbers": (parameters({"a": {"type": "INTEGER", "enum": ["1"]}}), "only allowed for STRING type"),
    "format": (parameters({"a": {"type": "STRING", "format": "email"}}), "only 'enum' and 'date-time' are supported for STRING type"),
    "required": (parameters({"a": TEXT}, required=["b"]), "parameters.required[0]: property is not defined"),
    "property_name": (parameters({"a-b": TEXT}), "property names start with a letter or an underscore"),
    "no_type": (parameters({"a": {"description": "x"}}), "parameters.properties[a].type: must be specified"),
    "json_const": (json_schema(const=1), "the field `const` is not supported."),
    "json_all_of": (json_schema(allOf=[{}]), "the field `allOf` is not supported."),
    "json_ref_sibling": (json_schema(**{"$ref": "#/$defs/a", "description": "x"}), "may hold only fields that start with `$`, not `description`"),
    "calling_mode": ({"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}, "Function calling config is set without function_declarations."),
    "allowed_names": (tool() | {"toolConfig": {"functionCallingConfig": {"mode": "AUTO", "allowedFunctionNames": ["add"]}}}, "should only be set when the function calling mode is ANY"),
    "streamed_arguments": ({"toolConfig": {"functionCallingConfig": {"streamFunctionCallArguments": True}}}, UNKNOWN.format("streamFunctionCallArguments")),
    "labels": ({"labels": {"team": "a"}}, UNKNOWN.format("labels")),
    "server_tool": (history(model({"toolCall": {"id": "t"}}), USER), "include_server_side_tool_invocations"),
    "other_model": ({"model": "models/gemini-4-neon"}, "the model must be that of the address"),
    "cache_of_a_4": (HYDROGEN, {"cachedContent": "cachedContents/a"}, "Explicit caching is not supported for this model."),
    "response_pictures_25": (OLD, history(model(call()), user(result(parts=[{"inlineData": {"mimeType": "image/png", "data": "AA=="}}]))), "Multimodal function responses are not supported"),
}  # fmt: skip

GOOD = {
    "snake_case": {"generation_config": {"max_output_tokens": 100, "thinking_config": {"include_thoughts": True}}},
    "nulls": {"safetySettings": None, "toolConfig": None, "systemInstruction": {"role": "model", "parts": [{"text": "Be brief.", "thought": False}]}},
    "no_role": {"contents": [{"parts": [{"text": "Hi"}]}]},
    "users_in_a_row": {"contents": [USER, USER]},
    "text_of_the_model_first": {"contents": [model({"text": "Hello"}), USER]},
    "chunks_of_a_streamed_answer": history(model({"text": "I "}), model({"text": "call."}), model(call()), model({"text": ""}), user(result())),
    "responses_in_two_contents": history(model(call(), call(signed=False)), user(result()), user(result())),
    "text_after_responses": history(model(call()), user(result(), {"text": "Quick."})),
    "function_role": history(model(call()), {"role": "function", "parts": [result()]}),
    "ids_that_fit": history(model(call(id="c1")), user(result(id="c1"))),
    "id_left_out_of_the_response": history(model(call(id="c1")), user(result())),
    "pictures_of_a_function": history(model(call()), user(result(parts=[{"inlineData": {"mimeType": "image/png", "data": "AA=="}}]))),
    "placeholder_as_base64": history(model(call(signed=False) | {"thoughtSignature": base64.b64encode(PLACEHOLDER.encode()).decode()}), user(result())),
    "unsigned_call_of_an_earlier_turn": history(model(call(signed=False)), user(result()), model({"text": "5"}), USER),
    "sampling_is_passed_over": config(temperature=0.5, topP=0.9, topK=40, seed=7),
    "no_parameters": tool(),
    "numbers_as_text": parameters({"a": {"type": "ARRAY", "items": TEXT, "minItems": "1"}}, required=["a"]),
    "json_schema": json_schema(type="array", items={"oneOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}, minItems=1),
    "dots_and_dashes": tool(name="server.tool-one:two"),
    "budget_on_3": thinking(thinkingBudget=0),
    "search_and_functions": {"tools": tool()["tools"] + [{"googleSearch": {}}]},
    "every_safety_setting": {"safetySettings": [{"category": "HARM_CATEGORY_" + word, "threshold": "BLOCK_NONE"}
                                                for word in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT", "CIVIC_INTEGRITY")]},
    "server_tool": history(model({"toolCall": {"id": "t"}}, {"toolResponse": {"id": "t"}}, {"text": "a"}), USER)
    | {"toolConfig": {"includeServerSideToolInvocations": True}},
}  # fmt: skip


def body(changes):
    return {name: value for name, value in ({"contents": [USER]} | changes).items() if value is not None}


def send(raw, changes, model=NEW, verb="generateContent", version="v1beta", **headers):
    return raw.send("POST", f"/{version}/models/{model}:{verb}", body(changes), KEY | headers)


@pytest.fixture
def vertex(start, connect):
    raw = connect(start("--google-token", TOKEN))

    def run(changes, model=NEW, verb="generateContent", version="v1", project="p", location="global", **headers):
        target = f"/{version}/projects/{project}/locations/{location}/publishers/google/models/{model}:{verb}"
        return raw.send("POST", target, body(changes), {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"} | headers)

    return run


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_refused(raw, name):
    *of_model, changes, words = BAD[name]
    status, _, answer = send(raw, changes, *of_model)
    assert status == 400, answer
    error = answer["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT") and words in error["message"]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_request_is_taken(raw, name):
    status, _, answer = send(raw, GOOD[name])
    assert status == 200, answer
    assert answer["candidates"][0]["finishReason"] == "STOP"


def test_an_unknown_field_is_named_in_the_details(raw):
    error = send(raw, config(top_q=1))[2]["error"]
    (detail,) = error["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert detail["fieldViolations"] == [{"field": "generation_config", "description": error["message"]}]


@pytest.mark.parametrize("changes", [{"contents": []}, config(maxOutputTokens=0), {"color": 1}])
def test_streams_are_refused_before_they_begin(raw, changes):
    status, headers, answer = send(raw, changes, verb="streamGenerateContent?alt=sse")
    assert status == 400 and headers["content-type"].startswith("application/json") and answer["error"]["code"] == 400


@pytest.mark.parametrize("data", [b"{", b"[]", b"", b'{"contents": "\xff"}'])
def test_what_is_no_json_object_is_refused(raw, data):
    status, _, answer = raw.send("POST", f"/v1beta/models/{NEW}:generateContent", data, KEY)
    assert status == 400 and answer["error"]["message"].startswith("Invalid JSON payload received.")


@pytest.mark.parametrize("gone", ["gemini-2.0-flash", "gemini-2.0-flash-lite", "gemini-3-pro-preview", "gemini-1.5-pro", "claude-opus-5-5", "gemini-3.8-flash-x"])
def test_models_that_are_not_there(raw, vertex, gone):
    status, _, answer = send(raw, {}, gone)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")
    assert answer["error"]["message"].startswith(f"models/{gone} is not found for API version v1beta, or is not supported for generateContent.")
    status, _, answer = vertex({}, gone)
    assert status == 404 and f"Publisher Model `projects/p/locations/global/publishers/google/models/{gone}` was not found" in answer["error"]["message"]


@pytest.mark.parametrize("target", ["/v1beta/models/a:predict", "/v1beta/tunedModels/a:generateContent", "/v1beta2/models", "/v1beta/openai/models",
                                    "/v1beta1/models/gemini-3.8-flash:generateContent"])  # fmt: skip
def test_addresses_that_are_not_there(raw, target):
    status, _, answer = raw.send("POST", target, body({}), KEY)
    assert status == 404, answer


def test_two_secrets_are_one_too_many(raw):
    status, _, answer = send(raw, {}, authorization="Bearer x")
    assert status == 400 and answer["error"]["message"].startswith("Multiple authentication credentials received.")


def test_no_secret_is_refused_and_one_in_the_address_is_not_kept(raw, emulator):
    target = f"/v1beta/models/{NEW}:generateContent"
    status, _, answer = raw.send("POST", target, body({}))
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert raw.send("POST", target + "?key=AQ.query-secret-1", body({}))[0] == 200
    assert "AQ.query-secret-1" not in json.dumps(emulator.requests())


@pytest.mark.parametrize("key, status, reason", [("AIza-bad", 400, "API_KEY_INVALID"), ("AQ.bad", 401, "ACCESS_TOKEN_TYPE_UNSUPPORTED")])
def test_a_bad_key_is_told_by_its_kind(raw, key, status, reason):
    for method, target in (("GET", "/v1beta/models"), ("POST", f"/v1beta/models/{NEW}:generateContent")):
        found, _, answer = raw.send(method, target, body({}) if method == "POST" else None, KEY | {"x-goog-api-key": key})
        assert (found, answer["error"]["details"][0]["reason"]) == (status, reason)


def test_an_unknown_cache_is_a_403(raw):
    status, _, answer = send(raw, {"cachedContent": "cachedContents/abc"})
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert answer["error"]["message"] == "CachedContent not found (or permission denied)"


def test_too_much_input(raw):
    status, _, answer = send(raw, {"contents": [user({"text": "x" * 4_200_000})]})
    assert status == 400 and "exceeds the maximum number of tokens allowed (1048576)" in answer["error"]["message"]


def test_a_repeated_prefix_is_counted_as_cached(raw):
    long = {"contents": [user({"text": "word " * 6000})]}
    assert "cachedContentTokenCount" not in send(raw, long)[2]["usageMetadata"]
    usage = send(raw, {"contents": [*long["contents"], model({"text": "a"}), USER]})[2]["usageMetadata"]
    assert 7000 < usage["cachedContentTokenCount"] < usage["promptTokenCount"]


def test_a_stream_is_framed_with_carriage_returns(raw):
    status, headers, text = send(raw, {}, verb="streamGenerateContent?alt=sse")
    assert status == 200 and headers["content-type"] == "text/event-stream"
    events = text.split("\r\n\r\n")
    assert events.pop() == "" and all(event.startswith("data: {") and "\n" not in event for event in events)
    assert "finishReason" in json.loads(events[-1][6:])["candidates"][0]


def test_without_alt_a_stream_is_a_list(raw):
    status, headers, chunks = send(raw, {}, verb="streamGenerateContent")
    assert status == 200 and headers["content-type"].startswith("application/json")
    assert "".join(chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in chunks) == "You said: Hi"


def events_of(text):
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


def test_a_texts_signature_comes_in_its_last_part_or_apart(raw):
    seen = set()
    for _ in range(4):
        last = events_of(send(raw, {}, verb="streamGenerateContent?alt=sse")[2])[-1]["candidates"][0]["content"]["parts"][0]
        assert last["thoughtSignature"]
        seen.add(last["text"] == "")
    assert seen == {True, False}


def test_a_signed_text_comes_back_in_both_alphabets_or_is_refused_elsewhere(raw):
    (part,) = send(raw, {})[2]["candidates"][0]["content"]["parts"]
    url_safe = part | {"thoughtSignature": part["thoughtSignature"].replace("+", "-").replace("/", "_").rstrip("=")}
    for good in (part, url_safe):
        assert send(raw, history(model(good), USER))[0] == 200
    for bad in (part | {"text": "You said: Ho"}, part | {"text": ""}):
        status, _, answer = send(raw, history(model(bad), USER))
        assert (status, answer["error"]["message"]) == (400, "Corrupted thought signature.")


@pytest.mark.parametrize("model_id, given", [("gemini-3.6-flash", True), ("gemini-3-flash-preview", True), (NEW, False), (OLD, False)])
def test_a_call_has_an_id_only_if_the_model_gave_one(raw, model_id, given):
    asked = tool(parametersJsonSchema={"type": "object", "properties": {"a": {"type": "integer"}}}) | {"contents": [user({"text": "CALL_ADD: 2\nCALL_ADD: 3"})]}
    parts = send(raw, asked, model_id)[2]["candidates"][0]["content"]["parts"]
    calls = [part for part in parts if "functionCall" in part]
    ids = [part["functionCall"].get("id") for part in calls]
    assert all(ids) == given and (not given or len(set(ids)) == 2)

    def back():
        answers = [result(**({"id": part["functionCall"]["id"]} if "id" in part["functionCall"] else {})) for part in calls]
        return send(raw, asked | {"contents": [*asked["contents"], model(*parts), user(*answers)]}, model_id)

    assert back()[0] == 200
    for index in (0, 1):
        kept = calls[index]["functionCall"].get("id")
        calls[index]["functionCall"]["id"] = "invented"
        refused = index == 0 or not given
        status, _, answer = back()
        assert status == (400 if refused else 200), answer
        calls[index]["functionCall"].pop("id")
        if kept:
            calls[index]["functionCall"]["id"] = kept


@pytest.mark.parametrize("model_id, level", [("gemini-3.6-flash", "MINIMAL"), ("gemini-3.5-flash-lite", None)])
def test_without_thinking_calls_are_signed_all_the_same(raw, model_id, level):
    asked = tool() | {"contents": [user({"text": "CALL_ADD: {}"})]} | (thinking(thinkingLevel=level) if level else {})
    answer = send(raw, asked, model_id)[2]
    assert "thoughtsTokenCount" not in answer["usageMetadata"]
    assert [bool(part.get("thoughtSignature")) for part in answer["candidates"][0]["content"]["parts"]] == [False, True]
    thinks = send(raw, asked | thinking(thinkingLevel="LOW"), model_id)[2]["usageMetadata"]
    assert thinks["thoughtsTokenCount"] > 0


def test_arguments_may_come_back_in_another_order(raw):
    asked = tool(parametersJsonSchema={"type": "object", "properties": {}}) | {"contents": [user({"text": 'CALL_ADD: {"a": 1, "b": {"c": 2.5, "d": [1]}}'})]}
    parts = send(raw, asked)[2]["candidates"][0]["content"]["parts"]
    (part,) = [part for part in parts if "functionCall" in part]
    part["functionCall"]["args"] = {"b": {"d": [1.0], "c": 2.5}, "a": 1.0}
    assert send(raw, asked | {"contents": [*asked["contents"], model(*parts), user(result())]})[0] == 200
    part["functionCall"]["args"]["a"] = 2
    assert send(raw, asked | {"contents": [*asked["contents"], model(*parts), user(result())]})[0] == 400


def test_reasons_to_end_are_explained(raw, emulator):
    emulator.script({"content": [], "stop_reason": "MALFORMED_FUNCTION_CALL"}, {"content": [], "stop_reason": "SAFETY"},
                    {"text": "half", "stop_reason": "max_tokens"}, {"unknown_stop_reason": True}, {"tool_calls": [{"name": "add"}]})  # fmt: skip
    malformed, blocked, cut, unknown, called = (send(raw, {})[2]["candidates"][0] for _ in range(5))
    assert malformed["finishMessage"].startswith("Malformed function call") and malformed["content"] == {"role": "model"}
    assert blocked["content"] == {} and blocked["safetyRatings"][0]["blocked"] is True
    assert (cut["finishReason"], unknown["finishReason"]) == ("MAX_TOKENS", "OUT_OF_TEA")
    assert (called["finishReason"], called["finishMessage"]) == ("STOP", "Model generated function call(s).")


def test_a_script_writes_out_parts(raw, emulator):
    parts = [{"executableCode": {"language": "PYTHON", "code": "1"}}, {"text": "one", "thoughtSignature": None}, {"functionCall": {"name": "add"}, "thoughtSignature": "QUJD"}]
    emulator.script({"content": parts, "usage": {"thoughtsTokenCount": 7}})
    answer = send(raw, {})[2]
    assert answer["candidates"][0]["content"]["parts"] == [parts[0], {"text": "one"}, parts[2]]
    assert answer["usageMetadata"]["thoughtsTokenCount"] == 7


@pytest.mark.parametrize("fault, check", [
    ({"no_terminal": True}, lambda events: "finishReason" not in events[-1]["candidates"][0]),
    ({"unknown_event": True}, lambda events: "weatherReport" in events[0]),
    ({"unknown_block": True}, lambda events: "hologram" in events[0]["candidates"][0]["content"]["parts"][0]),
    ({"sse_error": {"after_deltas": 0}}, lambda events: events[0]["error"]["status"] == "UNAVAILABLE"),
    ({"sse_error": {"after_deltas": 99, "type": "RESOURCE_EXHAUSTED", "message": "Wait"}},
     lambda events: events[-1]["error"] == {"code": 429, "message": "Wait", "status": "RESOURCE_EXHAUSTED"}),
])  # fmt: skip
def test_streams_misbehave_as_scripted(raw, emulator, fault, check):
    emulator.script({"text": "a text of several pieces"} | fault)
    assert check(events_of(send(raw, {}, verb="streamGenerateContent?alt=sse")[2]))


def test_a_stream_breaks_and_is_cut(raw, emulator):
    emulator.script({"text": "a text of several pieces", "malformed": 1}, {"text": "a text of several pieces", "cut_after_bytes": 40})
    with pytest.raises(ValueError):
        events_of(send(raw, {}, verb="streamGenerateContent?alt=sse")[2])
    with pytest.raises(Exception, match="IncompleteRead"):
        send(raw, {}, verb="streamGenerateContent?alt=sse")


def test_vertex_has_its_own_fields(vertex, raw):
    assert vertex({"labels": {"team": "a"}})[0] == 200
    assert vertex({"store": True})[0] == 400 and send(raw, {"store": True})[0] == 200
    assert vertex(thinking(thinkingBudget=0), "gemini-3.1-pro-preview")[0] == 200
    assert send(raw, thinking(thinkingBudget=0), "gemini-3.1-pro-preview")[0] == 400


def test_vertex_wants_its_token_and_its_place(vertex):
    assert vertex({}, authorization="Bearer ya29.invented")[0] == 401
    assert vertex({}, project="denied-p")[0] == 403
    assert vertex({}, location="nowhere")[0] == 404
    for location in ("global", "us", "eu", "europe-west1"):
        assert vertex({}, location=location, version="v1beta1")[0] == 200


def test_vertex_streams_the_arguments_of_calls(vertex):
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
    streamed = {"toolConfig": {"functionCallingConfig": {"mode": "AUTO", "streamFunctionCallArguments": True}}}
    asked = {"contents": [user({"text": 'CALL_ADD: {"city": "Reykjavik", "days": 3}'})]} | tool(parametersJsonSchema=schema) | streamed
    events = events_of(vertex(asked, verb="streamGenerateContent?alt=sse")[2])
    calls = [part for event in events for part in event["candidates"][0]["content"]["parts"] if "functionCall" in part]
    assert calls[0]["functionCall"] == {"name": "add", "willContinue": True} and calls[0]["thoughtSignature"]
    pieces = [piece for part in calls[1:-1] for piece in part["functionCall"]["partialArgs"]]
    assert "".join(piece["stringValue"] for piece in pieces if piece["jsonPath"] == "$.city") == "Reykjavik"
    assert pieces[-1] == {"jsonPath": "$.days", "numberValue": 3} and calls[-1]["functionCall"] == {}


def test_counting(raw, vertex):
    status, _, answer = send(raw, {}, verb="countTokens")
    assert status == 200 and answer == {"totalTokens": 1, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1}]}
    whole = {"model": f"models/{NEW}", "contents": [USER], "systemInstruction": {"parts": [{"text": "Be brief."}]}}
    assert send(raw, {"contents": None, "generateContentRequest": whole}, verb="countTokens")[2]["totalTokens"] == 4
    assert send(raw, {"generateContentRequest": whole}, verb="countTokens")[0] == 400
    assert send(raw, {"systemInstruction": {"parts": [{"text": "Be brief."}]}}, verb="countTokens")[0] == 400
    assert vertex({"systemInstruction": {"parts": [{"text": "Be brief."}]}}, verb="countTokens")[2]["totalTokens"] == 4


def test_the_list_of_models_has_pages(raw):
    names, token = [], ""
    while True:
        _, _, page = raw.send("GET", f"/v1beta/models?pageSize=4&pageToken={token}", None, KEY)
        names += [row["name"] for row in page["models"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert f"models/{NEW}" in names and len(names) == len(set(names)) > 10
    assert raw.send("GET", f"/v1/models/{NEW}", None, KEY)[2]["inputTokenLimit"] == 1_048_576


@pytest.mark.parametrize("shape", ["google", "google_array"])
def test_errors_may_come_in_a_list(raw, emulator, shape):
    emulator._control("PUT", "google", {"error_shape": shape})
    for answer in (send(raw, {"contents": []})[2], send(raw, {}, "gemini-2.0-flash")[2]):
        assert isinstance(answer, list) == (shape == "google_array")
