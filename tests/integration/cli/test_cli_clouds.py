"""`cortex` with Claude on Amazon Bedrock and Google Vertex AI: answers, the credential chain as the doctor tells it, and mistakes."""

import json
import socket

import pytest

from aws_files import ROLE, AwsHome

BEDROCK = 'orchestrator_model = "claude-sonnet-4-5"\n[providers.anthropic]\nbedrock = true\n'
VERTEX = 'orchestrator_model = "claude-sonnet-4-5"\n[providers.anthropic]\nvertex_ai = true\nproject = "emulator-project"\n'
SECRETS = [b"wJalrXUt", b"K7MDENG+", b"BEGIN PRIVATE"]


@pytest.fixture
def write(tmp_path):
    def put(text, name="cortex.toml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return put


@pytest.fixture
def aws(emulator, tmp_path):
    return AwsHome(emulator.base_url, tmp_path)


@pytest.fixture
def google(emulator, tmp_path):
    """A folder with a ready credential file of every kind."""
    for name, content in emulator._control("GET", f"google/files?folder={tmp_path}").items():
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return tmp_path


@pytest.fixture
def vertex_env(emulator, tmp_path):
    return {"ANTHROPIC_VERTEX_BASE_URL": emulator.base_url + "/v1", "CLOUDSDK_CONFIG": str(tmp_path / "none"), "NO_GCE_CHECK": "true"}


def quiet(result):
    for secret in SECRETS:
        assert secret not in result.out and secret not in result.everything
    return result


def chain(result):
    """The doctor's lines on the sources, by their name."""
    lines = [line.strip() for line in result.text.splitlines() if line.startswith("    ") and ": " in line]
    return dict(line.split(": ", 1) for line in lines)


# --- Answers ----------------------------------------------------------------------------------------------------------------------


def test_the_same_prompt_is_answered_on_both_clouds(cli, emulator, aws, google, vertex_env, write):
    ways = [(BEDROCK, aws.environment(keys=True)), (VERTEX, {**vertex_env, "GOOGLE_APPLICATION_CREDENTIALS": google / "service_account.json"})]
    for number, (config, env) in enumerate(ways):
        path = write(config, f"{number}.toml")
        assert quiet(cli.run("run", "Hello there", "--config", path, **env)).text == "You said: Hello there\n"
        assert cli.run("run", "Hello there", "--json", "--config", path, **env).json["content"] == "You said: Hello there"
        lines = cli.run("run", "Hello there", "--stream-json", "--config", path, **env).lines
        assert "".join(line["content"] for line in lines if line["chunk_type"] == "content") == "You said: Hello there"
        assert lines[-1]["is_final"] and lines[-1]["finish_reason"] == "stop"


def test_a_chat_asks_for_credentials_once_and_uses_one_connection(cli, emulator, aws, write):
    env = aws.environment(AWS_CONTAINER_CREDENTIALS_FULL_URI=emulator.base_url + "/credentials/task")
    assert cli.run("chat", "--config", write(BEDROCK), stdin=b"one\ntwo\nthree\n", **env).code == 0
    asked = emulator.requests()
    assert sum(request["target"].startswith("/credentials/") for request in asked) == 1
    models = [request for request in asked if request["target"].startswith("/model/")]
    assert len(models) == 3 and len({request["connection"] for request in models}) == 1


def test_a_dry_run_shows_the_address_and_neither_asks_nor_signs_for_real(cli, emulator, aws, write):
    result = quiet(cli.run("run", "Hello", "--dry-run", "--config", write(BEDROCK), **aws.environment(keys=True)))
    assert result.code == 0 and "/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke" in result.text and "<redacted>" in result.text
    assert emulator.requests() == []


# --- The doctor -------------------------------------------------------------------------------------------------------------------


def test_the_doctor_tells_why_each_source_was_passed_over(cli, emulator, aws, write):
    path = write(BEDROCK)
    result = quiet(cli.run("doctor", "--config", path, **aws.environment(keys=True)))
    assert result.code == 0 and "AWS_ACCESS_KEY_ID" in result.text and emulator.requests() == []
    told = chain(result)
    assert "not set" in told["bearer key"] and "taken" in told["environment"] and "not asked" in told["profile"]

    aws.config(aws.static_profile("base") + f"[profile reader]\nrole_arn = {ROLE}\nsource_profile = base\n")
    result = quiet(cli.run("doctor", "--probe", "--config", path, **aws.environment(AWS_PROFILE="reader")))
    assert result.code == 0 and "verified" in result.text and ROLE in result.text and "the credential ends at" in result.text
    assert "AWS_ACCESS_KEY_ID is not set" in chain(result)["environment"]


def test_the_doctor_tells_googles_chain_too(cli, emulator, google, vertex_env, write):
    path = write(VERTEX)
    result = quiet(cli.run("doctor", "--probe", "--config", path, **vertex_env, GOOGLE_APPLICATION_CREDENTIALS=google / "service_account.json"))
    assert result.code == 0 and "verified" in result.text and "the credential ends at" in result.text
    assert "taken" in chain(result)["environment variable GOOGLE_APPLICATION_CREDENTIALS"]
    nothing = quiet(cli.run("doctor", "--config", path, **vertex_env))
    assert nothing.code == 3 and "not set" in chain(nothing)["environment variable GOOGLE_APPLICATION_CREDENTIALS"]


def test_a_refused_credential_ends_the_probe_with_3(cli, emulator, aws, google, vertex_env, write):
    wrong = {**aws.environment(keys=True), "AWS_SECRET_ACCESS_KEY": "not-the-secret-at-all"}
    refused = quiet(cli.run("doctor", "--probe", "--config", write(BEDROCK), **wrong))
    assert refused.code == 3 and "rejected" in refused.text and b"not-the-" not in refused.out + refused.everything
    refused = quiet(cli.run("doctor", "--probe", "--config", write(VERTEX, "v.toml"), **vertex_env, GOOGLE_APPLICATION_CREDENTIALS=google / "service_account_wrong_key.json"))
    assert refused.code == 3


def test_providers_names_the_source_without_any_request(cli, emulator, aws, write):
    result = cli.run("providers", "--config", write(BEDROCK), **aws.environment(keys=True))
    assert result.code == 0 and "AWS_ACCESS_KEY_ID" in result.text and emulator.requests() == []


# --- Mistakes ---------------------------------------------------------------------------------------------------------------------


def ended(cli, path, code, env, *words):
    result = quiet(cli.run("run", "Hello", "--config", path, **env))
    assert result.code == code, result.error
    assert result.out == b""
    for word in words:
        assert word in result.error, result.error
    return result


def test_malformed_files_are_told_with_their_line(cli, aws, write, google, vertex_env):
    aws.config("[default]\nregion = us-east-1\n[oops\n")
    ended(cli, write(BEDROCK), 3, aws.environment(), "config", "3")
    broken = write('{\n  "type": "service_account",\n', "broken.json")
    ended(cli, write(VERTEX, "v.toml"), 3, {**vertex_env, "GOOGLE_APPLICATION_CREDENTIALS": broken}, "broken.json", "line")


def test_half_of_a_key_pair_is_told(cli, aws, write):
    ended(cli, write(BEDROCK), 3, aws.environment(AWS_ACCESS_KEY_ID="AKIDEXAMPLE"), "AWS_SECRET_ACCESS_KEY")


def test_a_profile_that_is_nowhere_is_named(cli, aws, write):
    ended(cli, write(BEDROCK), 3, aws.environment(AWS_PROFILE="nobody"), "nobody")


def test_an_sso_login_that_ran_out_names_the_command(cli, aws, write):
    aws.config("[profile corp]\nsso_session = none\nsso_account_id = 123456789012\nsso_role_name = reader\n"
               "[sso-session none]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n")
    ended(cli, write(BEDROCK), 3, aws.environment(AWS_PROFILE="corp"), "aws sso login --profile corp")


@pytest.mark.parametrize("command, words", [
    ("echo no-json-at-all", ["credential_process"]),
    ("sh -c 'echo reason-of-failure >&2; exit 3'", ["credential_process", "reason-of-failure"]),
    ("/nonexistent/program", ["/nonexistent/program"]),
    ("head -c 100000000 /dev/zero", ["credential_process"]),
    ("echo '{\"Version\": 2}'", ["Version"]),
])
def test_a_credential_process_that_fails_is_told(cli, aws, write, command, words):
    aws.config(f"[profile tool]\ncredential_process = {command}\n")
    ended(cli, write(BEDROCK), 3, aws.environment(AWS_PROFILE="tool"), *words)


def test_a_container_address_that_is_not_allowed_is_never_asked(cli, aws, write):
    ended(cli, write(BEDROCK), 3, aws.environment(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://192.0.2.1/credentials"), "AWS_CONTAINER_CREDENTIALS_FULL_URI")


def test_metadata_servers_that_hang_do_not_hang_the_program(cli, emulator, aws, write, vertex_env):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        ended(cli, write(BEDROCK), 3, {**aws.environment(), "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://{address}"})
        ended(cli, write(VERTEX, "v.toml"), 3, {**vertex_env, "NO_GCE_CHECK": None, "GCE_METADATA_HOST": address, "GCE_METADATA_IP": address})


def test_a_refused_role_and_a_stale_identity_are_asked_for_once(cli, emulator, aws, write, tmp_path):
    (tmp_path / "token").write_text(aws.identity_token(expires_in_seconds=-60))
    env = aws.environment(AWS_WEB_IDENTITY_TOKEN_FILE=tmp_path / "token", AWS_ROLE_ARN=ROLE)
    ended(cli, write(BEDROCK), 3, env, str(tmp_path / "token"), ROLE, "expired")
    assert len(emulator.requests()) == 1


def test_a_clock_that_is_wrong_is_corrected_and_said(cli, emulator, aws, write):
    aws.control({"clock_offset_seconds": 1200})
    result = cli.run("run", "Hello", "--config", write(BEDROCK), **aws.environment(keys=True))
    assert result.code == 0 and result.text == "You said: Hello\n"
    assert b"clock is 20 minutes behind" in result.everything


def test_region_and_arn_that_disagree_are_told_before_any_request(cli, emulator, aws, write):
    arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6"
    ended(cli, write(BEDROCK.replace("claude-sonnet-4-5", arn)), 2, aws.environment(keys=True), "eu-west-1")
    assert emulator.requests() == []


def test_a_project_that_is_missing_is_a_usage_error(cli, write, vertex_env):
    ended(cli, write("[providers.anthropic]\nvertex_ai = true\n"), 2, vertex_env, "project")
