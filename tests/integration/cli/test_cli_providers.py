"""The same commands over every way to a model; who stands in for whom; limits. Only the configuration file differs."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from vendors import WAYS, google_login, turns  # noqa: E402

KEYED = [name for name, way in WAYS.items() if way.wrong]
TWO = """
orchestrator_model = "claude-opus-4-6"
max_retries = 0
{more}
[providers.anthropic]
api_key = "sk-ant-api03-good-0001"
base_url = "{first}"
[providers.vllm]
base_url = "{second}/v1"
default_model = "second-model"
"""


@pytest.fixture
def machine(bare, emulator, tmp_path):
    """Runs a command with the configuration of one way."""

    class Machine:
        def run(self, way, *args, base=emulator.base_url, **changes):
            env = google_login(emulator, tmp_path) if way == "gemini-vertex" else {}
            file = tmp_path / "cortex.toml"
            file.write_text(WAYS[way].toml(base, **changes))
            return bare.run(*args, "--config", file, **env)

    return Machine()


@pytest.fixture
def two(bare, emulator, server, tmp_path):
    """Runs a command with Claude first and a server of one's own second."""
    second = server()

    class Two:
        first, other = emulator, second

        def run(self, *args, more="", first=None):
            file = tmp_path / "cortex.toml"
            file.write_text(TWO.format(first=first or emulator.base_url, second=second.base_url, more=more))
            return bare.run(*args, "--config", file)

    return Two()


# --- One suite over every way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_run_answers_and_tells_who_did(machine, emulator, way):
    done = machine.run(way, "run", "--json", "Hello")
    assert done.code == 0, done.error
    metadata = done.json["metadata"]
    assert "Hello" in done.json["content"]
    assert metadata["provider"] == WAYS[way].name and metadata["model_used"].startswith(WAYS[way].worker) and metadata["finish_reason"] == "stop"
    assert metadata["tokens_used"] > 0 and (metadata["cost_usd"] is None) == (way == "server")
    (request,) = turns(emulator)
    assert WAYS[way].path in request["target"]


@pytest.mark.parametrize("way", WAYS)
def test_stream_json_has_the_same_lines(machine, way):
    lines = machine.run(way, "run", "--stream-json", "ANSWER_WORDS: 60").lines
    kinds = [line["chunk_type"] for line in lines]
    assert set(kinds) <= {"thinking", "content"} and kinds == sorted(kinds, reverse=True)
    assert len("".join(line["content"] for line in lines).split()) >= 60
    assert lines[-1]["is_final"] and lines[-1]["finish_reason"] == "stop" and lines[-1]["metadata"]["provider"] == WAYS[way].name
    assert ["metadata" in line for line in lines] == [False] * (len(lines) - 1) + [True]


@pytest.mark.parametrize("way", WAYS)
def test_tools_run(machine, way):
    done = machine.run(way, "run", "--json", "--tool", "calculator", 'CALL_CALCULATOR: {"expression": "6*7"}\nTHEN\nSAY: Forty-two.')
    assert done.code == 0, done.error
    assert done.json["content"].endswith("Forty-two.") and done.json["metadata"]["tools_called"] == ["calculator"]


@pytest.mark.parametrize("way", KEYED)
def test_a_wrong_key_ends_with_3_after_exactly_one_request(machine, emulator, way):
    done = machine.run(way, "run", "Hello", **WAYS[way].wrong)
    assert (done.code, done.out) == (3, b"")
    assert WAYS[way].name in done.error and "wrong-0001" not in done.error
    assert len(turns(emulator)) == 1


@pytest.mark.parametrize("way", KEYED)
def test_a_refusal_ends_with_6(machine, emulator, way):
    emulator.script({"text": "No.", "stop_reason": "refusal"})
    done = machine.run(way, "run", "Hello")
    assert (done.code, done.out) == (6, b"")


