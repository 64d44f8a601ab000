"""`cortex run`: what goes to standard output in each form, and what goes to the provider."""

import json
import time

import pytest

from conftest import KEY, notices, until

METADATA = {
    "model_used", "provider", "tokens_used", "input_tokens", "output_tokens", "cached_tokens", "thinking_tokens", "latency_ms", "overhead_ms",
    "finish_reason", "cost_usd", "request_id", "attempts", "thinking", "notices", "steps_taken", "tools_called", "goal_progress", "drift_score",
    "loop_detected", "weights_delta",
}
TEXT = "Boundaries first, services later. Größe: 🦜 “quoted”."


def test_a_pipe_gets_the_answer_and_one_newline(cli, emulator):
    emulator.script({"text": TEXT})
    done = cli.run("run", "Hi")
    assert (done.code, done.out, done.err) == (0, TEXT.encode() + b"\n", b"")
    assert len(emulator.requests()) == 1


def test_json_is_one_object_with_content_and_metadata(cli, emulator):
    emulator.script({"text": TEXT})
    done = cli.run("run", "--json", "Hi")
    assert done.code == 0 and done.out.count(b"\n") == 1
    assert set(done.json) == {"content", "metadata"}
    assert done.json["content"] == TEXT
    metadata = done.json["metadata"]
    assert METADATA <= set(metadata)
    assert metadata["finish_reason"] == "stop" and metadata["provider"] == "anthropic" and metadata["model_used"].startswith("claude-sonnet-")
    assert metadata["request_id"] and metadata["cost_usd"] > 0 and metadata["thinking"]["enabled"] is False
    assert metadata["tokens_used"] == metadata["input_tokens"] + metadata["output_tokens"] > 0


def test_stream_json_is_one_object_a_line_and_the_last_carries_the_metadata(cli, emulator):
    emulator.script({"text": TEXT})
    lines = cli.run("run", "--stream-json", "Hi").lines
    assert "".join(line["content"] for line in lines if line["chunk_type"] == "content") == TEXT
    assert sum(line["chunk_type"] == "content" and bool(line["content"]) for line in lines) > 1
    assert [line.get("is_final", False) for line in lines] == [False] * (len(lines) - 1) + [True]
    assert ["metadata" in line for line in lines] == [False] * (len(lines) - 1) + [True]
    assert METADATA <= set(lines[-1]["metadata"])
    assert lines[-1]["finish_reason"] == lines[-1]["metadata"]["finish_reason"] == "stop"
    assert lines[-1]["model"] == lines[-1]["metadata"]["model_used"]


def test_both_json_forms_say_the_same(cli, emulator):
    emulator.script({"text": TEXT}, {"text": TEXT})
    whole = cli.run("run", "--json", "Hi").json
    lines = cli.run("run", "--stream-json", "Hi").lines
    assert "".join(line["content"] for line in lines if line["chunk_type"] == "content") == whole["content"]
    assert set(lines[-1]["metadata"]) == set(whole["metadata"])


def test_a_stream_line_is_written_when_its_piece_arrives(cli, emulator):
    # The answer never ends, so a line that is read was not held back for the end.
    emulator.script({"text": "one two three four five six seven eight nine ten " * 20, "hang_after_bytes": 1500, "chunk_bytes": 200})
    process = cli.start("run", "--stream-json", "Hi")
    try:
        assert json.loads(process.stdout.readline())["content"]
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


def test_thinking_is_never_in_a_content_line(cli, emulator):
    emulator.script({"thinking": "Hm, Rayleigh.", "text": "Scattering."})
    lines = cli.run("run", "--stream-json", "--thinking", "2000", "--orchestrator-model", "claude-haiku-4-5", "Why is the sky blue?").lines
    assert "".join(line["content"] for line in lines if line["chunk_type"] == "content") == "Scattering."
    assert lines[-1]["metadata"]["thinking"]["enabled"] is True
    assert emulator.requests()[0]["json"]["thinking"] == {"type": "enabled", "budget_tokens": 2000}


def test_thinking_off_and_auto_send_nothing_to_a_model_that_only_thinks_when_told(cli, emulator):
    for wish in ("off", "auto"):
        assert cli.run("run", "Hi", "--thinking", wish, "--orchestrator-model", "claude-haiku-4-5").code == 0
    assert all("thinking" not in request["json"] for request in emulator.requests())


def test_run_asks_without_streaming_for_a_pipe_and_with_it_for_lines(cli, emulator):
    cli.run("run", "Hi")
    cli.run("run", "--json", "Hi")
    cli.run("run", "--stream-json", "Hi")
    assert [request["json"].get("stream", False) for request in emulator.requests()] == [False, False, True]


def test_options_reach_the_request(cli, emulator):
    done = cli.run("run", "Hi", "--orchestrator-model", "claude-opus-4-6", "--system", "Be brief.", "--max-tokens", "77", "--user", "u1", "--json")
    body = emulator.requests()[0]["json"]
    assert body["model"].startswith("claude-opus-4-6") and body["max_tokens"] == 77
    assert "Be brief." in json.dumps(body["system"])
    assert done.json["metadata"]["model_used"].startswith("claude-opus-4-6")


def test_without_wishes_there_are_8192_tokens_and_no_thinking(cli, emulator):
    cli.run("run", "Hi")
    body = emulator.requests()[0]["json"]
    assert body["max_tokens"] == 8192 and "thinking" not in body


def test_a_worker_model_alone_serves(cli, emulator):
    assert cli.run("run", "Hi", "--worker-model", "claude-haiku-4-5").code == 0
    assert emulator.requests()[0]["json"]["model"].startswith("claude-haiku-4-5")


