"""`cortex chat` with a person at a terminal: calls as they happen, approvals, commands, Ctrl-C."""

import json
import socket

import pytest

from conftest import until
from test_cli_chat import texts
from test_cli_tools import call, page, results  # noqa: F401 (page is a fixture)

ASKED = "Allow it?"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "root").mkdir()
    for name in ("one", "two"):
        (tmp_path / "root" / name).write_text(f"content of {name}")
    return tmp_path / "root"


@pytest.fixture
def chat(cli, terminal):
    def start(*options, **env):
        screen = terminal(cli, "chat", *options, **env)
        screen.expect("> ")
        return screen

    return start


def leave(screen):
    screen.type("\x04")
    assert screen.finish() == 0


def test_calls_and_results_are_shown_dimmed_a_line_each(chat, emulator):
    screen = chat("--tool", "calculator")
    screen.type(call("calculator", expression="6*7") + "\n")
    screen.expect("The result of calculator is: 42.")
    leave(screen)
    text = screen.text
    calls = text.index("\x1b[2m[calling calculator]\x1b[0m\r\n")
    result = text.index('\x1b[2m[calculator: {"expression":"6*7"} -> 42]\x1b[0m\r\n')
    assert calls < result < text.index("The result of calculator")
    assert text[result:].split("\r\n")[1].startswith("The result of calculator")  # no blank lines between


def test_a_failed_call_says_so(chat, emulator):
    screen = chat("--tool", "calculator", TERM="dumb")
    screen.type(call("calculator", expression="1/0") + "\n")
    screen.expect("[calculator failed: ")
    screen.expect("The tool calculator failed: At position 2: division by zero.")
    leave(screen)


def test_calls_can_be_left_out(chat, emulator):
    screen = chat("--tool", "calculator", "--quiet-tools")
    screen.type(call("calculator", expression="6*7") + "\n")
    screen.expect("The result of calculator is: 42.")
    leave(screen)
    assert "[calling" not in screen.text and "[calculator" not in screen.text


