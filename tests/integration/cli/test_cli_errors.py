"""What goes wrong at the provider or on the way: exit code, one sentence on standard error, nothing on standard output."""

import socket

import pytest

from conftest import KEY

MESSAGE = "as scripted"

# (step of the emulator, exit code, class)
FAILURES = {
    "401": ({"error": {"status": 401, "type": "authentication_error", "message": MESSAGE}}, 3, "ProviderAuthError"),
    "403": ({"error": {"status": 403, "type": "permission_error", "message": MESSAGE}}, 3, "ProviderAuthError"),
    "404": ({"error": {"status": 404, "type": "not_found_error", "message": "model: nonesuch"}}, 1, "ModelNotFoundError"),
    "400": ({"error": {"status": 400, "type": "invalid_request_error", "message": MESSAGE}}, 1, "InvalidRequestError"),
    "413": ({"error": {"status": 413, "type": "request_too_large", "message": MESSAGE}}, 1, "InvalidRequestError"),
    "402": ({"error": {"status": 402, "type": "billing_error", "message": MESSAGE}}, 1, "ProviderError"),
    "too long": ({"error": {"status": 400, "type": "invalid_request_error", "message": "prompt is too long: 300000 tokens > 200000 maximum"}}, 5, "ContextLengthError"),
    "429": ({"error": {"status": 429, "type": "rate_limit_error", "message": MESSAGE}, "times": "always"}, 4, "RateLimitError"),
    "429 for an hour": ({"error": {"status": 429, "type": "rate_limit_error", "message": MESSAGE, "headers": {"retry-after": "3600"}}}, 4, "RateLimitError"),
    "500": ({"error": {"status": 500, "type": "api_error", "message": MESSAGE}, "times": "always"}, 4, "ServiceUnavailableError"),
    "529": ({"error": {"status": 529, "type": "overloaded_error", "message": MESSAGE}, "times": "always"}, 4, "ServiceUnavailableError"),
    "a gateway's page": ({"html": 502, "times": "always"}, 4, "ServiceUnavailableError"),
    "refusal": ({"text": "I cannot.", "stop_reason": "refusal"}, 6, "ContentFilterError"),
}


@pytest.fixture
def config(tmp_path):
    """No repeats: each failure costs one request."""
    file = tmp_path / "cortex.toml"
    file.write_text("max_retries = 0\n")
    return file


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("form", [[], ["--json"], ["--stream-json"]], ids=["text", "json", "stream"])
def test_a_failure_has_its_exit_code_its_class_and_one_sentence(cli, emulator, config, name, form):
    step, code, class_name = FAILURES[name]
    emulator.script(step)
    done = cli.run("run", "Hi", "--config", config, *form)
    assert done.code == code, done.error
    assert done.error.startswith("cortex: ") and done.error.count("\n") == 1
    assert "<html" not in done.error.lower() and "terminate called" not in done.error
    assert len(emulator.requests()) == 1
    if form == ["--json"]:
        error = done.json["error"]
        assert list(done.json) == ["error"] and error["type"] == class_name and error["message"] in done.error
        assert error["provider"] == "anthropic" and error["model"] and isinstance(error["retryable"], bool) and error["code"]
    elif form == [] or name != "refusal":
        assert done.out == b""


def test_the_error_object_has_the_status_and_the_request_id(cli, emulator, config):
    emulator.script({"error": {"status": 429, "type": "rate_limit_error", "message": MESSAGE, "headers": {"retry-after": "3600", "request-id": "req_test_1"}}})
    error = cli.run("run", "--json", "Hi", "--config", config).json["error"]
    assert error["http_status"] == 429 and error["retry_after_ms"] == 3_600_000 and error["request_id"]


def test_a_refused_key_costs_one_request_and_is_not_shown(cli, server):
    strict = server("--key", "sk-ant-api03-H5bNw8QzTr3XkVf7PmCy2DjLa9GsUe4o")
    done = cli.run("run", "Hi", ANTHROPIC_BASE_URL=strict.base_url)
    assert done.code == 3 and done.out == b""
    assert "anthropic refused the credential" in done.error and "cortex doctor" in done.error
    assert "ANTHROPIC_API_KEY" in done.error
    assert len(strict.requests()) == 1


@pytest.mark.parametrize("key", [None, ""])
def test_a_listed_provider_without_a_key_costs_no_request(cli, emulator, tmp_path, key):
    file = tmp_path / "cortex.toml"
    file.write_text("[providers.anthropic]\n")
    done = cli.run("run", "Hi", "--config", file, ANTHROPIC_API_KEY=key)
    assert done.code == 3 and done.out == b"" and "ANTHROPIC_API_KEY" in done.error
    assert emulator.requests() == []


def test_a_key_that_the_vendor_repeats_is_masked(cli, emulator, config):
    emulator.script({"error": {"status": 401, "type": "authentication_error", "message": f"invalid x-api-key {KEY}"}})
    done = cli.run("run", "--json", "Hi", "--config", config)  # the runner looks for the key in all output
    assert done.code == 3


def test_a_transient_failure_is_tried_again_unseen(cli, emulator):
    emulator.script({"error": {"status": 529, "type": "overloaded_error", "message": MESSAGE}}, {"text": "there"})
    done = cli.run("run", "Hi")
    assert (done.code, done.out) == (0, b"there\n")
    assert len(emulator.requests()) == 2


def test_nobody_listens(cli, config):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        done = cli.run("run", "Hi", "--config", config, ANTHROPIC_BASE_URL=f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert done.code == 4 and done.out == b"" and done.error.startswith("cortex: ")


def test_a_turn_out_of_time(cli, emulator):
    emulator.script({"text": "late", "delay_ms": 3_600_000})
    done = cli.run("run", "Hi", "--timeout", "0.3")
    assert done.code == 4 and done.out == b""
    assert "timeout" in done.error.lower()


@pytest.mark.parametrize("fault", [
    {"cut_after_bytes": 700, "chunk_bytes": 100}, {"no_terminal": True}, {"sse_error": {"after_deltas": 2, "type": "overloaded_error"}},
], ids=["cut", "no end", "error inside"])
def test_a_stream_that_breaks_fails_after_the_text(cli, emulator, config, fault):
    emulator.script({"text": "word " * 200, **fault})
    done = cli.run("run", "--stream-json", "Hi", "--config", config)
    assert done.code == 4, done.error
    assert all("metadata" not in line for line in done.lines)
    assert done.error.startswith("cortex: ") and done.error.count("\n") == 1


def test_an_empty_body_is_an_error(cli, emulator, config):
    emulator.script({"empty_body": True})
    done = cli.run("run", "Hi", "--config", config)
    assert done.code in (1, 4) and done.out == b""


def test_a_model_that_no_provider_serves(cli, emulator):
    done = cli.run("run", "Hi", "--orchestrator-model", "gpt-5")
    assert done.code == 2 and "gpt-5" in done.error and "anthropic" in done.error
    assert emulator.requests() == []


def test_control_characters_of_a_vendor_do_not_reach_the_terminal(cli, emulator, config):
    emulator.script({"error": {"status": 400, "type": "invalid_request_error", "message": "bad\x1b[2J\nline two"}})
    done = cli.run("run", "Hi", "--config", config)
    assert b"\x1b" not in done.err and done.err.count(b"\n") == 1
