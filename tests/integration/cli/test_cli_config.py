"""cortex.toml: which file, which keys, in which order, and what is said of a wrong one."""

import pytest

from conftest import KEY


@pytest.fixture
def write(tmp_path):
    def write(text, name="cortex.toml"):
        file = tmp_path / name
        file.write_text(text)
        return file

    return write


def wrong(done):
    assert done.code == 2 and done.out == b"" and done.error.startswith("cortex: ") and done.error.count("\n") == 1, done
    return done.error


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "[providers.anthropic]\n", "[providers]\nanthropic = {}\n"])
def test_an_empty_file_and_an_empty_table_leave_it_to_the_environment(cli, emulator, write, text):
    assert cli.run("run", "Hi", "--config", write(text)).code == 0
    assert emulator.requests()[0]["headers"]["x-api-key"] == KEY


def test_everything_from_the_file(bare, emulator, write):
    file = write(f'orchestrator_model = "claude-opus-4-6"\n[providers.anthropic]\napi_key = "{KEY}"\nbase_url = "{emulator.base_url}/"\napi_version = "2023-06-01"\n')
    assert bare.run("run", "Hi", "--config", file).code == 0
    request = emulator.requests()[0]
    assert request["headers"]["x-api-key"] == KEY and request["json"]["model"].startswith("claude-opus-4-6")


def test_cortex_config_names_the_file_and_the_option_beats_it(cli, emulator, write):
    one, two = write('worker_model = "claude-haiku-4-5"\n', "one.toml"), write('worker_model = "claude-opus-4-6"\n', "two.toml")
    cli.run("run", "Hi", CORTEX_CONFIG=one)
    cli.run("run", "Hi", "--config", two, CORTEX_CONFIG=one)
    cli.run("run", "Hi", CORTEX_CONFIG="")
    models = [request["json"]["model"] for request in emulator.requests()]
    assert [model[:13] for model in models] == ["claude-haiku-", "claude-opus-4", "claude-sonnet"]


def test_the_command_line_beats_the_file_and_the_file_the_environment(cli, emulator, write):
    file = write(f'orchestrator_model = "claude-opus-4-6"\n[providers.anthropic]\nbase_url = "{emulator.base_url}"\n')
    cli.run("run", "Hi", "--config", file, "--orchestrator-model", "claude-haiku-4-5", ANTHROPIC_BASE_URL="http://127.0.0.1:1")
    assert emulator.requests()[0]["json"]["model"].startswith("claude-haiku-4-5")


@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_missing_file_is_named(cli, emulator, tmp_path, how):
    path = tmp_path / "nowhere" / "my.toml"
    done = cli.run("run", "Hi", "--config", path) if how == "option" else cli.run("run", "Hi", CORTEX_CONFIG=path)
    assert str(path) in wrong(done)
    assert emulator.requests() == []


def test_a_folder_is_no_file(cli, tmp_path):
    assert str(tmp_path) in wrong(cli.run("run", "Hi", "--config", tmp_path))


@pytest.mark.parametrize("text", ["this is not toml", '[providers.anthropic]\napi_key = "unfinished', "a = 1\na = 2\n", "[providers\n", "\x00", "x = \xff"])
def test_a_file_that_is_no_toml_is_named_with_line_and_column(cli, emulator, tmp_path, text):
    path = tmp_path / "my.toml"
    path.write_bytes(text.encode("latin-1"))
    sentence = wrong(cli.run("run", "Hi", "--config", path))
    place = sentence.split(str(path) + ":")[1].split(":")
    assert place[0].isdigit() and place[1].isdigit()
    assert emulator.requests() == []


@pytest.mark.parametrize("line", [f"api_key = {KEY}", f'api_key = "{KEY}', f"api_key = t{KEY}", f"api_key = {KEY[13:]}", f"{KEY}", f"api_key = '{KEY}' '{KEY}'"])
def test_a_broken_line_with_a_key_is_not_repeated(cli, write, line):
    wrong(cli.run("run", "Hi", "--config", write("[providers.anthropic]\n" + line + "\n")))  # the runner looks for the key in all output


