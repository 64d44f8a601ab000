"""`cortex costs`: what run and chat spent on this machine, without a request and without a provider."""

import json
import stat

import pytest

from conftest import DEADLINE, interrupt, until


def ledger(cli):
    return cli.home / ".cortex" / "costs.jsonl"


def lines(cli):
    return [json.loads(line) for line in ledger(cli).read_text().splitlines()]


def entry(**fields):
    return json.dumps({"at": "2026-11-28T12:00:00Z", "provider": "anthropic", "model": "claude-haiku-4-5", "user_id": "ann", "calls": 1, "input_tokens": 100,
                       "output_tokens": 10, "cached_tokens": 5, "cache_write_tokens": 0, "cost_usd": 0.25, "unknown_cost_calls": 0, **fields}) + "\n"


@pytest.fixture
def written(bare):
    """A machine on which three users asked two providers on three days."""
    ledger(bare).parent.mkdir()
    ledger(bare).write_text(entry(at="2026-11-01T23:59:59Z") + entry(at="2026-11-02T00:00:00Z", user_id="bob", cost_usd=0.5)
                            + entry(at="2026-11-03T08:00:00Z", provider="vllm", model="my-model", user_id="eve", cost_usd=None, unknown_cost_calls=1))
    return bare


def test_nothing_is_spent_before_the_first_turn(bare):
    done = bare.run("costs")
    assert (done.code, done.err) == (0, b"") and "nothing spent yet" in done.text
    assert not (bare.home / ".cortex").exists()
    total = bare.run("costs", "--json").json["total"]
    assert total["calls"] == 0 and total["cost_usd"] == 0.0


def test_a_run_is_written_down_for_its_owner_alone(cli, emulator):
    answer = cli.run("run", "--json", "Hello", "--user", "ann").json["metadata"]
    (line,) = lines(cli)
    assert (line["provider"], line["model"], line["user_id"], line["calls"]) == ("anthropic", answer["model_used"], "ann", 1)
    assert line["input_tokens"] + line["output_tokens"] == answer["tokens_used"] and line["cost_usd"] == pytest.approx(answer["cost_usd"])
    assert stat.S_IMODE(ledger(cli).stat().st_mode) == 0o600 and stat.S_IMODE(ledger(cli).parent.stat().st_mode) == 0o700
    done = cli.run("costs", "--json", ANTHROPIC_API_KEY=None)
    assert done.code == 0 and done.json["total"]["cost_usd"] == pytest.approx(answer["cost_usd"])
    assert len(emulator.requests()) == 1


def test_each_turn_of_a_chat_is_a_line(cli):
    done = cli.run("chat", stdin=b"Hello\nThanks\n")
    assert done.code == 0
    assert [line["calls"] for line in lines(cli)] == [1, 1]


def test_both_streaming_forms_and_a_failed_turn_are_written_down_too(cli, emulator):
    assert cli.run("run", "--stream-json", "Hello").code == 0
    emulator.script({"error": {"status": 529}, "times": "always"})
    done = cli.run("run", "Hello")
    assert done.code == 4 and done.out == b""
    first, second = lines(cli)
    assert first["output_tokens"] > 0 and second["calls"] >= 1
    # A chat goes on, and its failed turn is there as well.
    emulator.reset()
    emulator.script({"error": {"status": 400}})
    assert cli.run("chat", stdin=b"Hello\nHello\n").code == 0
    assert len(lines(cli)) == 4


def test_an_interrupted_turn_is_written_down(cli, emulator):
    emulator.script({"text": "one two three " * 100, "hang_after_bytes": 1500})
    process = cli.start("run", "--stream-json", "Hello")
    assert process.stdout.readline()
    interrupt(process)
    process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert until(lambda: ledger(cli).exists() and lines(cli), "the line of the interrupted turn")[0]["calls"] == 1


@pytest.mark.parametrize("command", [["run", "--dry-run", "Hello"], ["doctor"], ["providers"], ["models"], ["run", ""], ["run", "Hi", "--max-cost", "0.000000001"]])
def test_what_asks_nobody_writes_nothing(cli, command):
    cli.run(*command)
    assert not ledger(cli).exists()


