"""models, providers, doctor, local, emulator; and what happens where there is no provider at all."""

import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from conftest import KEY, until


def test_models_prints_one_line_a_model_that_starts_with_its_id(bare):
    done = bare.run("models")
    assert done.code == 0 and done.err == b""
    ids = [line.split()[0] for line in done.text.splitlines()]
    assert "claude-haiku-4-5" in " ".join(ids) and len(ids) == len(set(ids)) > 10
    sonnet = next(line for line in done.text.splitlines() if line.startswith("claude-sonnet-4-5"))
    assert "200k" in sonnet and " 3 in" in sonnet and "15 out" in sonnet


def test_providers_names_the_source_and_asks_nobody(cli, emulator):
    done = cli.run("providers")
    assert done.code == 0 and done.err == b""
    [line] = done.text.splitlines()
    assert line.startswith("anthropic ") and "present" in line and "ANTHROPIC_API_KEY" in line and "claude-sonnet-" in line and emulator.base_url in line
    assert emulator.requests() == []


def test_providers_tells_what_is_missing(bare, tmp_path):
    file = tmp_path / "cortex.toml"
    file.write_text("[providers.anthropic]\n")
    done = bare.run("providers", "--config", file)
    assert done.code == 0 and "missing" in done.text and "ANTHROPIC_API_KEY" in done.error


def test_providers_without_any(bare):
    done = bare.run("providers")
    assert (done.code, done.out) == (0, b"") and "ANTHROPIC_API_KEY" in done.error


def test_doctor_is_content_with_a_key_and_asks_nobody(cli, emulator):
    done = cli.run("doctor")
    assert done.code == 0 and done.err == b""
    assert "ANTHROPIC_API_KEY" in done.text and "answers come from claude-sonnet-" in done.text
    assert emulator.requests() == []


def test_doctor_tells_why_each_source_was_passed_over(cli, tmp_path):
    file = tmp_path / "cortex.toml"
    file.write_text("[providers.anthropic]\n")
    done = cli.run("doctor", "--config", file, ANTHROPIC_API_KEY=None)
    assert done.code == 3
    assert "ANTHROPIC_API_KEY" in done.text and "ANTHROPIC_AUTH_TOKEN" in done.text and str(file) in done.text


def test_doctor_without_anything(bare):
    done = bare.run("doctor")
    assert done.code == 3 and "ANTHROPIC_API_KEY" in done.error and "cortex local pull" in done.error


def test_doctor_names_a_proxy_by_its_variable_only(cli):
    done = cli.run("doctor", HTTPS_PROXY="http://user:geheimnis123@127.0.0.1:1")
    assert "HTTPS_PROXY" in done.text and "geheimni" not in done.text + done.error


def test_probe_makes_one_cheap_request(cli, emulator):
    done = cli.run("doctor", "--probe")
    assert done.code == 0 and "verified" in done.text
    assert [(request["method"], request["target"].split("?")[0]) for request in emulator.requests()] == [("GET", "/v1/models")]


def test_probe_of_a_refused_key(cli, server):
    strict = server("--key", "sk-ant-api03-H5bNw8QzTr3XkVf7PmCy2DjLa9GsUe4o")
    done = cli.run("doctor", "--probe", ANTHROPIC_BASE_URL=strict.base_url)
    assert done.code == 3 and "rejected" in done.text
    assert len(strict.requests()) == 1


def test_probe_of_a_server_that_is_not_there(cli):
    assert cli.run("doctor", "--probe", ANTHROPIC_BASE_URL="http://127.0.0.1:1").code == 4


@pytest.mark.parametrize("command", [["run", "Hi"], ["run", "--json", "Hi"], ["chat"]], ids=["run", "json", "chat"])
@pytest.mark.parametrize("key", [None, ""], ids=["unset", "empty"])
def test_no_provider_and_no_credential_is_told_at_once(bare, command, key):
    done = bare.run(*command, ANTHROPIC_API_KEY=key)
    assert done.code == 3
    assert "ANTHROPIC_API_KEY" in done.error and "cortex local pull" in done.error
    if "--json" in command:
        assert done.json["error"]["type"] == "ProviderAuthError"
    else:
        assert done.out == b""