@pytest.mark.parametrize("text, near", [
    ("[providers.anthropic]\napi_kye = \"x\"\n", "api_key"), ("[providers.anthropic]\naws_regoin = \"x\"\n", "aws_region"),
    ("orchestrater_model = \"x\"\n", "orchestrator_model"), ("[provider.anthropic]\n", "providers"), ("max_retrys = 1\n", "max_retries"),
    ("[providers.anthropic.api_kye]\nx = 1\n", "api_key"), ("worker_modl = [1]\n", "worker_model"), ("io_thread = 2024-01-01\n", "io_threads"),
])
@pytest.mark.parametrize("command", [["run", "Hi"], ["doctor"], ["providers"], ["models"]], ids=lambda words: words[0])
def test_an_unknown_key_suggests_the_nearest_and_names_its_place(cli, emulator, write, command, text, near):
    file = write(text)
    sentence = wrong_of(cli.run(*command, "--config", file))
    assert near in sentence and str(file) + ":" in sentence
    assert emulator.requests() == []


def wrong_of(done):
    assert done.code == 2
    return done.error


@pytest.mark.parametrize("text, field", [
    ("worker_model = 5\n", "worker_model"), ("max_retries = \"two\"\n", "max_retries"), ("max_retries = 99\n", "max_retries"), ("max_retries = [1]\n", "max_retries"),
    ("providers = 3\n", "providers"), ("[providers]\nanthropic = 3\n", "providers.anthropic"), ("[providers.anthropic]\nbedrock = \"yes\"\n", "providers.anthropic.bedrock"),
    ("[providers.anthropic]\napi_key = 12345678\n", "providers.anthropic.api_key"), ("[providers.anthropic.base_url]\nx = 1\n", "providers.anthropic.base_url"),
    ("[[providers]]\n", "providers"), ("worker_model = 2024-01-01\n", "worker_model"),
])
def test_a_value_of_the_wrong_kind_names_its_field(cli, emulator, write, text, field):
    sentence = wrong(cli.run("run", "Hi", "--config", write(text)))
    assert field in sentence and "expected" in sentence
    assert emulator.requests() == []


def test_a_key_of_a_later_version_says_so(cli, write):
    assert "not available" in wrong(cli.run("run", "Hi", "--config", write('tenant_id = "a"\n')))
    assert "not available" in wrong(cli.run("run", "Hi", "--config", write('weight_persistence_path = "x"\n')))


def test_the_first_provider_in_the_file_is_the_default(bare, emulator, write):
    tables = {name: f'[providers.{name}]\nbase_url = "{emulator.openai_base_url}"\ndefault_model = "model-{name}"\n' for name in ("zeta", "alpha", "middle")}
    for order in [("zeta", "alpha", "middle"), ("middle", "zeta", "alpha"), ("alpha", "middle", "zeta")]:
        file = write("".join(tables[name] for name in order))
        assert [line.split()[0] for line in bare.run("providers", "--config", file).text.splitlines()] == list(order)
        assert bare.run("run", "--json", "Hi", "--config", file).json["metadata"]["provider"] == order[0]
    inline = write("[providers]\n" + "".join(f'{name} = {{ base_url = "{emulator.openai_base_url}", default_model = "m" }}\n' for name in ("two", "one")))
    assert [line.split()[0] for line in bare.run("providers", "--config", inline).text.splitlines()] == ["two", "one"]


def test_another_name_is_a_server_and_needs_an_address_and_a_model(bare, emulator, write):
    assert "base_url" in wrong(bare.run("run", "Hi", "--config", write('[providers.mine]\ndefault_model = "m"\n')))
    assert "default_model" in wrong(bare.run("run", "Hi", "--config", write(f'[providers.mine]\nbase_url = "{emulator.openai_base_url}"\n')))
    assert bare.run("run", "Hi", "--config", write(f'[providers.mine]\nbase_url = "{emulator.openai_base_url}"\ndefault_model = "m"\n')).code == 0
    assert [request["target"] for request in emulator.requests()] == ["/v1/chat/completions"]


def test_two_clouds_at_once(cli, write):
    sentence = wrong(cli.run("run", "Hi", "--config", write("[providers.anthropic]\nbedrock = true\nvertex_ai = true\n")))
    assert "bedrock" in sentence and "vertex_ai" in sentence


def test_aliases_of_keys(cli, write):
    vertex = cli.run("run", "Hi", "--dry-run", "--config", write('[providers.anthropic]\nvertex_ai_anthropic = true\ngcp_project = "p"\ngcp_location = "l"\n'))
    assert vertex.code == 0 and "https://l-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/" in vertex.text
    bedrock = cli.run("run", "Hi", "--dry-run", "--config", write('[providers.anthropic]\nbedrock = true\nbedrock_region = "eu-west-1"\nmodel_name = "claude-sonnet-4-6"\n'))
    assert bedrock.code == 0 and "https://bedrock-runtime.eu-west-1.amazonaws.com/model/eu.anthropic.claude-sonnet-4-6/invoke" in bedrock.text
