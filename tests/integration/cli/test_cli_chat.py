"""`cortex chat`: one message a line, each answer on standard output, a conversation that survives its failures."""

import json
import os
import subprocess

import pytest

from conftest import interrupt, show_no_secret, until, without_notices


def say(*lines):
    return "".join(line + "\n" for line in lines).encode()


def texts(request):
    """The conversation as the provider saw it."""
    out = []
    for message in request["json"]["messages"]:
        content = message["content"]
        out.append(content if isinstance(content, str) else "".join(block.get("text", "") for block in content))
    return out


def test_each_line_is_answered_and_nothing_else_is_printed(cli, emulator):
    emulator.script({"text": "First."}, {"text": "Second."}, {"text": "Third."})
    done = cli.run("chat", stdin=say("one", "two", "three"))
    assert (done.code, done.out, done.err) == (0, b"First.\nSecond.\nThird.\n", b"")


def test_the_conversation_has_its_history_and_a_frozen_prefix(cli, emulator):
    emulator.script({"text": "First."}, {"text": "Second."}, {"text": "Third."})
    cli.run("chat", "--system", "Be brief.", stdin=say("one", "two", "three"))
    requests = emulator.requests()
    assert [texts(request) for request in requests] == [["one"], ["one", "First.", "two"], ["one", "First.", "two", "Second.", "three"]]
    assert len({json.dumps(request["json"]["system"]) for request in requests}) == 1


def test_one_connection_serves_many_turns(cli, emulator):
    cli.run("chat", stdin=say(*[f"message {number}" for number in range(8)]))
    requests = emulator.requests()
    assert len(requests) == 8 and len({request["connection"] for request in requests}) == 1


def test_a_failed_turn_is_told_and_the_next_line_goes_on(cli, emulator):
    emulator.script({"text": "First."}, {"error": {"status": 400, "type": "invalid_request_error", "message": "as scripted"}}, {"text": "Third."})
    done = cli.run("chat", stdin=say("one", "two", "three"))
    assert (done.code, done.out) == (0, b"First.\nThird.\n")
    assert done.error.startswith("cortex: ") and "as scripted" in done.error and done.error.count("\n") == 1
    assert texts(emulator.requests()[2]) == ["one", "First.", "three"]


def test_a_refused_key_is_told_for_each_line_and_the_end_is_still_0(cli, server):
    strict = server("--key", "sk-ant-api03-H5bNw8QzTr3XkVf7PmCy2DjLa9GsUe4o")
    done = cli.run("chat", stdin=say("one", "two"), ANTHROPIC_BASE_URL=strict.base_url)
    assert (done.code, done.out) == (0, b"") and done.error.count("refused the credential") == 2


@pytest.mark.parametrize("text, sent", [(b"one\r\ntwo\r\n", 2), (b"one\n\n \n\ttwo", 2), (b"", 0), (b"\n\n", 0), (b"no newline", 1)])
def test_lines_as_they_come(cli, emulator, text, sent):
    done = cli.run("chat", stdin=text)
    assert done.code == 0 and len(emulator.requests()) == sent
    for request in emulator.requests():
        assert "\\r" not in request["body"]


def test_a_line_that_is_not_utf8_fails_alone(cli, emulator):
    done = cli.run("chat", stdin=b"one\nbad \xff line\nthree\n")
    assert done.code == 0 and done.out.count(b"\n") == 2 and "UTF-8" in done.error
    assert len(emulator.requests()) == 2


def test_commands(cli, emulator):
    emulator.script({"text": "First."}, {"text": "Second."})
    done = cli.run("chat", stdin=say("one", "/stats", "/new", "two", "/help", "/quit", "never sent"))
    assert (done.code, done.out) == (0, b"First.\nSecond.\n")
    assert "1 turn, " in done.error and "USD" in done.error and "/quit" in done.error
    assert [texts(request) for request in emulator.requests()] == [["one"], ["two"]]


def test_a_path_in_a_pipe_is_a_message(cli, emulator):
    cli.run("chat", stdin=say("/etc/passwd: what is it?", "/unknown"))
    assert [texts(request)[-1] for request in emulator.requests()] == ["/etc/passwd: what is it?", "/unknown"]


def test_money_is_that_of_the_whole_chat(cli, emulator):
    usage = {"input_tokens": 1000, "output_tokens": 1000}
    emulator.script(*[{"text": "x", "usage": usage}] * 5)
    # A turn of 1,000 tokens in and out of claude-sonnet-4-5 is 0.018 USD.
    done = cli.run("chat", "--max-cost", "0.03", "--max-tokens", "1000", stdin=say("one", "two", "three", "four", "five"))
    assert done.code == 0 and len(emulator.requests()) < 5
    assert done.error


def test_answers_are_printed_while_the_next_line_is_not_there_yet(cli, emulator):
    emulator.script({"text": "First."}, {"text": "Second."})
    process = cli.start("chat", stdin=subprocess.PIPE)
    for line, answer in [(b"one\n", b"First.\n"), (b"two\n", b"Second.\n")]:
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline() == answer
    process.stdin.close()
    process.stdin = None
    assert without_notices(process.communicate()[1]) == b"" and process.returncode == 0


def test_ctrl_c_stops_the_answer_and_not_the_program(cli, emulator):
    emulator.script({"text": "late", "delay_ms": 3_600_000}, {"text": "Second."})
    process = cli.start("chat", stdin=subprocess.PIPE)
    process.stdin.write(b"one\n")
    process.stdin.flush()
    until(emulator.requests, "the request")
    interrupt(process)
    assert process.stderr.readline() == b"cortex: stopped.\n"
    process.stdin.write(b"two\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"Second.\n"
    process.stdin.close()
    process.stdin = None
    process.communicate()
    assert process.returncode == 0
    assert texts(emulator.requests()[1])[-1].endswith("two")


def test_ctrl_c_in_a_pipe_without_an_answer_ends_with_130(cli, emulator):
    process = cli.start("chat", stdin=subprocess.PIPE)
    process.stdin.write(b"one\n")
    process.stdin.flush()
    process.stdout.readline()
    until(lambda: open(f"/proc/{process.pid}/syscall").read().split()[0] in ("7", "271"), "the wait for a line")
    interrupt(process)
    assert process.wait(timeout=60) == 130
    process.communicate()


def test_on_a_terminal(cli, emulator, terminal):
    emulator.script({"text": "one two three four five six seven eight nine ten " * 40, "hang_after_bytes": 3000, "chunk_bytes": 500}, {"text": "Second."})
    screen = terminal(cli, "chat", TERM="dumb")
    screen.expect("/help lists the commands")
    screen.expect("> ")
    screen.type("/nonsense\n")
    screen.expect("There is no command /nonsense")
    screen.type("Hello\n")
    screen.expect("one two three")  # streamed: the answer never ends
    screen.type("\x03")
    screen.expect("stopped.")
    screen.expect("> ")  # only now does it wait for a line
    screen.type("\x03")
    screen.expect("Ctrl-D or /quit leaves.")
    screen.type("again\n")
    screen.expect("Second.")
    screen.type("\x04")
    assert screen.finish() == 0
    assert texts(emulator.requests()[1])[0] == "Hello"


def test_a_reader_that_goes_away_ends_the_chat(cli, emulator):
    process = cli.start("chat", stdin=subprocess.PIPE)
    process.stdout.close()
    process.stdout = None
    process.stdin.write(b"one\n")
    process.stdin.flush()
    assert process.wait(timeout=60) == 0
    process.stdin.close()
    process.stdin = None
    show_no_secret(process.communicate()[1])
