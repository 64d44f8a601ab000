"""`--show-thinking` and `--explain`: what the model thought, and why it was asked to."""

import json

import pytest

THINKS = {"thinking": "Hm, let me see.", "text": "Done."}


def test_thinking_is_shown_on_standard_error_and_never_in_the_answer(cli, emulator):
    emulator.script(THINKS)
    done = cli.run("run", "--thinking", "2000", "--show-thinking", "Hi")
    assert (done.code, done.out) == (0, b"Done.\n")
    assert "Hm, let me see." in done.error


def test_thinking_is_not_shown_unasked(cli, emulator):
    emulator.script(THINKS)
    done = cli.run("run", "--thinking", "2000", "Hi")
    assert (done.out, done.err) == (b"Done.\n", b"")


def test_thinking_beside_json_is_on_standard_error(cli, emulator):
    emulator.script(THINKS)
    done = cli.run("run", "--thinking", "2000", "--show-thinking", "--json", "Hi")
    assert done.json["content"] == "Done." and "Hm" not in done.text
    assert "Hm, let me see." in done.error


def test_stream_json_has_thinking_lines_where_they_are_asked_for(cli, emulator):
    emulator.script(THINKS, THINKS)
    done = cli.run("run", "--thinking", "2000", "--show-thinking", "--stream-json", "Hi")
    thinking = [line for line in done.lines if line["chunk_type"] == "thinking"]
    assert "".join(line["thinking_delta"] for line in thinking) == "Hm, let me see."
    assert all(not line.get("content") for line in thinking) and done.err == b""
    assert "".join(line["content"] for line in done.lines if line["chunk_type"] == "content") == "Done."
    plain = cli.run("run", "--thinking", "2000", "--stream-json", "Hi")
    assert b"let me see" not in plain.out


def test_a_chat_in_a_pipe_keeps_thinking_out_of_its_answers(cli, emulator):
    emulator.script(THINKS)
    done = cli.run("chat", "--thinking", "2000", "--show-thinking", stdin=b"Hi\n")
    assert done.out == b"Done.\n" and "Hm, let me see." in done.error


def test_a_terminal_gets_the_thinking_dimmed_before_the_answer(cli, emulator, terminal):
    emulator.script(THINKS)
    screen = terminal(cli, "run", "--thinking", "2000", "--show-thinking", "Hi")
    assert screen.finish() == 0
    text = screen.text
    assert text.index("\x1b[2mHm") < text.index("see.\x1b[0m\r\n") < text.index("Done.\r\n")


def test_no_color_and_dumb_terminals_get_it_plain(cli, emulator, terminal):
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        emulator.script(THINKS)
        screen = terminal(cli, "run", "--thinking", "2000", "--show-thinking", "Hi", **env)
        assert screen.finish() == 0
        assert "Hm, let me see." in screen.text and "\x1b[2m" not in screen.text


@pytest.mark.parametrize("form", [[], ["--json"], ["--stream-json"]], ids=["text", "json", "stream"])
def test_explain_tells_the_decision_on_standard_error(cli, emulator, form):
    plain = cli.run("run", "Prove that the square root of 2 is irrational.", *form)
    done = cli.run("run", "--explain", "Prove that the square root of 2 is irrational.", *form)
    assert done.code == 0 and plain.err == b""
    lines = done.error.splitlines()
    routing = next(line for line in lines if line.startswith("routing: "))
    for word in ("kind ", "complexity ", "uncertainty ", "need ", "threshold ", "role ", "model claude-"):
        assert word in routing
    thinking = next(line for line in lines if line.startswith("thinking: "))
    assert "tokens used" in thinking
    assert any(line.startswith("  because: ") for line in lines)
    if not form:
        assert done.out == plain.out


def test_explain_agrees_with_the_metadata(cli, emulator):
    done = cli.run("run", "--explain", "--json", "--thinking", "4000", "Plan the migration of a database with zero downtime.")
    metadata = done.json["metadata"]
    assert metadata["thinking"]["enabled"] is True and metadata["thinking"]["budget"] == 4000
    assert f"budget 4000 tokens, {metadata['thinking']['tokens']} tokens used" in done.error
    assert f"role {metadata['routing']['role']}" in done.error and f"need {metadata['routing']['need']:.2f}" in done.error


def test_explain_with_dry_run_tells_the_decisions_and_sends_nothing(cli, emulator):
    done = cli.run("run", "--explain", "--dry-run", "--json", "Plan the migration of a database with zero downtime.")
    decisions = json.loads(done.out)["decisions"]
    assert decisions and done.error.splitlines() == [f"decision: {decision}" for decision in decisions]
    assert emulator.requests() == []


def test_chat_explains_each_turn(cli, emulator):
    done = cli.run("chat", "--explain", stdin=b"one\ntwo\n")
    assert done.out.count(b"\n") == 2 and done.error.count("routing: ") == 2