@pytest.mark.parametrize("way", WAYS)
def test_dry_run_shows_the_request_and_sends_nothing(machine, emulator, way):
    done = machine.run(way, "run", "--dry-run", "--json", "Hello")
    assert done.code == 0, done.error
    shown = done.json
    assert shown["provider"] == WAYS[way].name and shown["url"].startswith(emulator.base_url) and WAYS[way].path in shown["url"]
    assert "Hello" in json.dumps(shown["body"]) and "good-0001" not in done.text
    assert any(decision.startswith("credential: ") for decision in shown["decisions"])
    assert emulator.requests() == []
    assert machine.run(way, "run", "--json", "Hello").code == 0
    (sent,) = turns(emulator)
    for body in (sent["json"], shown["body"]):
        body.pop("prompt_cache_key", None)  # the session's name
    assert sent["json"] == shown["body"] and shown["url"] == emulator.base_url + sent["target"]


@pytest.mark.parametrize("way", WAYS)
def test_providers_and_doctor_ask_nobody(machine, emulator, way):
    listed, told = machine.run(way, "providers"), machine.run(way, "doctor")
    (line,) = listed.text.splitlines()
    assert listed.code == 0 and line.startswith(WAYS[way].name + " ") and "present" in line and emulator.base_url in line and "health" not in line
    assert told.code == 0, told.text + told.error
    assert f"through {WAYS[way].name}" in told.text
    assert emulator.requests() == []


@pytest.mark.parametrize("way", WAYS)
def test_probe_makes_one_cheap_request(machine, emulator, server, way):
    if way == "server":  # it lists its models to everybody
        emulator = server("--local")
    done = machine.run(way, "doctor", "--probe", base=emulator.base_url)
    assert done.code == 0 and "verified" in done.text, done.text + done.error
    assert turns(emulator) == [] and len([request for request in emulator.requests() if request["target"] != "/token"]) == 1


@pytest.mark.parametrize("way", KEYED)
def test_probe_of_a_wrong_key_ends_with_3(machine, way):
    done = machine.run(way, "doctor", "--probe", **WAYS[way].wrong)
    assert done.code == 3 and "rejected" in done.text, done.text + done.error


@pytest.mark.parametrize("way, changes, word", [
    ("azure-v1", {"base_url": ""}, "azure_endpoint"), ("azure-deployment", {"base_url": "{base}"}, "azure_endpoint"),
    ("gemini-vertex", {"project": ""}, "GEMINI_API_KEY"), ("openai-chat", {"api_key": ""}, "OPENAI_API_KEY"), ("gemini", {"api_key": ""}, "GEMINI_API_KEY"),
    ("azure-v1", {"api_key": ""}, "AZURE_OPENAI_API_KEY"),
])
def test_what_is_missing_is_named_before_any_request(machine, emulator, way, changes, word):
    done = machine.run(way, "run", "Hello", **changes)
    assert done.code in (2, 3) and done.out == b"" and word in done.error
    assert emulator.requests() == []


def test_the_environment_alone_is_enough(bare, emulator):
    for variables, name in (({"OPENAI_API_KEY": "sk-proj-good-0001", "OPENAI_BASE_URL": f"{emulator.base_url}/v1"}, "openai"),
                            ({"GEMINI_API_KEY": "AIza-good-0001", "GOOGLE_GEMINI_BASE_URL": emulator.base_url}, "gemini")):
        done = bare.run("run", "--json", "Hello", **variables)
        assert done.code == 0 and done.json["metadata"]["provider"] == name, done.error
        assert next(iter(variables)) in bare.run("providers", **variables).text


# --- Who stands in for whom -------------------------------------------------------------------------------------------------------


def test_the_next_provider_answers_and_the_metadata_tell(two):
    two.first.script({"error": {"status": 503}, "times": "always"})
    done = two.run("run", "--json", "Hello")
    assert done.code == 0 and done.json["content"] == "You said: Hello"
    metadata = done.json["metadata"]
    assert metadata["model_used"] == "second-model"
    assert [(attempt["provider"], attempt["outcome"]) for attempt in metadata["attempts"]] == [("anthropic", "unavailable"), ("vllm", "ok")]
    spent = two.run("costs", "--by", "provider", "--json").json
    assert [line["provider"] for line in spent["lines"]] == ["anthropic", "vllm"]


def test_a_refused_connection_is_stood_in_for(two):
    assert two.run("run", "Hello", first="http://127.0.0.1:1").text == "You said: Hello\n"


