"""What the program says of itself, and of command lines that are wrong: exit code 2, standard output empty, one sentence."""

import pytest

COMMANDS = ["run", "chat", "models", "providers", "doctor", "costs", "local", "emulator"]


def test_help_names_all_commands_and_the_exit_codes(bare):
    done = bare.run("--help")
    assert done.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.text
    assert "130 interrupted" in done.text
    assert done.err == b""


@pytest.mark.parametrize("command", ["run", "chat", "models", "providers", "doctor", "costs", "local"])
def test_help_of_each_command_goes_to_standard_output(bare, command):
    done = bare.run(command, "--help")
    assert done.code == 0
    assert command in done.text
    assert done.err == b""


def test_help_of_run_names_its_options(bare):
    text = bare.run("run", "--help").text
    for option in ["--config", "--orchestrator-model", "--worker-model", "--system", "--user", "--max-cost", "--timeout", "--thinking",
                   "--max-tokens", "--json", "--stream-json", "--dry-run", "--tool", "--max-tool-rounds", "--approve", "--quiet-tools",
                   "--show-thinking", "--explain"]:
        assert option in text
    for tool in ["calculator", "files=FOLDER", "http"]:
        assert tool in text
    for absent in ["--api-key", "--store", "--session"]:
        assert absent not in text


def test_version(bare):
    done = bare.run("--version")
    assert (done.code, done.out, done.err) == (0, b"cortex 0.1.0\n", b"")


def refused(done):
    """The sentence of a command line that was not understood."""
    assert done.code == 2
    assert done.out == b""
    assert done.error.startswith("cortex: ")
    assert done.error.count("\n") == 1
    return done.error


def test_no_command(bare):
    assert "No command" in refused(bare.run())


def test_unknown_command_suggests_the_nearest(bare):
    assert "Did you mean chat?" in refused(bare.run("chatt"))
    assert "cortex --help" in refused(bare.run("frobnicate"))


@pytest.mark.parametrize("command", ["sessions", "serve"])
def test_a_command_of_a_later_version_says_so(bare, command):
    assert f'"{command}" is not available in this version' in refused(bare.run(command, "list"))


@pytest.mark.parametrize("command", ["run", "chat"])
@pytest.mark.parametrize("option", ["--store", "--session", "--store=x"])
def test_an_option_of_a_later_version_says_so(cli, command, option):
    assert f"{option.split('=')[0]} is not available in this version" in refused(cli.run(command, "Hi", option, "x"))


def test_unknown_option_suggests_the_nearest(cli, emulator):
    assert "Did you mean --stream-json?" in refused(cli.run("run", "Hi", "--stream-jsno"))
    assert "Unknown option --frobnicate" in refused(cli.run("run", "Hi", "--frobnicate"))
    assert emulator.requests() == []


@pytest.mark.parametrize("option, value, kind", [
    ("--timeout", "soon", "seconds"), ("--timeout", "0", "seconds"), ("--timeout", "-1", "seconds"), ("--timeout", "nan", "seconds"),
    ("--timeout", "1e99", "seconds"),
    ("--max-cost", "much", "dollars"), ("--max-cost", "0", "dollars"), ("--max-cost", "inf", "dollars"),
    ("--thinking", "sometimes", "auto, off"), ("--thinking", "1.5", "auto, off"), ("--thinking", "0", "auto, off"),
    ("--max-tokens", "0", "tokens"), ("--max-tokens", "many", "tokens"), ("--max-tokens", "99999999999999", "tokens"),
])
@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_bad_value_names_option_and_kind_and_sends_nothing(cli, emulator, command, option, value, kind):
    prompt = ["Hi"] if command == "run" else []
    sentence = refused(cli.run(command, *prompt, f"{option}={value}"))
    assert option in sentence and kind in sentence
    assert emulator.requests() == []


def test_a_thinking_budget_that_no_model_takes_is_a_bad_value(cli, emulator):
    done = cli.run("run", "Hi", "--thinking", "100")
    assert done.code == 2 and "1024" in done.error.replace(",", "")
    assert emulator.requests() == []


def test_json_and_stream_json_exclude_each_other(cli):
    assert "--json" in refused(cli.run("run", "Hi", "--json", "--stream-json"))


def test_an_option_without_its_value(cli):
    assert "--system" in refused(cli.run("run", "Hi", "--system"))
    assert "--timeout" in refused(cli.run("run", "Hi", "--timeout="))


def test_an_option_given_twice(cli):
    assert "--timeout" in refused(cli.run("run", "Hi", "--timeout", "3", "--timeout", "4"))


def test_a_second_prompt_says_that_words_stand_in_quotes(cli):
    assert "quotes" in refused(cli.run("run", "Hello", "world"))


@pytest.mark.parametrize("prompt", ["", " ", "\n\t"])
def test_an_empty_prompt_is_a_usage_error(cli, emulator, prompt):
    assert "empty" in refused(cli.run("run", prompt))
    assert "empty" in refused(cli.run("run", "-", stdin=prompt.encode()))
    assert emulator.requests() == []


def test_no_prompt(cli):
    assert "no prompt" in refused(cli.run("run"))


def test_local_without_its_command(bare):
    assert "pull, status, remove" in refused(bare.run("local"))


@pytest.mark.parametrize("prompt", ["chat", "models", "{}", "[1,2]", "a=b", "-", "%%", "'quoted'", '"both"', "/help", "ünïcödé 🦜"])
def test_any_text_is_a_prompt(cli, emulator, prompt):
    done = cli.run("run", prompt, stdin=prompt.encode())
    assert done.code == 0, done.error
    assert emulator.requests()[0]["json"]["messages"][0]["content"] in (prompt, [{"type": "text", "text": prompt}])


def test_a_prompt_that_begins_with_a_hyphen_follows_two_hyphens(cli, emulator):
    assert "Unknown option" in refused(cli.run("run", "--verbose is what?"))
    assert cli.run("run", "--json", "--", "--verbose is what?").code == 0
    assert "--verbose is what?" in emulator.requests()[0]["body"]


def test_common_options_stand_before_and_after_the_prompt(cli, emulator):
    for line in [["--system", "Be brief.", "--json", "Hi"], ["Hi", "--json", "--system", "Be brief."], ["--system=Be brief.", "Hi", "--json"]]:
        assert cli.run("run", *line).code == 0
    bodies = {request["body"] for request in emulator.requests()}
    assert len(bodies) == 1 and "Be brief." in bodies.pop()