def test_yes_lets_a_call_run(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect('The model wants to call read_file with {"path": "one"}'.replace(": ", ":"))
    screen.expect(ASKED)
    assert len(emulator.requests()) == 1
    screen.type("y\n")
    screen.expect("The result of read_file is: content of one")
    leave(screen)


def test_no_goes_to_the_model_with_its_reason(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect(ASKED)
    screen.type("n ask me for two instead\n")
    until(lambda: len(emulator.requests()) == 2, "the second request")
    ((text, failed),) = results(emulator.requests()[1])
    assert failed and "ask me for two instead" in text
    leave(screen)


def test_another_word_asks_again(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect(ASKED)
    screen.type("what?\n")
    screen.expect(ASKED)
    screen.type("yes\n")
    screen.expect("content of one")
    leave(screen)


def test_arguments_can_be_edited(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect(ASKED)
    screen.type("e\n")
    screen.expect("New arguments, as JSON")
    screen.type('{"path":"two"}\n')
    screen.expect("content of two.")
    leave(screen)
    ((text, failed),) = results(emulator.requests()[1])
    assert not failed and text.endswith("content of two") and '{"path":"two"}' in text  # the model is told what really ran


def test_always_holds_for_the_tool_and_for_the_chat(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect(ASKED)
    screen.type("a\n")
    screen.expect("The result of read_file is: content of one")
    screen.type(call("read_file", path="two") + "\n")
    screen.expect("The result of read_file is: content of two")
    assert "with {\"path\":\"two\"}" not in screen.text
    screen.type(call("list_files") + "\n")
    screen.expect("The model wants to call list_files")
    screen.expect(ASKED)
    screen.type("n\n")
    until(lambda: len(emulator.requests()) == 6, "the last request")
    leave(screen)


def test_several_calls_are_asked_about_one_after_the_other(chat, emulator, folder):
    emulator.script({"tool_calls": [{"name": "read_file", "input": {"path": "one"}}, {"name": "read_file", "input": {"path": "two"}}]})
    screen = chat("--tool", f"files={folder}")
    screen.type("Read both\n")
    screen.expect(ASKED)
    screen.type("n\n")
    screen.expect('{"path":"two"}')
    screen.expect(ASKED)
    screen.type("y\n")
    until(lambda: len(emulator.requests()) == 2, "the second request")
    assert [failed for _, failed in results(emulator.requests()[1])] == [True, False]
    leave(screen)


def test_what_was_typed_before_the_question_is_no_answer(chat, emulator, folder):
    emulator.script({"tool_calls": [{"name": "read_file", "input": {"path": "one"}}], "delay_ms": 300})
    screen = chat("--tool", f"files={folder}")
    screen.type("Read it\ny\n")
    screen.expect(ASKED)
    assert len(emulator.requests()) == 1
    screen.type("n\n")
    until(lambda: len(emulator.requests()) == 2, "the second request")
    assert results(emulator.requests()[1])[0][1] is True
    leave(screen)


def test_ctrl_d_at_a_question_is_a_no(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect(ASKED)
    screen.type("\x04")
    screen.expect("The tool read_file failed")
    assert results(emulator.requests()[1])[0][1] is True
    leave(screen)


def test_ctrl_c_at_a_question_stops_the_turn(chat, emulator, folder):
    screen = chat("--tool", f"files={folder}")
    screen.type(call("read_file", path="one") + "\n")
    screen.expect(ASKED)
    screen.type("\x03")
    screen.expect("stopped.")
    screen.type("Hello again\n")
    screen.expect("You said: Hello again")
    leave(screen)
    assert texts(emulator.requests()[-1])[-1].endswith("Hello again")


def test_approve_always_and_never_ask_nobody(chat, emulator, folder):
    for wish, answer in (("always", "content of one"), ("never", "The tool read_file failed")):
        screen = chat("--tool", f"files={folder}", "--approve", wish)
        screen.type(call("read_file", path="one") + "\n")
        screen.expect(answer)
        leave(screen)
        assert ASKED not in screen.text


def test_run_asks_at_a_terminal_too(cli, emulator, terminal, folder):
    screen = terminal(cli, "run", "--tool", f"files={folder}", call("read_file", path="one"))
    screen.expect(ASKED)
    screen.type("y\n")
    assert screen.finish() == 0
    assert "The result of read_file is: content of one" in screen.text


def test_ctrl_c_in_the_middle_of_a_tool_stops_the_tool_and_not_the_program(chat, emulator):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        screen = chat("--tool", "http=allow-loopback", "--approve", "always")
        screen.type(call("http_get", url=url) + "\n")
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(65536).startswith(b"GET / ")
            screen.type("\x03")
            screen.expect("stopped.")
            connection.settimeout(60)
            assert connection.recv(65536) == b""  # the tool let go
    screen.type("Hello again\n")
    screen.expect("You said: Hello again")
    leave(screen)


def test_a_second_ctrl_c_at_the_prompt_leaves(chat, emulator):
    screen = chat()
    screen.type("\x03")
    screen.expect("Ctrl-C again")
    screen.type("Hello\n")
    screen.expect("You said: Hello")
    screen.expect("> ")  # only now does it wait for a line; before, Ctrl-C would stop the answer
    screen.type("\x03")
    screen.expect("Ctrl-C again")
    screen.type("\x03")
    assert screen.finish() == 130


def test_help_cost_and_exit(chat, emulator):
    screen = chat()
    screen.type("/help\n")
    for word in ("/model", "/think", "/cost", "/clear", "/exit"):
        screen.expect(word)
    screen.type("Hello\n")
    screen.expect("You said: Hello")
    screen.type("/cost\n")
    screen.expect("1 turn, ")
    screen.expect(" USD")
    screen.type("/exit\n")
    assert screen.finish() == 0


def test_clear_forgets_what_was_said(chat, emulator):
    screen = chat()
    for line in ("Hello", "/clear", "again"):
        screen.type(line + "\n")
        if line != "/clear":
            screen.expect("You said: " + line)
    leave(screen)
    assert [texts(request) for request in emulator.requests()] == [["Hello"], ["again"]]


def test_think_holds_from_the_next_turn_on(chat, emulator):
    screen = chat()
    screen.type("/think 2048\n")
    screen.expect("thinking: 2048 tokens")
    screen.type("Hello\n")
    screen.expect("You said: Hello")
    screen.type("/think off\n")
    screen.expect("thinking: off")
    screen.type("again\n")
    screen.expect("You said: again")
    screen.type("/think hard\n")
    screen.expect("/think takes auto, off or a number of tokens.")
    leave(screen)
    first, second = [request["json"] for request in emulator.requests()]
    assert first["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert second.get("thinking", {"type": "disabled"}) == {"type": "disabled"}


def test_model_changes_who_answers_and_says_that_the_conversation_begins_anew(chat, emulator):
    screen = chat()
    screen.type("/model\n")
    screen.expect("orchestrator: claude-sonnet-4-5")
    screen.type("Hello\n")
    screen.expect("You said: Hello")
    screen.type("/model claude-haiku-4-5\n")
    screen.expect("worker: claude-haiku-4-5")
    screen.expect("begins anew")
    screen.type("again\n")
    screen.expect("You said: again")
    screen.type("/model worker claude-sonnet-4-5\n")
    screen.expect("orchestrator: claude-haiku-4-5\r\nworker: claude-sonnet-4-5")
    screen.type("/cost\n")
    screen.expect("2 turns")
    leave(screen)
    assert [request["json"]["model"].startswith("claude-haiku-4-5") for request in emulator.requests()] == [False, True]
    assert texts(emulator.requests()[1]) == ["again"]


def test_a_model_that_nobody_serves_changes_nothing(chat, emulator):
    screen = chat()
    screen.type("Hello\n")
    screen.expect("You said: Hello")
    screen.type("/model gpt-4o\n")
    screen.expect("cortex: ")
    screen.type("again\n")
    screen.expect("You said: again")
    leave(screen)
    assert len({request["json"]["model"] for request in emulator.requests()}) == 1
    assert texts(emulator.requests()[1])[0] == "Hello"


def test_an_unknown_command_gets_the_nearest(chat, emulator):
    screen = chat()
    screen.type("/cots\n")
    screen.expect("There is no command /cots. Did you mean /cost?")
    screen.type("/etc/hosts is what?\n")
    screen.expect("You said: /etc/hosts is what?")
    leave(screen)


def test_thinking_is_shown_dimmed_in_a_chat(chat, emulator):
    emulator.script({"thinking": "Hm, let me see.", "text": "Done."})
    screen = chat("--show-thinking", "--thinking", "2000")
    screen.type("Hello\n")
    screen.expect("Done.")
    leave(screen)
    assert "\x1b[2mHm" in screen.text and screen.text.index("Hm") < screen.text.index("Done.")
    assert json.dumps(emulator.requests()[0]["json"]["thinking"])