@pytest.mark.parametrize("status, code", [(400, 1), (401, 3), (402, 1)])
def test_what_only_the_user_can_cure_ends_the_run(two, status, code):
    two.first.script({"error": {"status": status}, "times": "always"})
    done = two.run("run", "Hello")
    assert (done.code, done.out) == (code, b"") and len(two.first.requests()) == 1 and two.other.requests() == []


def test_all_down_is_one_error_that_names_each(two):
    two.first.script({"error": {"status": 503}, "times": "always"})
    two.other.script({"error": {"status": 500}, "times": "always"})
    done = two.run("run", "Hello")
    assert (done.code, done.out) == (4, b"") and done.error.count("\n") == 1
    assert all(word in done.error for word in ("anthropic", "vllm", "second-model"))


def test_dry_run_names_the_chain_in_order(two):
    def chain(more=""):
        return [line for line in two.run("run", "--dry-run", "--json", "Hello", more=more).json["decisions"] if line.startswith("failover")]

    (decision,) = chain()
    assert "second-model of vllm" in decision and "anthropic" in decision
    (decision,) = chain('fallback_models = ["claude-haiku-4-5", "second-model"]')
    assert decision.index("claude-haiku-4-5") < decision.index("second-model")
    assert chain("failover = false") == []
    assert "decision: failover" in two.run("run", "--dry-run", "Hello").text
    assert two.first.requests() == two.other.requests() == []


@pytest.mark.parametrize("chain", ['["claude-haiku-4-5", "claude-haiku-4-5"]', '["claude-opus-4-6"]', '[3]', '"claude-haiku-4-5"'])
def test_a_chain_that_leads_nowhere_is_a_usage_error(two, chain):
    done = two.run("run", "Hello", more=f"fallback_models = {chain}")
    assert (done.code, done.out) == (2, b"") and "fallback_models" in done.error
    assert two.first.requests() == two.other.requests() == []


def test_a_chain_with_a_model_that_nobody_serves_is_a_usage_error(bare, emulator, tmp_path):
    file = tmp_path / "cortex.toml"
    file.write_text('fallback_models = ["gpt-5.4"]\n[providers.anthropic]\napi_key = "sk-ant-api03-good-0001"\n')
    done = bare.run("run", "Hello", "--config", file)
    assert done.code == 2 and "gpt-5.4" in done.error and "anthropic" in done.error


# --- Limits -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["call_usd = 0.000000001", "run_tokens = 1", "session_usd = 0.000000001", "user_tokens = 1", "engine_usd = 0.000000001"])
def test_a_limit_that_a_turn_cannot_keep_ends_with_5_before_a_request(two, limit):
    done = two.run("run", "Hello", more=f"[budgets]\n{limit}")
    assert (done.code, done.out) == (5, b"") and two.first.requests() == two.other.requests() == []


def test_a_chat_goes_on_until_the_session_has_spent_its_tokens(bare, emulator, tmp_path):
    file = tmp_path / "cortex.toml"
    file.write_text('orchestrator_model = "claude-haiku-4-5"\n[providers.anthropic]\napi_key = "sk-ant-api03-good-0001"\n'
                    f'base_url = "{emulator.base_url}"\n[budgets]\nsession_tokens = 300\n')
    done = bare.run("chat", "--max-tokens", "60", "--config", file, stdin=b"Hello\n" * 20)
    assert done.code == 0
    answered = done.text.count("You said: Hello")
    assert 0 < answered < 20 and answered == len(emulator.requests())
    assert "budget" in done.error and b"80 %" in done.everything


def test_a_price_that_is_unknown_refuses_a_limit_on_money(bare, emulator, tmp_path):
    file = tmp_path / "cortex.toml"
    file.write_text(f'[providers.vllm]\nbase_url = "{emulator.base_url}/v1"\ndefault_model = "my-model"\n[budgets]\nengine_usd = 100.0\n')
    done = bare.run("run", "Hello", "--config", file)
    assert done.code == 5 and "price" in done.error and emulator.requests() == []


def test_a_wrong_limit_is_a_usage_error_with_the_nearest_word(two):
    done = two.run("run", "Hello", more="[budgets]\nsesion_usd = 1.0")
    assert (done.code, done.out) == (2, b"") and "session_usd" in done.error