def test_a_cost_that_cannot_fit_is_refused_without_a_request(cli, emulator):
    done = cli.run("run", "Hi " * 2000, "--max-cost", "0.000001")
    assert (done.code, done.out) == (5, b"")
    assert emulator.requests() == []


def test_a_cost_that_fits_is_served(cli, emulator):
    assert cli.run("run", "Hi", "--max-cost", "1").code == 0


def test_notices_go_to_standard_error(cli, emulator, tmp_path):
    # A model that retires soon has a notice; which one does depends on the day, so the catalogue is told.
    catalogue = tmp_path / "models.json"
    catalogue.write_text(json.dumps([{"id": "claude-haiku-4-5", "provider": "anthropic", "status": "deprecated", "retires_at": "2020-01-01"}]))
    done = cli.run("run", "Hi", "--orchestrator-model", "claude-haiku-4-5", "--json", CORTEX_MODELS_PATH=catalogue)
    assert done.code == 0, done.error
    told = done.json["metadata"]["notices"]
    assert told and b"".join(notices(done.everything)).decode() == "".join(f"cortex: notice: {notice}\n" for notice in told)


def test_a_hyphen_reads_standard_input_to_its_end(cli, emulator):
    assert cli.run("run", "-", stdin="Zeile eins\nZeile zwei – ende\n".encode()).code == 0
    assert "Zeile eins\nZeile zwei – ende" in json.dumps(emulator.requests()[0]["json"]["messages"], ensure_ascii=False).replace("\\n", "\n")


def test_bytes_that_are_not_utf8_are_refused_with_their_place(cli, emulator):
    done = cli.run("run", "-", stdin=b"abc\xff\xfedef")
    assert (done.code, done.out) == (2, b"")
    assert "UTF-8" in done.error and "byte 3" in done.error
    assert emulator.requests() == []


def test_twenty_megabytes_are_sent_or_refused_quickly(cli, emulator):
    began = time.monotonic()
    done = cli.run("run", "-", stdin=b"word " * 4_000_000)
    assert done.code in (0, 2, 5), done.error
    assert time.monotonic() - began < 60
    if done.code:
        assert done.out == b"" and done.error.startswith("cortex: ")


def test_control_characters_reach_a_pipe_as_they_are(cli, emulator):
    emulator.script({"text": "red: \x1b[31m!"})
    assert cli.run("run", "Hi").out == b"red: \x1b[31m!\n"


def test_dry_run_prints_the_request_and_the_decisions_and_sends_nothing(cli, emulator):
    done = cli.run("run", "--dry-run", "Hi", "--thinking", "2000", "--system", "Be brief.", "--orchestrator-model", "claude-haiku-4-5")
    assert done.code == 0 and done.err == b""
    assert done.text.startswith(f"POST {emulator.base_url}/v1/messages\n")
    assert "x-api-key: <redacted>\n" in done.text and "anthropic-version: 2023-06-01\n" in done.text
    body = json.loads(next(line for line in done.text.splitlines() if line.startswith("{")))
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2000}
    assert "\ndecision: " in done.text and "\nmodel: claude-haiku-4-5" in done.text
    assert emulator.requests() == []


def test_dry_run_shows_exactly_what_run_sends(cli, emulator):
    shown = next(line for line in cli.run("run", "--dry-run", "Hi").text.splitlines() if line.startswith("{"))
    cli.run("run", "Hi")
    assert emulator.requests()[0]["body"] == shown


def test_dry_run_as_json(cli, emulator):
    preview = cli.run("run", "--dry-run", "--json", "Hi").json
    assert preview["method"] == "POST" and preview["url"].endswith("/v1/messages") and preview["body"]["max_tokens"] == 8192
    assert preview["headers"]["x-api-key"] == "<redacted>" and preview["decisions"]
    assert emulator.requests() == []


def test_dry_run_refuses_what_run_would_refuse(cli):
    assert cli.run("run", "--dry-run", "").code == 2
    assert cli.run("run", "--dry-run", "Hi", "--thinking", "100").code == 2


def test_the_key_is_in_no_argument_of_the_process(cli, emulator):
    emulator.script({"text": "late", "delay_ms": 3_600_000})
    process = cli.start("run", "Hi")
    try:
        until(emulator.requests, "the request")
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            assert KEY.encode() not in file.read()
    finally:
        process.kill()
        process.communicate()


def test_a_schema_makes_the_answer_json_that_fits(cli, emulator, tmp_path):
    schema = tmp_path / "person.json"
    schema.write_text('{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": false}')
    emulator.script({"text": "Ann"}, {"text": '```json\n{"name": "Ann"}\n```'})
    done = cli.run("run", "--schema", str(schema), "Who is it?")
    assert done.code == 0 and done.out == b'{"name": "Ann"}\n'
    assert len(emulator.requests()) == 2


def test_a_schema_that_cannot_be_used_is_refused(cli, emulator, tmp_path):
    empty, broken = tmp_path / "empty.json", tmp_path / "broken.json"
    empty.write_text(" \n")
    broken.write_text("{")
    for path, words in ((tmp_path / "nonesuch", "No such file"), (empty, "is empty"), (broken, "answer_schema"), (tmp_path, "Is a directory"), ("/dev/zero", "File too large")):
        done = cli.run("run", "--schema", str(path), "Who is it?")
        assert done.code == 2 and words.encode() in done.err, done.err
    assert emulator.requests() == []
