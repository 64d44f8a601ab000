"""Google's own authentication library against the emulator's token services: every kind of credential, and every refusal."""

import os
import urllib.parse
from email.utils import parsedate_to_datetime

import pytest

google_auth = pytest.importorskip("google.auth", reason="google-auth is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("requests", reason="requests is not installed: pip install -r tests/requirements.txt")

import google.auth.compute_engine._metadata as mds  # noqa: E402
import google.auth.iam  # noqa: E402
import google.oauth2.credentials  # noqa: E402
from google.auth import exceptions  # noqa: E402
from google.auth.transport.requests import Request  # noqa: E402
from google.oauth2 import service_account  # noqa: E402
from google_files import AWS_KEY, AWS_SECRET, PROJECT, TARGET, GoogleFiles  # noqa: E402

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
PREDICT = f"/v1/projects/{PROJECT}/locations/global/publishers/anthropic/models/claude-sonnet-4-6:rawPredict"
BODY = {"anthropic_version": "vertex-2023-10-16", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(autouse=True)
def no_google_of_this_machine(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("GOOGLE_", "GCE_", "GCLOUD_", "CLOUDSDK_", "CLOUD_ML_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)


@pytest.fixture
def files(emulator, tmp_path, monkeypatch):
    """google-auth sends user credentials and impersonation to fixed addresses, whatever the file says: they lead here."""
    monkeypatch.setattr(google.oauth2.credentials, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", emulator.base_url + "/token")
    monkeypatch.setattr(
        google.auth.iam, "_IAM_ENDPOINT", emulator.base_url + "/v1/projects/-/serviceAccounts/{}:generateAccessToken"
    )
    return GoogleFiles(emulator, tmp_path)


def default(files, monkeypatch, name):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", files.path(name))
    credentials, project = google_auth.default(scopes=SCOPES)
    assert project == PROJECT
    return credentials


def predict(raw, token, **headers):
    fields = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    return raw.send("POST", PREDICT, BODY, fields | {name.replace("_", "-"): value for name, value in headers.items()})


def post_form(raw, target, headers=None, **form):
    fields = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return raw.send("POST", target, urllib.parse.urlencode(form).encode(), fields)


KINDS = [
    "service_account.json",
    "authorized_user.json",
    "external_account_file.json",
    "external_account_json_file.json",
    "external_account_url.json",
    "external_account_executable.json",
    "external_account_aws.json",
    "external_account_impersonating.json",
    "external_account_workforce.json",
    "external_account_authorized_user.json",
    "impersonated_service_account.json",
    "impersonated_user.json",
]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_gives_a_token_that_the_model_takes(files, raw, monkeypatch, name):
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    monkeypatch.setenv("AWS_REGION", "us-east-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", AWS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", AWS_SECRET)
    credentials = default(files, monkeypatch, name)
    credentials.refresh(Request())
    status, _, answer = predict(raw, credentials.token)
    assert status == 200 and answer["content"][0]["text"] == "You said: Hello"


def test_all_ready_files_are_tried(files):
    accounts = {name for name in files.names if files.content(name).__class__ is dict and "type" in files.content(name)}
    assert accounts - {"service_account_wrong_key.json"} == set(KINDS)


@pytest.fixture
def on_google(emulator, monkeypatch):
    """The metadata server is the emulator."""
    address = emulator.base_url.removeprefix("http://")
    monkeypatch.delenv("NO_GCE_CHECK")
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    monkeypatch.setenv("GCE_METADATA_IP", address)
    monkeypatch.setattr(mds, "_GCE_METADATA_HOST", address)
    monkeypatch.setattr(mds, "detect_gce_residency_linux", lambda: False)


def test_the_metadata_server_gives_project_account_and_token(files, raw, on_google):
    credentials, project = google_auth.default(scopes=SCOPES)
    credentials.refresh(Request())
    assert project == PROJECT and credentials.service_account_email.endswith("@developer.gserviceaccount.com")
    assert predict(raw, credentials.token)[0] == 200
    first = credentials.token
    credentials.refresh(Request())
    assert credentials.token == first  # the server hands out the same token until it is nearly over


def test_a_captive_portal_is_no_metadata_server(files, on_google):
    files.switch(metadata="captive_portal")
    with pytest.raises(exceptions.DefaultCredentialsError):
        google_auth.default(scopes=SCOPES)


def test_a_machine_without_account_has_no_token(files, on_google):
    files.switch(metadata="no_account")
    credentials, _ = google_auth.default(scopes=SCOPES)
    with pytest.raises(exceptions.RefreshError):
        credentials.refresh(Request())


def test_a_metadata_server_that_hangs_is_given_up(files, on_google):
    files.switch(metadata="hang")
    assert mds.ping(Request(), timeout=0.05, retry_count=1) is False


def test_the_metadata_server_wants_its_header_and_nothing_forwarded(raw):
    path = "/computeMetadata/v1/project/project-id"
    status, headers, text = raw.send("GET", path, headers={"metadata-flavor": "Google"})
    assert (status, text, headers["metadata-flavor"]) == (200, PROJECT, "Google")
    assert raw.send("GET", path)[0] == 403
    assert raw.send("GET", path, headers={"metadata-flavor": "Google", "x-forwarded-for": "192.0.2.1"})[0] == 403


def test_a_wrong_key_is_refused(files, monkeypatch):
    credentials = default(files, monkeypatch, "service_account_wrong_key.json")
    with pytest.raises(exceptions.RefreshError, match="Invalid JWT Signature"):
        credentials.refresh(Request())


def test_a_clock_that_is_wrong_is_refused(files, monkeypatch):
    credentials = default(files, monkeypatch, "service_account.json")
    for offset in (7200, -7200):
        files.switch(clock_offset_seconds=offset)
        with pytest.raises(exceptions.RefreshError, match="reasonable timeframe"):
            credentials.refresh(Request())


def test_the_date_of_an_answer_is_the_emulators(files, raw):
    headers = {"metadata-flavor": "Google"}
    before = parsedate_to_datetime(raw.send("GET", "/computeMetadata/v1/project/project-id", headers=headers)[1]["date"])
    files.switch(clock_offset_seconds=7200)
    after = parsedate_to_datetime(raw.send("GET", "/computeMetadata/v1/project/project-id", headers=headers)[1]["date"])
    assert (after - before).total_seconds() >= 7200


def test_an_assertion_for_somebody_else_or_of_somebody_else_is_refused(files, monkeypatch):
    credentials = default(files, monkeypatch, "service_account.json")
    with monkeypatch.context() as patch, pytest.raises(exceptions.RefreshError, match="audience"):
        patch.setattr(service_account, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", "https://example.com/token")
        credentials.refresh(Request())
    stranger = files.content("service_account.json") | {"client_email": "stranger@example.com"}
    with pytest.raises(exceptions.RefreshError, match="account not found"):
        service_account.Credentials.from_service_account_info(stranger, scopes=SCOPES).refresh(Request())
    with pytest.raises(exceptions.RefreshError, match="unauthorized"):
        credentials.with_subject("boss@example.com").refresh(Request())


@pytest.mark.parametrize("with_scopes", [True, False])
def test_a_self_signed_token_is_taken_for_the_service_or_with_a_scope(files, raw, with_scopes):
    credentials = service_account.Credentials.from_service_account_file(
        files.path("service_account.json"), scopes=SCOPES if with_scopes else None, always_use_jwt_access=True
    )
    credentials._create_self_signed_jwt("https://aiplatform.googleapis.com/")
    credentials.refresh(Request())
    assert credentials.token.count(".") == 2 and predict(raw, credentials.token)[0] == 200
    assert predict(raw, credentials.token[:-8] + "AAAAAAAA")[0] == 401
    files.switch(clock_offset_seconds=7200)
    assert predict(raw, credentials.token)[0] == 401


def test_a_self_signed_token_for_another_service_is_refused(files, raw):
    credentials = service_account.Credentials.from_service_account_file(files.path("service_account.json"))
    credentials._create_self_signed_jwt("https://storage.googleapis.com/")
    credentials.refresh(Request())
    assert predict(raw, credentials.token)[0] == 401


def test_refresh_tokens_are_revoked_rotated_and_held_back(files, monkeypatch):
    credentials = default(files, monkeypatch, "authorized_user.json")
    files.switch(rotate_refresh_tokens=True)
    old = credentials.refresh_token
    credentials.refresh(Request())
    assert credentials.refresh_token != old
    credentials.refresh(Request())  # with the new one
    with pytest.raises(exceptions.RefreshError, match="invalid_grant"):
        default(files, monkeypatch, "authorized_user.json").refresh(Request())  # with the old one
    files.switch(require_reauthentication=True)
    with pytest.raises(exceptions.RefreshError, match="[Rr]eauth"):
        credentials.refresh(Request())
    files.switch(require_reauthentication=False, revoke="refresh_tokens")
    with pytest.raises(exceptions.RefreshError, match="expired or revoked"):
        credentials.refresh(Request())


def test_a_client_with_the_wrong_secret_is_refused(files, monkeypatch):
    wrong = files.content("authorized_user.json") | {"client_secret": "another"}
    files.write("authorized_user.json", wrong)
    with pytest.raises(exceptions.RefreshError, match="invalid_client"):
        default(files, monkeypatch, "authorized_user.json").refresh(Request())


@pytest.mark.parametrize(
    "change, words",
    [
        ({"wrong_key": True}, "signature"),
        ({"aud": "https://example.com"}, "audience"),
        ({"iss": "https://example.com"}, "issuer"),
        ({"exp": 1_000_000_000}, "stale"),
    ],
)
def test_subject_tokens_are_checked(files, monkeypatch, change, words):
    files.write("subject_token.txt", files.subject_token(**change))
    with pytest.raises(exceptions.OAuthError, match=words):
        default(files, monkeypatch, "external_account_file.json").refresh(Request())


def exchange(raw, files, **change):
    file = files.content("external_account_file.json")
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": file["audience"],
        "scope": SCOPES[0],
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token_type": file["subject_token_type"],
        "subject_token": files.subject_token(),
    }
    form.update(change)
    return post_form(raw, "/v1/token", **{name: value for name, value in form.items() if value is not None})


def test_an_exchange_needs_every_field(files, raw):
    assert exchange(raw, files)[0] == 200
    for name in ("grant_type", "audience", "scope", "requested_token_type", "subject_token", "subject_token_type"):
        status, _, answer = exchange(raw, files, **{name: None})
        assert (status, answer["error"]) == (400, "invalid_request") and name in answer["error_description"]
    assert exchange(raw, files, audience="//iam.googleapis.com/elsewhere")[2]["error"] == "invalid_target"
    assert exchange(raw, files, options="{broken")[0] == 400


@pytest.mark.parametrize("key, secret", [(AWS_KEY, "not the secret"), ("AKIDOTHER", AWS_SECRET)])
def test_signed_requests_of_aws_are_checked(files, monkeypatch, key, secret):
    monkeypatch.setenv("AWS_REGION", "us-east-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    with pytest.raises(exceptions.OAuthError, match="AWS subject token"):
        default(files, monkeypatch, "external_account_aws.json").refresh(Request())


def test_a_signed_request_of_aws_is_for_one_audience_and_one_moment(files, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", AWS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", AWS_SECRET)
    credentials = default(files, monkeypatch, "external_account_aws.json")
    credentials._target_resource = "//iam.googleapis.com/another"
    with pytest.raises(exceptions.OAuthError, match="audience"):
        credentials.refresh(Request())
    files.switch(clock_offset_seconds=3600)
    with pytest.raises(exceptions.OAuthError, match="present time"):
        default(files, monkeypatch, "external_account_aws.json").refresh(Request())


def token_of(files, monkeypatch, name="service_account.json"):
    credentials = default(files, monkeypatch, name)
    credentials.refresh(Request())
    return credentials.token


def impersonate(raw, token, account=TARGET, **body):
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return raw.send("POST", f"/v1/projects/-/serviceAccounts/{account}:generateAccessToken", body, headers)


def test_impersonation_is_checked(files, raw, monkeypatch):
    token = token_of(files, monkeypatch)
    status, _, answer = impersonate(raw, token, scope=SCOPES, lifetime="600s")
    assert status == 200 and answer["expireTime"].endswith("Z") and predict(raw, answer["accessToken"])[0] == 200
    delegate = "projects/-/serviceAccounts/delegate@emulator-project.iam.gserviceaccount.com"
    assert impersonate(raw, token, scope=SCOPES, delegates=[delegate])[0] == 200
    assert impersonate(raw, token, scope=SCOPES, delegates=[delegate.replace("delegate@", "other@")])[0] == 403
    assert impersonate(raw, token, account="other@example.com", scope=SCOPES)[0] == 403
    assert impersonate(raw, "ya29.unknown", scope=SCOPES)[0] == 401
    assert impersonate(raw, token, scope=[])[0] == 400
    assert impersonate(raw, token, scope=SCOPES, lifetime="3600")[0] == 400
    assert impersonate(raw, token, scope=SCOPES, lifetime="7200s")[0] == 400
    files.switch(long_lifetimes=True)
    assert impersonate(raw, token, scope=SCOPES, lifetime="7200s")[0] == 200


def test_only_tokens_that_live_open_the_model(files, raw, monkeypatch):
    token = token_of(files, monkeypatch)
    assert predict(raw, token)[0] == 200
    status, headers, answer = predict(raw, "ya29.unknown")
    assert (status, answer["error"]["status"], answer["error"]["code"]) == (401, "UNAUTHENTICATED", 401)
    assert "invalid_token" in headers["www-authenticate"]
    assert predict(raw, None)[0] == 401
    files.switch(clock_offset_seconds=3601)
    assert predict(raw, token)[0] == 401
    files.switch(clock_offset_seconds=0, revoke="access_tokens")
    assert predict(raw, token)[0] == 401


def test_the_lifetime_and_its_form_can_be_chosen(files, raw, monkeypatch):
    files.switch(lifetime_seconds=2, expires_in_as_text=True)
    token = token_of(files, monkeypatch)
    assert predict(raw, token)[0] == 200
    files.switch(clock_offset_seconds=2)
    assert predict(raw, token)[0] == 401


def test_a_token_without_the_scope_is_forbidden(files, raw):
    narrow = service_account.Credentials.from_service_account_file(
        files.path("service_account.json"), scopes=["https://www.googleapis.com/auth/devstorage.read_only"]
    )
    narrow.refresh(Request())
    status, _, answer = predict(raw, narrow.token)
    assert status == 403 and answer["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_user_credentials_may_need_a_quota_project(files, raw, monkeypatch):
    files.switch(require_quota_project=True)
    user = token_of(files, monkeypatch, "authorized_user.json")
    status, _, answer = predict(raw, user)
    assert status == 403 and answer["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    assert predict(raw, user, x_goog_user_project=PROJECT)[0] == 200
    assert predict(raw, token_of(files, monkeypatch))[0] == 200  # a service account has a project of its own


def test_a_token_can_be_given_on_the_command_line(start, connect):
    raw = connect(start("--google-token", "given-token"))
    assert predict(raw, "given-token")[0] == 200
    assert predict(raw, "another-token")[0] == 401


def test_the_record_shows_token_requests_without_their_secrets(emulator, files, monkeypatch):
    token_of(files, monkeypatch)
    token_of(files, monkeypatch, "authorized_user.json")
    token_of(files, monkeypatch, "external_account_file.json")
    bodies = [request["body"] for request in emulator.requests()]
    assert len(bodies) == 3 and all("sha256%3A" in body for body in bodies)
    user = files.content("authorized_user.json")
    text = "".join(bodies)
    for secret in (user["refresh_token"], user["client_secret"], files.content("subject_token.json")["id_token"]):
        assert secret not in text and urllib.parse.quote(secret, safe="") not in text
    assert "grant_type=refresh_token" in bodies[1] and "audience=" in bodies[2]


def test_token_services_can_be_scripted(emulator, files, monkeypatch):
    emulator.script({"match": {"path": "/token"}, "raw": {"status": 503, "body": "{}"}})
    assert token_of(files, monkeypatch)  # google-auth asks again
    assert [request["status"] for request in emulator.requests()] == [503, 200]


def test_a_project_is_found_by_its_number(files, raw, monkeypatch):
    headers = {"authorization": f"Bearer {token_of(files, monkeypatch)}"}
    assert raw.send("GET", "/v1/projects/123456789012", headers=headers)[2]["projectId"] == PROJECT
    assert raw.send("GET", "/v1/projects/999", headers=headers)[0] == 403


@pytest.mark.parametrize("body", [{"metadata": "off"}, {"lifetime_seconds": 0}, {"unknown": 1}, {"revoke": "nothing"}])
def test_a_mistyped_switch_is_refused(raw, body):
    assert raw.send("PUT", "/_emulator/google", body)[0] == 400