def test_a_home_that_cannot_be_written_takes_nothing_from_the_answer(cli, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    for home in (file, file / "below", "/proc/nonesuch"):
        done = cli.run("run", "Hello", CORTEX_HOME=home)
        assert (done.code, done.out, done.err) == (0, b"You said: Hello\n", b"")
    assert file.read_text() == "mine"


def test_many_programs_may_write_at_once(cli):
    started = [cli.start("run", "Hello", "--user", f"user{number}") for number in range(6)]
    for process in started:
        process.communicate(timeout=DEADLINE)
    assert sorted(line["user_id"] for line in lines(cli)) == [f"user{number}" for number in range(6)]


def test_the_table_has_a_row_for_each_provider_model_and_user(written):
    done = written.run("costs")
    assert (done.code, done.err) == (0, b"")
    head, *rows, total = [line.split() for line in done.text.splitlines()]
    assert head == ["provider", "model", "user", "calls", "in", "out", "cached", "USD"]
    assert rows == [["anthropic", "claude-haiku-4-5", "ann", "1", "100", "10", "5", "0.250000"],
                    ["anthropic", "claude-haiku-4-5", "bob", "1", "100", "10", "5", "0.500000"],
                    ["vllm", "my-model", "eve", "1", "100", "10", "5", "unknown"]]
    assert total[:6] == ["total", "3", "300", "30", "15", "0.750000"] and "unknown" in total


@pytest.mark.parametrize("by, rows", [
    ("provider", [["anthropic", "2", "200", "20", "10", "0.750000"], ["vllm", "1", "100", "10", "5", "unknown"]]),
    ("model", [["anthropic", "claude-haiku-4-5", "2", "200", "20", "10", "0.750000"], ["vllm", "my-model", "1", "100", "10", "5", "unknown"]]),
    ("user", [["ann", "1", "100", "10", "5", "0.250000"], ["bob", "1", "100", "10", "5", "0.500000"], ["eve", "1", "100", "10", "5", "unknown"]]),
])
def test_sums_by_one_of_them(written, by, rows):
    done = written.run("costs", "--by", by)
    assert [line.split() for line in done.text.splitlines()][1:-1] == rows
    found = written.run("costs", f"--by={by}", "--json").json
    assert len(found["lines"]) == len(rows) and found["lines"] == found[f"by_{by}"]


def test_since_a_day(written):
    assert written.run("costs", "--since", "2026-11-02", "--json").json["total"]["calls"] == 2
    assert written.run("costs", "--json", "--since=2026-11-03").json["total"] == {
        "calls": 1, "input_tokens": 100, "output_tokens": 10, "cached_tokens": 5, "cache_write_tokens": 0,
        "cost_usd": None, "unknown_cost_calls": 1}
    done = written.run("costs", "--since", "2026-11-04")
    assert done.code == 0 and "nothing spent since 2026-11-04" in done.text


@pytest.mark.parametrize("option, value", [("--by", "day"), ("--by", ""), ("--since", "yesterday"), ("--since", "2026-13-01"), ("--since", "2026-02-30"),
                                           ("--since", "2026-1-1"), ("--since", "2026-11-281"), ("--since", "+026-11-28")])
def test_a_bad_value_is_a_usage_error(written, option, value):
    done = written.run("costs", f"{option}={value}")
    assert done.code == 2 and done.out == b"" and option in done.error and done.error.count("\n") == 1


def test_a_damaged_line_is_passed_over_and_counted(written):
    whole = ledger(written).read_text()
    ledger(written).write_text(whole.replace("\n", "\n{\"at\": \n", 1) + entry(calls=-1) + '{"at":"2026-11')
    done = written.run("costs", "--json")
    assert done.code == 0 and done.json["total"]["calls"] == 3
    assert "3 lines" in done.error and str(ledger(written)) in done.error


def test_a_file_that_cannot_be_read_is_named(bare):
    ledger(bare).mkdir(parents=True)
    done = bare.run("costs")
    assert done.code == 1 and done.out == b"" and str(ledger(bare)) in done.error


def test_common_options_stand_anywhere_and_a_wrong_file_is_told(written, tmp_path):
    config = tmp_path / "cortex.toml"
    config.write_text("[providers.anthropic]\n")
    done = written.run("costs", "--config", config, "--json")
    assert done.code == 0 and done.json["total"]["calls"] == 3
    assert written.run("costs", "--config", tmp_path / "nonesuch.toml").code == 2


def test_costs_of_an_unknown_model_are_unknown_and_not_nothing(bare, emulator, tmp_path):
    config = tmp_path / "cortex.toml"
    config.write_text(f'[providers.vllm]\nbase_url = "{emulator.base_url}/v1"\ndefault_model = "my-model"\n')
    assert bare.run("run", "Hello", "--config", config).code == 0
    assert "unknown" in bare.run("costs").text
    assert bare.run("costs", "--json").json["lines"][0]["cost_usd"] is None
