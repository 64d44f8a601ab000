"""botocore's own credential chain against the emulator's services, and boto3's STS: whatever finds keys, the keys must work."""

import base64
import email.utils
import http.client
import json
import urllib.error
import urllib.parse

import pytest

from aws_files import REGION, ROLE, AwsHome

boto3 = pytest.importorskip("boto3", reason="AWS's SDK is not installed: pip install -r tests/requirements.txt")

import botocore.credentials  # noqa: E402
import botocore.tokens  # noqa: E402
from botocore import UNSIGNED  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError, CredentialRetrievalError, MetadataRetrievalError, UnauthorizedSSOTokenError  # noqa: E402

MODEL = "global.anthropic.claude-opus-5-5"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def home(emulator, tmp_path, monkeypatch):
    home = AwsHome(emulator.base_url, tmp_path)
    home.enter(monkeypatch)
    # botocore expands `~` of these when it is imported, so another HOME comes too late for them.
    for provider in (botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(tmp_path / ".aws" / "sso" / "cache"))
    return home


def ask(session=None):
    """One call of the model with whatever credentials the session finds."""
    client = (session or boto3.Session()).client("bedrock-runtime", config=ONCE)
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]})
    message = json.loads(client.invoke_model(modelId=MODEL, body=body)["body"].read())
    return "".join(block.get("text", "") for block in message["content"])


def identity(session=None):
    return (session or boto3.Session()).client("sts", config=ONCE).get_caller_identity()["Arn"]


def code_of(caught):
    return caught.value.response["Error"]["Code"]


# --- STS --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sts(home):
    pair = home.facts["access_key"]
    session = boto3.Session(aws_access_key_id=pair["id"], aws_secret_access_key=pair["secret"])
    return session.client("sts", config=ONCE)


def session_of(credentials):
    return boto3.Session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def test_an_assumed_role_works_until_it_ends(home, sts):
    answer = sts.assume_role(RoleArn=ROLE, RoleSessionName="tests", DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/reader/tests"
    session = session_of(answer["Credentials"])
    assert identity(session) == answer["AssumedRoleUser"]["Arn"]
    assert ask(session) == "You said: Hi"
    answered = email.utils.parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert abs((answer["Credentials"]["Expiration"] - answered).total_seconds() - 900) <= 1
    home.control({"revoke": answer["Credentials"]["AccessKeyId"]})
    with pytest.raises(ClientError) as caught:
        identity(session)
    assert code_of(caught) == "InvalidClientTokenId"


def test_keys_run_out_by_their_scripted_lifetime(home, sts):
    home.control({"lifetime_seconds": -1})
    session = session_of(sts.assume_role(RoleArn=ROLE, RoleSessionName="tests")["Credentials"])
    with pytest.raises(ClientError) as caught:
        ask(session)
    assert code_of(caught) == "ExpiredTokenException"
    with pytest.raises(ClientError) as caught:
        identity(session)
    assert code_of(caught) == "ExpiredToken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"RoleArn": "arn:aws:iam::123456789012:role/denied-role"}, "AccessDenied"),
        ({"RoleArn": "arn:aws:iam::123456789012:user/somebody"}, "ValidationError"),
        ({"DurationSeconds": 90000}, "ValidationError"),
        ({"RoleSessionName": "no spaces"}, "ValidationError"),
    ],
)
def test_roles_that_are_refused(sts, changes, code):
    with pytest.raises(ClientError) as caught:
        sts.assume_role(**{"RoleArn": ROLE, "RoleSessionName": "tests", **changes})
    assert code_of(caught) == code


def test_an_external_id_is_wanted_where_one_is_set(home, sts):
    home.control({"external_ids": {ROLE: "the-id"}})
    for wrong in ({}, {"ExternalId": "another"}):
        with pytest.raises(ClientError) as caught:
            sts.assume_role(RoleArn=ROLE, RoleSessionName="tests", **wrong)
        assert code_of(caught) == "AccessDenied"
    sts.assume_role(RoleArn=ROLE, RoleSessionName="tests", ExternalId="the-id")


