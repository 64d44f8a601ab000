"""Fixtures of the command line's tests: the program from the build tree, the strict emulator, a clean environment and home."""

import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

from emulator import Emulator, find_binary  # noqa: E402

KEY = "sk-ant-api03-Zq7vKx2mWp9RtY4nLc8BdF1hGs6JuE3a"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
DEADLINE = 60.0


def show_no_secret(data, key=KEY):
    """Fails when eight characters of the key in a row are in what a program wrote."""
    tail = key.removeprefix("sk-ant-api03-").encode()
    for at in range(len(tail) - 7):
        assert tail[at : at + 8] not in data, "a slice of the key is in the output"


def until(condition, what):
    """Polls a state that another process reaches; a state that never comes is a failure."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        select.select([], [], [], 0.01)
    pytest.fail(f"waited {DEADLINE:.0f} s in vain for: {what}")


def notices(data):
    """What is said about models' lives, which changes with the calendar."""
    return [line for line in data.splitlines(keepends=True) if line.startswith(b"cortex: notice: ")]


def without_notices(data):
    return b"".join(line for line in data.splitlines(keepends=True) if not line.startswith(b"cortex: notice: "))


@dataclass
class Result:
    code: int
    out: bytes
    everything: bytes

    @property
    def err(self):
        return without_notices(self.everything)

    @property
    def text(self):
        return self.out.decode()

    @property
    def error(self):
        return self.err.decode()

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


class Cli:
    """Runs the command line with an environment that holds nothing of this machine but what a test puts there."""

    def __init__(self, program, home):
        self.program = program
        self.home = home
        self.env = {"PATH": os.environ["PATH"], "HOME": str(home), "CORTEX_HOME": str(home / ".cortex"), "LANG": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def environment(self, changes):
        merged = {**self.env, **{name: str(value) for name, value in changes.items()}}
        return {name: value for name, value in merged.items() if changes.get(name, "") is not None}

    def run(self, *args, stdin=b"", **env):
        done = subprocess.run([self.program, *map(str, args)], input=stdin, capture_output=True, timeout=DEADLINE, env=self.environment(env))
        for key in (KEY, AWS_SECRET):
            show_no_secret(done.stdout, key)
            show_no_secret(done.stderr, key)
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **env):
        return subprocess.Popen([self.program, *map(str, args)], stdin=stdin, stdout=stdout, stderr=stderr, env=self.environment(env))


@pytest.fixture(scope="session")
def program():
    named = os.environ.get("CORTEX_CLI", "")
    if not named or not pathlib.Path(named).is_file():
        pytest.skip("the command line is not built: set CORTEX_CLI to the program cortex")
    return named


@pytest.fixture(scope="session")
def emulator_program():
    binary = find_binary()
    if binary is None:
        pytest.skip("the emulator is not built: set CORTEX_EMULATOR to cortex-emulator")
    with Emulator("--record-secrets", binary=binary) as running:
        yield running


@pytest.fixture
def emulator(emulator_program):
    emulator_program.reset()
    yield emulator_program
    emulator_program.reset()


@pytest.fixture
def bare(program, tmp_path):
    """The program with no credential, no configuration and an empty home."""
    return Cli(program, tmp_path)


@pytest.fixture
def cli(bare, emulator):
    """The program with a key and the emulator's address in the environment."""
    bare.env["ANTHROPIC_API_KEY"] = KEY
    bare.env["ANTHROPIC_BASE_URL"] = emulator.base_url
    return bare


@pytest.fixture
def server(program):
    """Emulators with options of their own; they end with the test."""
    binary = find_binary()
    if binary is None:
        pytest.skip("the emulator is not built: set CORTEX_EMULATOR to cortex-emulator")
    running = []

    def start(*options):
        running.append(Emulator(*options, binary=binary).start())
        return running[-1]

    yield start
    for one in running:
        one.stop()


class Terminal:
    """A pseudo-terminal with a program on it."""

    def __init__(self, cli, args, env, stdout_too=True):
        import pty

        self.master, slave = pty.openpty()
        self.output = b""
        self.seen = 0  # how much of it earlier expectations have used up
        # A session of its own, so that the terminal is its controlling one and Ctrl-C reaches it as it would a person's.
        self.process = subprocess.Popen(
            [cli.program, *args], stdin=slave, stdout=slave if stdout_too else subprocess.PIPE, stderr=slave, env=cli.environment({"TERM": "xterm", **env}),
            start_new_session=True, preexec_fn=self._own_terminal,
        )
        os.close(slave)

    @staticmethod
    def _own_terminal():
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def read_some(self, wait):
        if not select.select([self.master], [], [], wait)[0]:
            return False
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # the other side is closed
            return None
        self.output += piece
        return bool(piece) or None

    def expect(self, text):
        """Waits for text behind what was expected before: a second prompt is not found in the first."""
        end = time.monotonic() + DEADLINE
        while (found := self.output.find(text.encode(), self.seen)) < 0:
            if time.monotonic() > end or self.read_some(0.1) is None:
                pytest.fail(f"{text!r} never came after {self.output[:self.seen]!r}; there was {self.output[self.seen:]!r}")
        self.seen = found + len(text.encode())

    def type(self, data):
        os.write(self.master, data.encode())

    @property
    def text(self):
        return without_notices(self.output).decode()

    def finish(self):
        end = time.monotonic() + DEADLINE
        while self.read_some(0.1) is not None and time.monotonic() < end:
            if self.process.poll() is not None and not select.select([self.master], [], [], 0)[0]:
                break
        code = self.process.wait(timeout=DEADLINE)
        show_no_secret(self.output)
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal():
    running = []

    def start(cli, *args, **env):
        running.append(Terminal(cli, args, env))
        return running[-1]

    yield start
    for one in running:
        one.close()


def interrupt(process):
    process.send_signal(signal.SIGINT)
