"""Servers on the user's machine: what each does differently, chosen by words in the model's name."""

import json

import pytest

openai = pytest.importorskip("openai", reason="the official SDK is not installed: pip install -r tests/requirements.txt")

USER = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture
def local(emulator):
    with openai.OpenAI(api_key="none", base_url=emulator.openai_base_url, max_retries=0) as client:
        yield client


def ask(local, model, **options):
    return local.chat.completions.create(model=model, messages=options.pop("messages", [USER]), **options)


def refused(local, model, **options):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(local, model, **options)
    return caught.value.body


def test_ollama_refuses_tools_for_a_model_without_them(local):
    body = refused(local, "ollama-gemma-no-tools", tools=[TOOL])
    assert body["message"].endswith(" does not support tools")
    assert (body["type"], body["param"], body["code"]) == ("api_error", None, None)
    assert ask(local, "ollama-gemma-no-tools").choices[0].message.content == "You said: Hi"


def test_vllm_without_its_tool_options(local):
    body = refused(local, "vllm-qwen-no-auto-tools", tools=[TOOL])
    assert "--enable-auto-tool-choice" in body["message"] and (body["type"], body["code"]) == ("BadRequestError", 400)
    assert ask(local, "vllm-qwen-no-auto-tools", tools=[TOOL], tool_choice="required").choices[0].message.tool_calls
    assert ask(local, "vllm-qwen", tools=[TOOL]).choices[0].finish_reason == "stop"


def test_llamacpp_loads_first(local):
    with pytest.raises(openai.InternalServerError) as caught:
        ask(local, "llamacpp-loading")
    assert caught.value.status_code == 503
    assert caught.value.body == {"code": 503, "message": "Loading model", "type": "unavailable_error"}
    assert ask(local, "llamacpp-loading").choices[0].message.content == "You said: Hi"
    assert ask(local.with_options(max_retries=1), "another-loading").choices[0].message.content == "You said: Hi"


def test_a_prompt_that_does_not_fit(local):
    long = [{"role": "user", "content": "word " * 400}]
    body = refused(local, "llamacpp-ctx-256", messages=long)
    assert (body["type"], body["n_ctx"]) == ("exceed_context_size_error", 256) and body["n_prompt_tokens"] > 256
    assert "maximum context length is 256 tokens" in refused(local, "vllm-ctx-256", messages=long)["message"]
    assert ask(local, "llamacpp-ctx-256").choices[0].message.content == "You said: Hi"


@pytest.mark.parametrize(
    ("model", "field"),
    [("llamacpp-thinking", "reasoning_content"), ("vllm-thinking", "reasoning"), ("ollama-thinking", "reasoning"), ("some-thinking", "reasoning_content")],
)
def test_reasoning_has_the_servers_name(local, model, field):
    thought = getattr(ask(local, model).choices[0].message, field)
    pieces = [getattr(choice.delta, field, None) or "" for chunk in ask(local, model, stream=True) for choice in chunk.choices]
    assert thought and "".join(pieces) == thought


def test_deepseek_wants_its_thoughts_again(local):
    tool = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
    ask_for = {"role": "user", "content": "CALL_ADD: {}"}
    message = ask(local, "deepseek-v4-pro", messages=[ask_for], tools=[tool]).choices[0].message
    assert message.reasoning_content
    calls = [call.model_dump() for call in message.tool_calls]
    answer = {"role": "tool", "tool_call_id": calls[0]["id"], "content": "5"}
    said = {"role": "assistant", "content": None, "tool_calls": calls}
    for thought in (message.reasoning_content, ""):
        again = ask(local, "deepseek-v4-pro", messages=[ask_for, {**said, "reasoning_content": thought}, answer], tools=[tool])
        assert again.choices[0].message.content == "The result of add is: 5."
    assert "reasoning_content" in refused(local, "deepseek-v4-pro", messages=[ask_for, said, answer], tools=[tool])["message"]
    off = {"extra_body": {"thinking": {"type": "disabled"}}}
    quiet = ask(local, "deepseek-v4-pro", messages=[ask_for, said, answer], tools=[tool], **off).choices[0].message
    assert getattr(quiet, "reasoning_content", None) is None
    assert "does not support this tool_choice" in refused(local, "deepseek-v4-pro", tools=[tool], tool_choice="required")["message"]
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
    assert "unavailable" in refused(local, "deepseek-v4-flash", response_format=schema)["message"]


def test_usage_and_the_end_of_a_stream(local, raw):
    last = list(ask(local, "llamacpp-small", stream=True))[-1]
    assert last.choices == [] and last.usage.total_tokens > 0 and last.timings["prompt_n"] > 0
    assert ask(local, "small-no-usage").usage is None
    chunks = list(ask(local, "small-no-usage", stream=True, stream_options={"include_usage": True}))
    assert all(getattr(chunk, "usage", None) is None for chunk in chunks)
    for model, ends in (("small", True), ("small-no-done", False)):
        text = raw.chat({"model": model, "messages": [USER], "stream": True})[2]
        assert text.rstrip().endswith("data: [DONE]") == ends


def test_what_old_servers_do_not_know(local):
    developer = [{"role": "developer", "content": "Be brief."}, USER]
    assert "developer" in refused(local, "old-no-developer", messages=developer)["message"]
    system = [{"role": "system", "content": "Be brief."}, USER]
    assert ask(local, "old-no-developer", messages=system).choices[0].message.content == "You said: Hi"
    assert "stream_options" in refused(local, "old-no-stream-options", stream=True, stream_options={"include_usage": True})["message"]


def test_shared_checks_speak_the_servers_shape(local):
    orphan = [USER, {"role": "tool", "tool_call_id": "c1", "content": "5"}]
    assert refused(local, "vllm-qwen", messages=orphan)["code"] == 400
    assert refused(local, "llamacpp-qwen", messages=orphan)["code"] == 400
    assert refused(local, "ollama-qwen", messages=orphan)["code"] is None


def test_scripted_errors_have_the_servers_shape(local, emulator):
    emulator.script({"error": {"status": 500, "message": "broken"}}, {"error": {"status": 500, "message": "broken"}})
    for model, code in (("vllm-qwen", 500), ("qwen", None)):
        with pytest.raises(openai.InternalServerError) as caught:
            ask(local, model)
        assert caught.value.body["message"] == "broken" and caught.value.body["code"] == code


def test_the_same_words_hold_for_responses(raw):
    def send(model, **options):
        return raw.send("POST", "/v1/responses", {"model": model, "input": "Hi", **options}, {"content-type": "application/json"})

    tool = {"type": "function", "name": "add", "parameters": {"type": "object"}}
    assert send("ollama-no-tools", tools=[tool])[2]["error"]["message"].endswith("does not support tools")
    assert send("llamacpp-loading")[0] == 503 and send("llamacpp-loading")[0] == 200
    assert send("small-no-usage")[2]["usage"] is None
    text = send("vllm-thinking", stream=True)[2]
    assert "event: response.reasoning_text.delta" in text
    assert json.loads(text.rstrip().splitlines()[-1][6:])["type"] == "response.completed"