def test_signatures_of_sts_are_checked(home):
    pair = home.facts["access_key"]
    for changes, code in (
        ({"aws_secret_access_key": "wrong"}, "SignatureDoesNotMatch"),
        ({"aws_access_key_id": "AKIANOBODY"}, "InvalidClientTokenId"),
        ({"region_name": "eu-west-1"}, "SignatureDoesNotMatch"),
    ):
        options = {"aws_access_key_id": pair["id"], "aws_secret_access_key": pair["secret"], **changes}
        with pytest.raises(ClientError) as caught:
            identity(boto3.Session(**options))
        assert code_of(caught) == code
    home.control({"clock_offset_seconds": 1200})
    with pytest.raises(ClientError, match="Signature expired") as caught:
        identity(boto3.Session(pair["id"], pair["secret"]))
    assert code_of(caught) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({}, None),
        ({"aud": ["sts.amazonaws.com"]}, None),
        ({"aud": "somebody.else"}, "InvalidIdentityToken"),
        ({"iss": "https://somebody.else"}, "InvalidIdentityToken"),
        ({"stranger": True}, "InvalidIdentityToken"),
        ({"expires_in_seconds": -1}, "ExpiredTokenException"),
    ],
)
def test_web_identity_tokens_are_verified(home, wishes, code):
    client = boto3.client("sts", config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}))
    request = {"RoleArn": ROLE, "RoleSessionName": "pod", "WebIdentityToken": home.identity_token(**wishes)}
    if code is None:
        answer = client.assume_role_with_web_identity(**request)
        assert answer["SubjectFromWebIdentityToken"] == "system:serviceaccount:default:emulator"
        assert ask(session_of(answer["Credentials"])) == "You said: Hi"
        return
    with pytest.raises(ClientError) as caught:
        client.assume_role_with_web_identity(**request)
    assert code_of(caught) == code


def test_a_changed_web_identity_token_is_refused(home):
    client = boto3.client("sts", config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}))
    head, claims, signature = home.identity_token().split(".")
    other = home.identity_token(sub="somebody").split(".")[1]
    with pytest.raises(ClientError) as caught:
        client.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken=f"{head}.{other}.{signature}")
    assert code_of(caught) == "InvalidIdentityToken"


def test_faults_reach_the_token_services(home, sts, emulator):
    emulator.script({"match": {"path": "/"}, "error": {"status": 503, "message": "later"}})
    with pytest.raises(ClientError, match="later") as caught:
        sts.get_caller_identity()
    assert code_of(caught) == "ServiceUnavailable"
    emulator.script({"match": {"path": "/"}, "malformed": True})
    with pytest.raises(Exception, match="(?i)parse|xml"):
        sts.get_caller_identity()
    emulator.script({"match": {"path": "/"}, "error": {"status": 400, "type": "IDPCommunicationError"}})
    with pytest.raises(ClientError) as caught:
        sts.get_caller_identity()
    assert code_of(caught) == "IDPCommunicationError"


# --- What botocore's chain finds ----------------------------------------------------------------------------------------------------


def test_environment_keys(home, monkeypatch):
    home.enter(monkeypatch, keys=True)
    assert ask() == "You said: Hi"


def test_a_profile_assumes_a_role_and_another_from_it(home, monkeypatch):
    home.config(
        home.static_profile("base")
        + f"[profile one]\nrole_arn = {ROLE}\nsource_profile = base\nexternal_id = the-id\nrole_session_name = first\n"
        + "[profile two]\nrole_arn = arn:aws:iam::210987654321:role/writer\nsource_profile = one\nrole_session_name = second\n"
    )
    home.control({"external_ids": {ROLE: "the-id"}})
    monkeypatch.setenv("AWS_PROFILE", "two")
    assert identity() == "arn:aws:sts::210987654321:assumed-role/writer/second"
    assert ask() == "You said: Hi"


