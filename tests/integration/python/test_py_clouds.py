"""Claude through Amazon Bedrock and Google Vertex AI: the page's programs as printed there, and one suite over the three ways."""

import asyncio
import datetime
import json
import sys
import pathlib

import pytest

import cortex

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

from aws_files import AwsHome, ROLE  # noqa: E402
from test_py_page import answer_of, run_snippet  # noqa: E402

KEY = "sk-ant-api03-Zq7vKx2mWp9RtY4nLc8BdF1hGs6JuE3a"


def google_files(emulator, folder):
    """Writes a ready credential file of every kind and returns the folder."""
    files = emulator._control("GET", f"google/files?folder={folder}")
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


@pytest.fixture
def aws(emulator, monkeypatch, tmp_path):
    """A home with `.aws`, and variables that lead every service of AWS to the emulator."""
    home = AwsHome(emulator.base_url, tmp_path)
    for name, value in home.environment().items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture
def google(emulator, monkeypatch, tmp_path):
    """A home whose gcloud user is logged in at the emulator."""
    folder = google_files(emulator, tmp_path)
    monkeypatch.setenv("ANTHROPIC_VERTEX_BASE_URL", emulator.base_url + "/v1")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(folder / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    (folder / "gcloud").mkdir()
    (folder / "gcloud" / "application_default_credentials.json").write_text((folder / "authorized_user.json").read_text())
    return folder


def with_keys(aws, monkeypatch):
    pair = aws.facts["access_key"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", pair["id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", pair["secret"])


WAYS = {
    "direct": {"api_key": KEY},
    "bedrock": {"bedrock": True},
    "vertex": {"vertex_ai": True, "project": "emulator-project"},
}


@pytest.fixture(params=list(WAYS))
def provider(request, emulator, aws, google, monkeypatch):
    """The settings of one way; what differs between the ways is this dict and the machine's own credentials."""
    with_keys(aws, monkeypatch)
    return WAYS[request.param]


@pytest.fixture
def claude(provider):
    return cortex.Engine(providers={"anthropic": provider}, orchestrator_model="claude-sonnet-4-5", worker_model="claude-haiku-4-5", max_retries=0)


# --- One suite over the three ways ----------------------------------------------------------------------------------------------


def test_a_turn_and_a_stream_give_the_same_text(claude):
    agent = claude.create_agent(name="a", system_prompt="Be brief.")
    whole = agent.start_session().run_sync("ANSWER_WORDS: 40")
    chunks = list(agent.start_session().run_stream_sync("ANSWER_WORDS: 40"))
    assert "".join(chunk.content for chunk in chunks) == whole.content
    assert [chunk.is_final for chunk in chunks].count(True) == 1 and chunks[-1].finish_reason == "stop"
    assert whole.metadata.finish_reason == "stop" and whole.metadata.tokens_used > 0 and whole.metadata.cost_usd > 0


def test_roles_thinking_and_tools_work(claude):
    @cortex.tool(name="weather", description="Tells the weather of a city.")
    def weather(city: str) -> str:
        return f"18 degrees in {city}"

    session = claude.create_agent(name="a", tools=[weather]).start_session()
    assert session.run_sync("Hello").metadata.model_used.startswith("claude-haiku-4-5")
    response = session.run_sync("Prove that there are infinitely many primes, step by step.")
    assert response.metadata.thinking.enabled and response.metadata.model_used.startswith("claude-sonnet-4-5")
    assert session.run_sync("CALL_WEATHER: {\"city\": \"Paris\"}").metadata.tools_called == ["weather"]


def test_twenty_sessions_at_once(claude):
    agent = claude.create_agent(name="a")

    async def main():
        return await asyncio.gather(*(agent.start_session().run(f"number {i}") for i in range(20)))

    assert [response.content for response in asyncio.run(main())] == [f"You said: number {i}" for i in range(20)]


def test_the_provider_list_tells_the_way_and_no_secret(claude, emulator, provider):
    before = len(emulator.requests())
    (status,) = claude.providers
    assert len(emulator.requests()) == before
    expected = {"api_key": "api_key", "bedrock": "aws_iam", "vertex_ai": "google_adc"}[next(iter(provider))]
    assert status.auth_mode == expected and status.status == "present" and status.credential_source
    (verified,) = asyncio.run(claude.verify())
    assert verified.status == "verified", verified.detail
    for text in (repr(status), repr(verified), repr(claude)):
        assert KEY[:16] not in text and "wJalrXUt" not in text


# --- The page's programs ----------------------------------------------------------------------------------------------------------


def test_the_pages_bedrock_program_sends_its_id_as_written_and_the_404_names_the_real_one(aws, emulator, monkeypatch):
    with_keys(aws, monkeypatch)
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    aws.control({"region": None})
    engine = run_snippet("bedrock.py")["engine"]
    with pytest.raises(cortex.ModelNotFoundError) as raised:
        answer_of(engine)
    assert "20250929" in str(raised.value)
    (request,) = emulator.requests()
    assert request["target"] == "/model/anthropic.claude-sonnet-4-5-20250514-v1:0/invoke"
    assert "/us-west-2/bedrock/aws4_request" in request["headers"]["authorization"]
    assert request["json"]["anthropic_version"] == "bedrock-2023-05-31"


def test_the_pages_vertex_program_sends_its_id_as_written_and_the_404_names_the_real_one(google, emulator):
    engine = run_snippet("vertex_ai.py")["engine"]
    with pytest.raises(cortex.ModelNotFoundError) as raised:
        answer_of(engine)
    assert "claude-sonnet-4-5@20250929" in str(raised.value)
    asked = [request for request in emulator.requests() if "/publishers/" in request["target"]]
    assert [request["target"] for request in asked] == [
        "/v1/projects/your-project-id/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250514:rawPredict"]
    assert asked[0]["json"]["anthropic_version"] == "vertex-2023-10-16"


def test_from_a_key_to_bedrock_and_vertex_by_the_provider_config_alone(aws, google, emulator, monkeypatch):
    with_keys(aws, monkeypatch)

    def program(settings):
        engine = cortex.Engine(providers={"anthropic": settings}, orchestrator_model="claude-sonnet-4-5", worker_model="claude-haiku-4-5")
        session = engine.create_agent(name="analyst", system_prompt="You are a thorough business analyst.").start_session(user_id="user_123")
        return session.run_sync("Analyze the pros and cons of microservices architecture.")

    answers = [program(settings) for settings in WAYS.values()]
    assert len({response.content for response in answers}) == 1
    assert {response.metadata.thinking.enabled for response in answers} == {True}


# --- Credentials ------------------------------------------------------------------------------------------------------------------


def bedrock_answer(**settings):
    engine = cortex.Engine(providers={"anthropic": {"bedrock": True, **settings}}, orchestrator_model="claude-sonnet-4-5", max_retries=0)
    assert answer_of(engine).content == "You said: hello"
    return engine


def test_a_profile_with_a_role_is_followed_and_its_end_is_known(aws, monkeypatch):
    aws.config(aws.static_profile("base") + f"[profile reader]\nrole_arn = {ROLE}\nsource_profile = base\n")
    monkeypatch.setenv("AWS_PROFILE", "reader")
    (status,) = bedrock_answer().providers
    assert ROLE in status.credential_source and "reader" in status.credential_source
    assert status.expires_at > datetime.datetime.now(datetime.timezone.utc)


def test_a_web_identity_token_of_ci_is_exchanged(aws, monkeypatch, tmp_path):
    (tmp_path / "token").write_text(aws.identity_token())
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in bedrock_answer().providers[0].credential_source


def test_a_container_and_an_instance_give_their_keys(aws, emulator, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", emulator.base_url + "/credentials/task")
    assert "container" in bedrock_answer().providers[0].credential_source
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    assert "instance metadata" in bedrock_answer().providers[0].credential_source


@pytest.mark.parametrize("name", ["authorized_user", "service_account", "external_account_file", "external_account_url", "external_account_impersonating",
                                  "external_account_authorized_user", "impersonated_service_account"])
def test_every_kind_of_google_file_works(google, monkeypatch, name):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google / f"{name}.json"))
    engine = cortex.Engine(providers={"anthropic": WAYS["vertex"]}, orchestrator_model="claude-sonnet-4-5")
    assert answer_of(engine).content == "You said: hello"
    assert engine.providers[0].expires_at is not None


def test_a_metadata_server_gives_its_token(google, emulator, monkeypatch):
    monkeypatch.setenv("CLOUDSDK_CONFIG", "/nonexistent")
    monkeypatch.delenv("NO_GCE_CHECK")
    monkeypatch.setenv("GCE_METADATA_HOST", emulator.base_url.removeprefix("http://"))
    engine = cortex.Engine(providers={"anthropic": WAYS["vertex"]}, orchestrator_model="claude-sonnet-4-5")
    assert answer_of(engine).content == "You said: hello"
    assert "metadata server" in engine.providers[0].credential_source


def test_a_callable_gives_a_bearer_token(emulator, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", emulator.base_url)
    asked = []

    async def token():
        asked.append(1)
        return KEY

    engine = cortex.Engine(providers={"anthropic": {"bedrock": True, "api_key": token}}, orchestrator_model="claude-sonnet-4-5")
    assert answer_of(engine).content == "You said: hello"
    assert emulator.requests()[0]["headers"]["authorization"] == f"Bearer {KEY}" and asked == [1]


# --- Mistakes ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings, words", [
    ({"bedrock": True, "vertex_ai": True}, ["bedrock", "vertex_ai"]),
    ({"vertex_ai": True}, ["project", "GOOGLE_CLOUD_PROJECT"]),
    ({"bedrock": True, "aws_region": "us east"}, ["region"]),
    ({"bedrock": True, "aws_regoin": "us-east-1"}, ["aws_region"]),
    ({"bedrock": True, "aws_auth": "magic"}, ["aws_auth"]),
])
def test_what_contradicts_itself_is_told_at_construction(emulator, settings, words):
    with pytest.raises(cortex.ConfigError) as raised:
        cortex.Engine(providers={"anthropic": settings})
    assert all(word in str(raised.value) for word in words)
    assert emulator.requests() == []


def test_missing_and_refused_cloud_credentials_raise_on_the_first_run(aws, google, emulator, monkeypatch):
    engine = cortex.Engine(providers={"anthropic": {"bedrock": True}}, orchestrator_model="claude-sonnet-4-5")
    session = engine.create_agent(name="a").start_session()
    with pytest.raises(cortex.ProviderAuthError, match="AWS_ACCESS_KEY_ID"):
        session.run_sync("hi")
    assert emulator.requests() == []
    with_keys(aws, monkeypatch)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret-at-all")
    with pytest.raises(cortex.ProviderAuthError) as raised:
        answer_of(cortex.Engine(providers={"anthropic": {"bedrock": True}}, orchestrator_model="claude-sonnet-4-5"))
    assert raised.value.provider == "anthropic" and raised.value.http_status == 403 and "not-the-" not in str(raised.value)
    assert len(emulator.requests()) == 1
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/key.json")
    with pytest.raises(cortex.ProviderAuthError, match="/nonexistent/key.json"):
        answer_of(cortex.Engine(providers={"anthropic": WAYS["vertex"]}, orchestrator_model="claude-sonnet-4-5"))
