"""Tool conversations that a prompt or a script describes, and what of an answer has to come back unchanged."""

import pytest

ADD = {"name": "add", "description": "Adds.", "input_schema": {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}}}
LOOK = {"name": "look", "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}}}
TOOLS = [ADD, LOOK]
THREE_ROUNDS = "SAY: Two at once.\nCALL_ADD: 2 3\nCALL_LOOK: the sky\nTHEN\nCALL_ADD: 5 6\nTHEN\nSAY: It is 11."


def body(messages, **changes):
    return {"model": "claude-opus-4-6", "max_tokens": 4000, "messages": messages, "tools": TOOLS, **changes}


def of_kind(blocks, kind):
    return [block for block in blocks if block["type"] == kind]


def run_loop(raw, messages, most=10, edit=lambda content: content, **changes):
    """The contents of all answers until one calls no tool; `edit` is applied to each before it is sent back."""
    answers = []
    while len(answers) < most:
        status, _, answer = raw.messages(body(messages, **changes))
        if status != 200:
            return answers, answer["error"]["message"]
        answers.append(answer["content"])
        calls = of_kind(answer["content"], "tool_use")
        if not calls:
            break
        results = [{"type": "tool_result", "tool_use_id": call["id"], "content": str(index)} for index, call in enumerate(calls)]
        messages = [*messages, {"role": "assistant", "content": edit(answer["content"])}, {"role": "user", "content": results}]
    return answers, None


def test_prompt_scripts_several_rounds(raw):
    answers, error = run_loop(raw, [{"role": "user", "content": THREE_ROUNDS}])
    assert error is None and len(answers) == 3
    assert [block["text"] for block in of_kind(answers[0], "text")] == ["Two at once."]
    assert [(block["name"], block["input"]) for block in of_kind(answers[0], "tool_use")] == [("add", {"a": 2, "b": 3}), ("look", {"q": "the sky"})]
    assert [block["input"] for block in of_kind(answers[1], "tool_use")] == [{"a": 5, "b": 6}]
    assert [block["text"] for block in answers[2]] == ["It is 11."]


def test_rounds_without_a_last_word_quote_the_results(raw):
    answers, _ = run_loop(raw, [{"role": "user", "content": "CALL_ADD: 2 3\nTHEN\nCALL_ADD: 1 1"}])
    assert len(answers) == 3 and answers[2][-1]["text"] == "The result of add is: 0."


def test_repeat_calls_for_ever_and_obeys_a_choice_of_none(raw):
    answers, _ = run_loop(raw, [{"role": "user", "content": "CALL_ADD: 2 3\nREPEAT"}], most=7)
    assert len(answers) == 7 and all(of_kind(content, "tool_use") for content in answers)
    answers, _ = run_loop(raw, [{"role": "user", "content": "CALL_ADD: 2 3\nREPEAT"}], tool_choice={"type": "none"})
    assert len(answers) == 1 and not of_kind(answers[0], "tool_use")


def test_next_message_begins_a_new_scenario(raw):
    history = [{"role": "user", "content": THREE_ROUNDS}, {"role": "assistant", "content": "done"}, {"role": "user", "content": "CALL_LOOK: up"}]
    answers, _ = run_loop(raw, history)
    assert len(answers) == 2 and of_kind(answers[0], "tool_use")[0]["input"] == {"q": "up"}


def test_chat_completions_follow_the_same_script(raw):
    tools = [{"type": "function", "function": {"name": tool["name"], "parameters": tool["input_schema"]}} for tool in TOOLS]
    messages = [{"role": "user", "content": THREE_ROUNDS}]
    seen = []
    while len(seen) < 5:
        status, _, answer = raw.chat({"model": "llama3.2:1b", "messages": messages, "tools": tools})
        assert status == 200, answer
        message = answer["choices"][0]["message"]
        calls = message.get("tool_calls") or []
        seen.append([call["function"]["name"] for call in calls])
        if not calls:
            break
        messages = [*messages, message, *({"role": "tool", "tool_call_id": call["id"], "content": "5"} for call in calls),
                    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}}]}]
    assert seen == [["add", "look"], ["add"], []]
    assert message["content"] == "It is 11."


THINKING = {
    "manual": {"model": "claude-sonnet-4-5", "thinking": {"type": "enabled", "budget_tokens": 1024}},
    "adaptive": {"model": "claude-opus-4-6", "thinking": {"type": "adaptive"}},
    "omitted": {"model": "claude-sonnet-5"},
    "bound": {"model": "claude-opus-5-5"},
}


@pytest.mark.parametrize("mode", THINKING)
def test_thinking_that_comes_back_unchanged_is_taken_in_every_round(raw, mode):
    answers, error = run_loop(raw, [{"role": "user", "content": THREE_ROUNDS}], **THINKING[mode])
    assert error is None and len(answers) == 3
    assert answers[0][0]["type"] == "thinking" and bool(answers[0][0]["thinking"]) == (mode in ("manual", "adaptive"))


def scripted(emulator):
    """An answer with every kind of thinking before and between two calls."""
    emulator.script({"content": [
        {"type": "thinking", "thinking": "shown"}, {"type": "redacted_thinking"}, {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "name": "add", "input": {"a": 1}}, {"type": "thinking", "thinking": ""}, {"type": "tool_use", "name": "look", "input": {}}]})


def test_script_gives_redacted_and_empty_thinking_that_is_signed(raw, emulator):
    for model in ("claude-opus-4-6", "claude-opus-5-5"):
        scripted(emulator)
        answers, error = run_loop(raw, [{"role": "user", "content": "Hi"}], model=model, thinking={"type": "adaptive"})
        assert error is None and len(answers) == 2
        assert answers[0][1]["data"] and answers[0][4]["thinking"] == "" and answers[0][4]["signature"]


CANNOT = "blocks in the latest assistant message cannot be modified"
EDITS = {
    "one left out": (lambda content: content[1:], CANNOT),
    "the redacted one left out": (lambda content: [block for block in content if block["type"] != "redacted_thinking"], CANNOT),
    "the last one left out": (lambda content: content[:4] + content[5:], CANNOT),
    "two changed round": (lambda content: [content[1], content[0], *content[2:]], CANNOT),
    "moved to the front": (lambda content: [content[4], *content[:4], content[5]], CANNOT),
    "one twice": (lambda content: [content[0], *content], CANNOT),
    "all left out": (lambda content: [block for block in content if "thinking" not in block["type"]], None),
    "the text left out": (lambda content: [block for block in content if block["type"] != "text"], None),
}


@pytest.mark.parametrize("name", EDITS)
def test_thinking_of_a_running_loop_must_come_back_whole_or_not_at_all(raw, emulator, name):
    edit, words = EDITS[name]
    scripted(emulator)
    answers, error = run_loop(raw, [{"role": "user", "content": "Hi"}], edit=edit, thinking={"type": "adaptive"})
    if words is None:
        assert error is None and len(answers) == 2
    else:
        assert words in error


def test_thinking_of_finished_turns_may_be_left_out_in_part(raw, emulator):
    scripted(emulator)
    answers, _ = run_loop(raw, [{"role": "user", "content": "Hi"}], thinking={"type": "adaptive"})
    calls = of_kind(answers[0], "tool_use")
    results = [{"type": "tool_result", "tool_use_id": call["id"], "content": "5"} for call in calls]
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": answers[0][1:]}, {"role": "user", "content": results},
               {"role": "assistant", "content": "done"}, {"role": "user", "content": "And now?"}]
    status, _, answer = raw.messages(body(history, thinking={"type": "adaptive"}))
    assert status == 200, answer
