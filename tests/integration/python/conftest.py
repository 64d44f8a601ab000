"""Fixtures of the Python package's tests: the package from the build tree, the strict emulator, a clean environment."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

cortex = pytest.importorskip("cortex", reason="the Python package is not built: ninja cortex_python, PYTHONPATH=build/dev/python")

from emulator import Emulator, find_binary  # noqa: E402

KEY = "sk-ant-api03-Zq7vKx2mWp9RtY4nLc8BdF1hGs6JuE3a"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No credential, endpoint or proxy of this machine reaches a test."""
    for name in list(os.environ):
        if name.upper().startswith(("ANTHROPIC_", "OPENAI_", "AZURE_", "GEMINI_", "GOOGLE_", "AWS_", "OLLAMA_", "CORTEX_CONFIG", "CORTEX_MODELS",
                                    "CORTEX_LOCAL", "CORTEX_LOG")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CORTEX_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def emulator_program():
    binary = find_binary()
    if binary is None:
        pytest.skip("the emulator is not built: set CORTEX_EMULATOR to cortex-emulator")
    with Emulator("--record-secrets", binary=binary) as running:
        yield running


@pytest.fixture
def emulator(emulator_program, monkeypatch):
    """The running emulator with nothing recorded; ANTHROPIC_BASE_URL names it."""
    emulator_program.reset()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", emulator_program.base_url)
    yield emulator_program
    emulator_program.reset()


@pytest.fixture
def server():
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


@pytest.fixture
def engine(emulator):
    return cortex.Engine(providers={"anthropic": {"api_key": KEY}}, orchestrator_model="claude-opus-4-6", max_retries=0)


@pytest.fixture
def session(engine):
    return engine.create_agent(name="analyst", system_prompt="You are a thorough business analyst.").start_session(user_id="user_123")


@pytest.fixture
def python():
    """Runs a program in a fresh interpreter and returns the finished process; a hang is a failure."""

    def run(source, *options, **environment):
        return subprocess.run([sys.executable, *options, "-c", textwrap.dedent(source)], env={**os.environ, **environment},
                              capture_output=True, text=True, timeout=120, check=False)

    return run
