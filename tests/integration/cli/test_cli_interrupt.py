"""Ctrl-C, readers that go away, and standard streams that are full, closed or terminals."""

import json
import os
import signal
import subprocess
import time

import pytest

from conftest import DEADLINE, interrupt, show_no_secret, until, without_notices

ENDLESS = {"text": "one two three four five six seven eight nine ten " * 40, "hang_after_bytes": 3000, "chunk_bytes": 500}
SILENT = {"text": "late", "delay_ms": 3_600_000}


def ended(process):
    out, err = process.communicate(timeout=DEADLINE)
    show_no_secret(out or b"")
    show_no_secret(err or b"")
    return process.returncode, out, err


@pytest.mark.parametrize("form", [[], ["--json"], ["--stream-json"]], ids=["text", "json", "stream"])
def test_ctrl_c_before_the_first_text(cli, emulator, form):
    emulator.script(SILENT)
    process = cli.start("run", "Hi", *form)
    until(emulator.requests, "the request")
    interrupt(process)
    code, out, err = ended(process)
    assert (code, out, err) == (130, b"", b"cortex: interrupted.\n")


def test_ctrl_c_closes_the_connection_to_the_provider(cli, emulator):
    emulator.script(ENDLESS)
    process = cli.start("run", "--stream-json", "Hi")
    process.stdout.readline()
    interrupt(process)
    assert ended(process)[0] == 130
    until(lambda: emulator.requests()[0]["disconnected"], "the provider's view of the closed connection")


def test_ctrl_c_in_the_middle_keeps_the_lines_that_came(cli, emulator):
    emulator.script(ENDLESS)
    process = cli.start("run", "--stream-json", "Hi")
    first = process.stdout.readline()
    interrupt(process)
    code, out, _ = ended(process)
    lines = [json.loads(line) for line in [first, *out.splitlines()]]
    assert code == 130 and lines[0]["content"] and all("metadata" not in line for line in lines)


def test_sigterm_ends_with_143(cli, emulator):
    emulator.script(SILENT)
    process = cli.start("run", "Hi")
    until(emulator.requests, "the request")
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == 143


def test_ctrl_c_while_the_prompt_is_read(cli):
    process = cli.start("run", "-", stdin=subprocess.PIPE)
    process.stdin.write(b"half a pro")
    process.stdin.flush()
    # It waits in a read of its standard input when the kernel says so.
    until(lambda: "S" in open(f"/proc/{process.pid}/stat").read().split(")")[1].split()[0] and
          open(f"/proc/{process.pid}/syscall").read().startswith("0 "), "the read of standard input")
    interrupt(process)
    process.stdin.close()
    process.stdin = None
    assert ended(process)[0] == 130


@pytest.mark.parametrize("form", [[], ["--json"], ["--stream-json"]], ids=["text", "json", "stream"])
def test_a_full_disk_is_an_error(cli, emulator, form):
    with open("/dev/full", "wb") as full:
        code, _, err = ended(cli.start("run", "Hi", *form, stdout=full))
    assert code == 1
    assert err == b"cortex: Standard output cannot be written: No space left on device. Free some space, or send it elsewhere.\n"


@pytest.mark.parametrize("command", [["run", "Hi"], ["chat"]], ids=lambda words: words[0])
def test_a_closed_standard_output_is_told_before_any_request(cli, emulator, command):
    done = subprocess.run(["sh", "-c", '"$0" "$@" >&-', cli.program, *command], env=cli.environment({}), stderr=subprocess.PIPE, timeout=DEADLINE, input=b"Hi\n")
    assert done.returncode == 1 and done.stderr.startswith(b"cortex: Standard output cannot be written")
    assert emulator.requests() == []


def test_all_streams_closed(cli, emulator):
    done = subprocess.run(["sh", "-c", '"$0" run Hi <&- >&- 2>&-', cli.program], env=cli.environment({}), timeout=DEADLINE)
    assert done.returncode == 1
    assert emulator.requests() == []


def test_help_to_a_full_disk_is_an_error(bare):
    with open("/dev/full", "wb") as full:
        assert ended(bare.start("--help", stdout=full))[0] == 1


@pytest.mark.parametrize("step", [ENDLESS, SILENT], ids=["in the stream", "before the first text"])
def test_a_reader_that_goes_away_ends_the_program_quietly(cli, emulator, step):
    emulator.script(step)
    process = cli.start("run", "--stream-json", "Hi")
    if step is ENDLESS:
        process.stdout.readline()
    else:
        until(emulator.requests, "the request")
    began = time.monotonic()
    process.stdout.close()
    process.stdout = None
    code, _, err = ended(process)
    assert (code, err) == (0, b"")
    assert time.monotonic() - began < 30
    until(lambda: emulator.requests()[0]["disconnected"], "the provider's view of the closed connection")


def test_head_takes_one_line(cli, emulator):
    emulator.script({"text": "one two three four five six seven eight nine ten " * 400})
    done = subprocess.run(["bash", "-c", '"$0" run --stream-json Hi | head -1; exit ${PIPESTATUS[0]}', cli.program], env=cli.environment({}),
                          capture_output=True, timeout=DEADLINE)
    assert json.loads(done.stdout)["chunk_type"] in ("content", "thinking")
    assert done.returncode == 0 and without_notices(done.stderr) == b""


def test_a_terminal_gets_the_text_as_it_arrives_and_ctrl_c_leaves_it_sane(cli, emulator, terminal):
    emulator.script(ENDLESS)
    screen = terminal(cli, "run", "Hi")
    screen.expect("one two three")  # the answer never ends, so this was not held back
    screen.type("\x03")
    assert screen.finish() == 130
    text = screen.text
    assert "one two three" in text and text.endswith("\r\ncortex: interrupted.\r\n")
    assert emulator.requests()[0]["json"]["stream"] is True


def test_a_terminal_gets_the_answer_and_a_newline(cli, emulator, terminal):
    emulator.script({"text": "Short."})
    screen = terminal(cli, "run", "Hi")
    assert screen.finish() == 0
    assert screen.text.endswith("Short.\r\n")


def test_a_terminal_gets_no_control_characters_of_the_model(cli, emulator, terminal):
    emulator.script({"text": "a\x1b]0;title\x07b\x9bc\x1b[2Jd\te\nf"})
    screen = terminal(cli, "run", "Hi", TERM="dumb")
    assert screen.finish() == 0
    assert screen.text.endswith("a]0;titlebc[2Jd\te\r\nf\r\n")


def test_a_long_wait_shows_a_sign_of_life_on_a_terminal_and_removes_it(cli, emulator, terminal):
    emulator.script({"text": "There.", "delay_ms": 1500})
    screen = terminal(cli, "run", "Hi")
    screen.expect("waiting")
    assert screen.finish() == 0
    assert screen.text.endswith("\r\x1b[KThere.\r\n")


def test_a_dumb_terminal_gets_no_sign_of_life(cli, emulator, terminal):
    emulator.script({"text": "There.", "delay_ms": 1500})
    screen = terminal(cli, "run", "Hi", TERM="dumb")
    assert screen.finish() == 0
    assert screen.text == "There.\r\n"


def test_a_second_ctrl_c_ends_at_once(cli, emulator):
    emulator.script(SILENT)
    process = cli.start("run", "Hi")
    until(emulator.requests, "the request")
    interrupt(process)
    interrupt(process)
    assert ended(process)[0] == 130