def test_a_named_model_is_not_replaced_by_a_small_one(bare):
    done = bare.run("run", "Hi", "--orchestrator-model", "claude-opus-4-6")
    assert done.code == 3 and "ANTHROPIC_API_KEY" in done.error


def test_a_terminal_offers_to_fetch_and_takes_no_for_an_answer(bare, terminal):
    screen = terminal(bare, "run", "Hi", TERM="dumb")
    screen.expect("[y/N] ")
    offer = screen.text
    assert "GB" in offer and str(bare.home) in offer
    screen.type("n\n")
    assert screen.finish() == 3
    assert b"cortex local pull" in screen.output


def test_ctrl_c_at_the_offer(bare, terminal):
    screen = terminal(bare, "run", "Hi", TERM="dumb")
    screen.expect("[y/N] ")
    screen.type("\x03")
    assert screen.finish() == 130


def test_local_status_of_an_empty_home(bare):
    done = bare.run("local", "status")
    assert done.code == 1 and "not fetched" in done.text and "qwen2.5-coder-1.5b-instruct" in done.text and str(bare.home) in done.text


def test_local_names_are_checked(bare):
    done = bare.run("local", "status", "nonesuch")
    assert done.code == 2 and done.out == b"" and "qwen2.5-coder-1.5b-instruct" in done.error


def test_local_remove_of_nothing(bare):
    done = bare.run("local", "remove")
    assert done.code == 0 and "was not there" in done.error


def test_local_pull_refuses_a_wrong_file(bare, tmp_path):
    file = tmp_path / "weights.gguf"
    file.write_bytes(b"GGUF" + bytes(100))
    done = bare.run("local", "pull", "--from", file, CORTEX_LLAMA_SERVER="/bin/true")  # a server of its own: nothing is fetched
    assert done.code in (1, 2) and done.out == b"" and done.error.startswith("cortex: ")


def test_local_provider_without_weights_names_all_ways_out(bare, tmp_path):
    file = tmp_path / "cortex.toml"
    file.write_text("[providers.local]\n")
    done = bare.run("run", "Hi", "--config", file)
    assert done.code == 2 and done.out == b""
    for word in ("cortex local pull", "model_path", "base_url"):
        assert word in done.error


def test_emulator_is_found_beside_the_program_and_gets_its_arguments(cli):
    if not (pathlib.Path(cli.program).parent / "cortex-emulator").is_file():
        pytest.skip("cortex-emulator does not lie beside the command line")
    process = cli.start("emulator", "--port", "0", PATH="/nonexistent")
    try:
        assert process.stdout.readline().startswith(b"listening on http://127.0.0.1:")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    done = cli.run("emulator", "--help")
    assert done.code == 0 and "--fault" in done.text


def test_emulator_on_the_path(cli, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    fake = folder / "cortex-emulator"
    fake.write_text('#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done\n')
    fake.chmod(0o755)
    alone = tmp_path / "alone" / "cortex"
    alone.parent.mkdir()
    shutil.copy(cli.program, alone)
    library = pathlib.Path(os.path.realpath(cli.program)).parent
    done = subprocess.run([alone, "emulator", "a b", "--config", "--", "x"], capture_output=True, timeout=60,
                          env=cli.environment({"PATH": f"{folder}:/usr/bin:/bin", "LD_LIBRARY_PATH": f"{library}:{library.parent}/src:{library.parent}/lib"}))
    assert done.stdout == b"[a b]\n[--config]\n[--]\n[x]\n", done.stderr


def test_emulator_that_is_nowhere(cli, tmp_path):
    alone = tmp_path / "cortex"
    shutil.copy(cli.program, alone)
    library = pathlib.Path(os.path.realpath(cli.program)).parent
    done = subprocess.run([alone, "emulator"], capture_output=True, timeout=60,
                          env=cli.environment({"PATH": "/nonexistent", "LD_LIBRARY_PATH": f"{library}:{library.parent}/src:{library.parent}/lib"}))
    assert done.returncode == 1 and b"cortex-emulator could not be started" in done.stderr
