"""Without any credential a local model answers, and says so. The server behind it is a small program of the tests."""

import json
import os
import pathlib

import pytest

from conftest import interrupt, until


@pytest.fixture
def local(bare, tmp_path):
    """The program with a model file of the user's own and a server for it; `model(...)` tells that server what to do."""
    bare.env["CORTEX_LLAMA_SERVER"] = str(pathlib.Path(__file__).with_name("fake_llama_server.py"))
    bare.env["CORTEX_LOCAL_MODEL"] = str(tmp_path / "tiny.gguf")

    def model(**wishes):
        (tmp_path / "tiny.gguf").write_bytes(b"GGUF" + json.dumps(wishes).encode())

    model()
    bare.model = model
    return bare


def running(pid):
    try:
        return open(f"/proc/{pid}/stat").read().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("form", [[], ["--json"], ["--stream-json"]], ids=["text", "json", "stream"])
def test_a_local_model_answers_and_says_so(local, tmp_path, form):
    local.model(pid=str(tmp_path / "pid"))
    done = local.run("run", "Hello", *form)
    assert done.code == 0, done.everything
    assert b"the small local model on this machine answers" in done.everything
    if form == ["--json"]:
        assert done.json["content"] == "Asked: Hello" and done.json["metadata"]["provider"] == "local"
    elif form:
        assert done.lines[-1]["metadata"]["provider"] == "local"
    else:
        assert done.out == b"Asked: Hello\n"
    assert not running((tmp_path / "pid").read_text().strip()), "the server outlived the program"


def test_a_local_chat_uses_one_server(local):
    done = local.run("chat", stdin=b"one\ntwo\n")
    assert (done.code, done.out) == (0, b"Asked: one\nAsked: two\n")
    assert done.everything.count(b"the small local model on this machine answers") == 1


def test_a_credential_wins_over_the_local_model(local, emulator):
    done = local.run("run", "--json", "Hi", ANTHROPIC_API_KEY="sk-ant-api03-H5bNw8QzTr3XkVf7PmCy2DjLa9GsUe4o", ANTHROPIC_BASE_URL=emulator.base_url)
    assert done.json["metadata"]["provider"] == "anthropic" and b"local model" not in done.everything


def test_providers_and_doctor_show_the_stand_in(local):
    shown = local.run("providers")
    assert shown.code == 0 and shown.text.startswith("local ") and "stands in" in shown.error
    checked = local.run("doctor")
    assert checked.code == 0 and "answers come from tiny through local" in checked.text


def test_ctrl_c_while_the_server_starts(local, tmp_path):
    local.model(pid=str(tmp_path / "pid"), never_ready=True)
    process = local.start("run", "Hello")
    pid = until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip(), "the start of the server")
    interrupt(process)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"") and err.endswith(b"cortex: interrupted.\n")
    until(lambda: not running(pid), "the end of the server")