def test_web_identity_from_the_environment(home, monkeypatch, tmp_path):
    (tmp_path / "token").write_text(home.identity_token())
    home.enter(monkeypatch, AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"), AWS_ROLE_ARN=ROLE, AWS_ROLE_SESSION_NAME="pod")
    assert identity() == "arn:aws:sts::123456789012:assumed-role/reader/pod"


def test_single_sign_on_with_a_cached_token(home, monkeypatch, emulator):
    home.config(home.sso_profile())
    home.sso_cache()
    monkeypatch.setenv("AWS_PROFILE", "people")
    assert ask() == "You said: Hi"
    assert identity().startswith("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Developer/")
    asked = [request for request in emulator.requests() if request["target"].startswith("/federation/credentials")]
    assert asked and all(request["headers"]["x-amz-sso_bearer_token"].startswith("sha256:") for request in asked)


def test_single_sign_on_refreshes_and_rotates(home, monkeypatch, emulator):
    home.config(home.sso_profile())
    cache = home.sso_cache(access_token="an-old-token", expires_in=60)
    monkeypatch.setenv("AWS_PROFILE", "people")
    assert ask() == "You said: Hi"
    written = json.loads(cache.read_text())
    assert written["accessToken"] not in ("an-old-token", home.facts["sso"]["access_token"])
    assert written["refreshToken"] != home.facts["sso"]["refresh_token"]
    (refresh,) = [request for request in emulator.requests() if request["target"] == "/token"]
    assert refresh["json"]["refreshToken"].startswith("sha256:") and refresh["json"]["clientSecret"].startswith("sha256:")


def test_single_sign_on_that_has_ended(home, monkeypatch):
    home.config(home.sso_profile())
    home.sso_cache(access_token="nobody-knows-this")
    monkeypatch.setenv("AWS_PROFILE", "people")
    with pytest.raises(UnauthorizedSSOTokenError):
        ask()


def test_the_oidc_service_refuses_what_it_does_not_know(home):
    client = boto3.client("sso-oidc", config=ONCE)
    facts = home.facts["sso"]
    request = {
        "clientId": facts["client_id"],
        "clientSecret": facts["client_secret"],
        "grantType": "refresh_token",
        "refreshToken": facts["refresh_token"],
    }
    for changes, code in (
        ({"clientSecret": "x"}, "InvalidClientException"),
        ({"refreshToken": "x"}, "InvalidGrantException"),
        ({"grantType": "password"}, "UnsupportedGrantTypeException"),
    ):
        with pytest.raises(ClientError) as caught:
            client.create_token(**{**request, **changes})
        assert code_of(caught) == code
    assert client.create_token(**request)["accessToken"]
    with pytest.raises(ClientError) as caught:  # spent: it was rotated
        client.create_token(**request)
    assert code_of(caught) == "InvalidGrantException"


def test_console_login_with_a_proof_of_possession(home, monkeypatch, emulator):
    pytest.importorskip("awscrt", reason="botocore needs awscrt for login profiles: pip install -r tests/requirements.txt")
    home.config(home.login_profile())
    cache = home.login_cache()
    monkeypatch.setenv("AWS_PROFILE", "console")
    assert ask() == "You said: Hi"
    written = json.loads(cache.read_text())
    assert written["refreshToken"] != home.facts["login"]["refresh_token"]
    (refresh,) = [request for request in emulator.requests() if request["target"] == "/v1/token"]
    assert refresh["headers"]["dpop"].startswith("sha256:") and refresh["status"] == 200


def test_a_proof_of_possession_serves_once(start, connect, tmp_path, monkeypatch):
    pytest.importorskip("awscrt", reason="botocore needs awscrt for login profiles: pip install -r tests/requirements.txt")
    emulator = start("--record-secrets")
    home = AwsHome(emulator.base_url, tmp_path)
    home.enter(monkeypatch, AWS_PROFILE="console")
    home.config(home.login_profile())
    home.login_cache()
    ask()
    (refresh,) = [request for request in emulator.requests() if request["target"] == "/v1/token"]
    raw = connect(emulator)

    def send(proof, target="/v1/token"):
        headers = {"content-type": "application/json", "dpop": proof} if proof else {"content-type": "application/json"}
        status, _, answer = raw.send("POST", target, refresh["body"].encode(), headers)
        return status, answer["message"]

    proof = refresh["headers"]["dpop"]
    head, claims, signature = proof.split(".")
    other = base64.urlsafe_b64encode(b'{"htm":"POST","htu":"x","iat":1,"jti":"y"}').decode().rstrip("=")
    assert send(proof) == (400, "The DPoP proof was used before")
    assert send(f"{head}.{other}.{signature}") == (400, "The signature of the DPoP proof is wrong")
    assert send(None) == (400, "The DPoP header is missing or no token")


@pytest.mark.parametrize("change", [{"revoke": "emulator-login-refresh-token"}, {"clock_offset_seconds": 3600}])
def test_console_login_that_is_refused(home, monkeypatch, change):
    pytest.importorskip("awscrt", reason="botocore needs awscrt for login profiles: pip install -r tests/requirements.txt")
    home.config(home.login_profile())
    home.login_cache()
    home.control(change)
    monkeypatch.setenv("AWS_PROFILE", "console")
    with pytest.raises(Exception) as caught:
        ask()
    assert not isinstance(caught.value, AssertionError)
    assert "login" in str(caught.value).lower() or "CreateOAuth2Token" in str(caught.value)


def test_the_container_endpoint(home, monkeypatch, tmp_path):
    uri = home.base_url + "/credentials/task"
    home.enter(monkeypatch, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri)
    assert ask() == "You said: Hi"
    home.control({"container_token": "Basic a-token"})
    with pytest.raises((CredentialRetrievalError, MetadataRetrievalError)):
        ask(boto3.Session())
    (tmp_path / "token").write_text("Basic a-token")
    home.enter(monkeypatch, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(tmp_path / "token"))
    assert identity(boto3.Session()).startswith("arn:aws:sts::123456789012:assumed-role/container-role/")


def test_the_instance_metadata_service(home, monkeypatch, emulator):
    home.enter(monkeypatch, AWS_EC2_METADATA_DISABLED="false")
    assert ask() == "You said: Hi"
    assert identity(boto3.Session()).startswith("arn:aws:sts::123456789012:assumed-role/emulator-role/")
    targets = [(request["method"], request["target"]) for request in emulator.requests()][:3]
    roles = "/latest/meta-data/iam/security-credentials/"
    assert targets == [("PUT", "/latest/api/token"), ("GET", roles), ("GET", roles + "emulator-role")]


@pytest.mark.parametrize("change", [{"role": None}, {"disabled": True}, {"code": "AssumeRoleUnauthorizedAccess"}])
def test_instances_without_keys(home, monkeypatch, change):
    home.enter(monkeypatch, AWS_EC2_METADATA_DISABLED="false")
    home.control({"instance": change})
    assert boto3.Session().get_credentials() is None


def test_stale_instance_keys_still_work(home, monkeypatch):
    home.enter(monkeypatch, AWS_EC2_METADATA_DISABLED="false")
    home.control({"instance": {"stale": True}})
    assert ask() == "You said: Hi"  # botocore extends what the service says has ended


def test_the_metadata_token_is_wanted_and_ends(home, raw):
    where = "/latest/meta-data/iam/security-credentials/"
    assert raw.send("GET", where)[0] == 401
    assert raw.send("PUT", "/latest/api/token")[0] == 400
    ttl = {"x-aws-ec2-metadata-token-ttl-seconds": "60"}
    assert raw.send("PUT", "/latest/api/token", headers={**ttl, "x-forwarded-for": "10.0.0.1"})[0] == 403
    status, headers, token = raw.send("PUT", "/latest/api/token", headers=ttl)
    assert status == 200 and headers["x-aws-ec2-metadata-token-ttl-seconds"] == "60"
    known = {"x-aws-ec2-metadata-token": token}
    assert raw.send("GET", where, headers=known)[::2] == (200, "emulator-role")
    assert raw.send("GET", "/latest/meta-data/placement/region", headers=known)[::2] == (200, REGION)
    home.control({"clock_offset_seconds": 61})
    assert raw.send("GET", where, headers=known)[0] == 401


def test_a_silent_metadata_service(start):
    emulator = start()
    emulator.script({"match": {"path": "/latest/"}, "hang_after_bytes": 0})
    address = urllib.parse.urlsplit(emulator.base_url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=0.2)
    try:
        connection.request("PUT", "/latest/api/token", headers={"x-aws-ec2-metadata-token-ttl-seconds": "60"})
        with pytest.raises(TimeoutError):
            connection.getresponse().read()
    finally:
        connection.close()


def test_the_control_route_refuses_unknown_members(home):
    with pytest.raises(urllib.error.HTTPError) as caught:
        home.control({"lifetime": 2})
    assert caught.value.code == 400
