"""Fixtures of the emulator's own tests: one program for the session, official SDKs as clients, raw HTTP for bad requests."""

import http.client
import json
import os
import pathlib
import sys
import urllib.parse
import warnings

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from emulator import Emulator, find_binary  # noqa: E402

KEY = "sk-ant-api03-emulator-test-0001"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """The SDKs read credentials, endpoints and proxies from the environment; none of this machine may reach a test."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "AZURE_OPENAI_", "OPENAI_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    # Deprecation notices of the SDKs about models that the tests use on purpose.
    warnings.simplefilter("ignore", DeprecationWarning)


@pytest.fixture(scope="session")
def binary():
    found = find_binary()
    if found is None:
        pytest.skip("the emulator is not built: CORTEX_EMULATOR names no cortex-emulator")
    return found


@pytest.fixture(scope="session")
def emulator_program(binary):
    with Emulator(binary=binary) as running:
        yield running


@pytest.fixture
def emulator(emulator_program):
    """The running emulator with nothing recorded and nothing scripted."""
    emulator_program.reset()
    yield emulator_program
    emulator_program.reset()


@pytest.fixture
def start(binary):
    """Starts emulators with options of their own; they end with the test."""
    running = []

    def run(*options):
        emulator = Emulator(*options, binary=binary).start()
        running.append(emulator)
        return emulator

    yield run
    for emulator in running:
        emulator.stop()


class Raw:
    """Sends what no SDK would send."""

    def __init__(self, emulator):
        self._address = urllib.parse.urlsplit(emulator.base_url)

    def send(self, method, target, body=None, headers=None):
        """(status, headers with lower-case names, parsed JSON or text)"""
        connection = http.client.HTTPConnection(self._address.hostname, self._address.port, timeout=30)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, target, data, headers or {})
            answer = connection.getresponse()
            text = answer.read()
            fields = {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()
        try:
            return answer.status, fields, json.loads(text)
        except ValueError:
            return answer.status, fields, text.decode(errors="replace")

    def messages(self, body, target="/v1/messages", drop=(), **headers):
        fields = {"x-api-key": KEY, "anthropic-version": "2023-06-01", "content-type": "application/json"}
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.send("POST", target, body, {name: value for name, value in fields.items() if name not in drop})

    def chat(self, body, drop=(), **headers):
        fields = {"authorization": "Bearer sk-emulator-test-0001", "content-type": "application/json"}
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.send("POST", "/v1/chat/completions", body, {name: value for name, value in fields.items() if name not in drop})


@pytest.fixture
def connect():
    """The raw client of an emulator that the test started."""
    return Raw


@pytest.fixture
def raw(emulator):
    return Raw(emulator)


@pytest.fixture
def claude(emulator):
    anthropic = pytest.importorskip("anthropic", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
    with anthropic.Anthropic(api_key=KEY, base_url=emulator.base_url, max_retries=0) as client:
        yield client


@pytest.fixture
def gpt(emulator):
    openai = pytest.importorskip("openai", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
    with openai.OpenAI(api_key="sk-emulator-test-0001", base_url=emulator.openai_base_url, max_retries=0) as client:
        yield client
