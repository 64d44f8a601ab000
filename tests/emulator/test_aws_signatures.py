"""Signatures against the emulator: botocore's are accepted, and every way to get one wrong is refused with AWS's code and words."""

import datetime
import email.utils
import json

import pytest

from aws_files import REGION, AwsHome

anthropic = pytest.importorskip("anthropic", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
boto3 = pytest.importorskip("boto3", reason="AWS's SDK is not installed: pip install -r tests/requirements.txt")

from botocore.auth import SigV4Auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "global.anthropic.claude-opus-5-5"
BODY = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]})


@pytest.fixture
def home(emulator, tmp_path, monkeypatch):
    home = AwsHome(emulator.base_url, tmp_path)
    home.enter(monkeypatch)
    return home


def invoke(home, **changes):
    pair = home.facts["access_key"]
    options = {"aws_access_key_id": pair["id"], "aws_secret_access_key": pair["secret"], "region_name": REGION, **changes}
    client = boto3.Session(**options).client("bedrock-runtime", config=Config(retries={"total_max_attempts": 1}))
    client.invoke_model(modelId=OPUS, body=BODY)


def refused(home, code, **changes):
    with pytest.raises(ClientError) as caught:
        invoke(home, **changes)
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return caught.value.response["Error"]["Message"]


def test_wrong_secret_region_and_key_are_refused(home):
    words = refused(home, "InvalidSignatureException", aws_secret_access_key="not the secret")
    assert "The Canonical String for this request should have been" in words and "AWS4-HMAC-SHA256\n" in words
    assert "valid region" in refused(home, "InvalidSignatureException", region_name="eu-central-1")
    assert "invalid" in refused(home, "UnrecognizedClientException", aws_access_key_id="AKIANOBODY")
    assert "invalid" in refused(home, "UnrecognizedClientException", aws_session_token="a token for a pair that has none")
    home.control({"region": "eu-central-1"})
    assert "valid region" in refused(home, "InvalidSignatureException")
    home.control({"region": None})
    invoke(home, region_name="sa-east-1")
    with anthropic.AnthropicBedrock(api_key="a-key", aws_region=REGION, base_url=home.base_url, max_retries=0) as client:
        client.messages.create(model="eu.anthropic.claude-opus-5-5", max_tokens=50, messages=[{"role": "user", "content": "Hi"}])


@pytest.mark.parametrize(("offset", "words"), [(1200, "Signature expired: "), (-1200, "Signature not yet current: ")])
def test_a_clock_that_is_off_is_refused_and_shown(home, offset, words):
    home.control({"clock_offset_seconds": offset})
    assert words in refused(home, "InvalidSignatureException")
    home.control({"clock_offset_seconds": offset // 10})
    invoke(home)


def test_the_date_header_tells_the_services_time(home, raw):
    home.control({"clock_offset_seconds": 7200})
    _, headers, _ = raw.send("POST", "/model/x/invoke", b"{}")
    ahead = email.utils.parsedate_to_datetime(headers["date"]) - datetime.datetime.now(datetime.timezone.utc)
    assert abs(ahead.total_seconds() - 7200) < 60


def test_expired_and_revoked_keys(home):
    home.control({"keys": [{"id": "ASIASHORT", "secret": "s", "token": "t", "expires_in_seconds": -1}]})
    temporary = {"aws_access_key_id": "ASIASHORT", "aws_secret_access_key": "s", "aws_session_token": "t"}
    assert "expired" in refused(home, "ExpiredTokenException", **temporary)
    home.control({"keys": [{"id": "ASIASHORT", "secret": "s", "token": "t", "expires_in_seconds": 600}]})
    invoke(home, **temporary)
    home.control({"revoke": "ASIASHORT"})
    refused(home, "UnrecognizedClientException", **temporary)


@pytest.mark.parametrize(
    ("path", "signature"),
    [
        (f"/model/{SONNET}/invoke", "4743a2ee00612fd0d0a062a59181264129b11571ca324a8c5e59d0483e491bad"),
        (f"/model/{SONNET.replace(':', '%3A')}/invoke", "468c62da5fcc7e88c2733e472e2c99ddbc365aa2d00bf8696e963b1ffab66a13"),
        (
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/invoke",
            "4ac3addc0e5bd870dc1813c45e92cedc6969c32542065cceb568ee9b95d486fe",
        ),
    ],
)
def test_known_signatures(home, raw, path, signature):
    """Computed with botocore for one moment, which the emulator's clock is moved to: both ways to write a colon, and a slash."""
    then = datetime.datetime(2026, 11, 22, 12, 0, 30, tzinfo=datetime.timezone.utc)
    ahead = then - datetime.datetime.now(datetime.timezone.utc)
    home.control({"clock_offset_seconds": round(ahead.total_seconds())})
    request = b'{"anthropic_version":"bedrock-2023-05-31","max_tokens":16,"messages":[{"role":"user","content":"Hi"}]}'
    headers = {
        "host": "bedrock-runtime.us-east-1.amazonaws.com",
        "content-type": "application/json",
        "x-amz-date": "20261122T120000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/bedrock/aws4_request, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={signature}",
    }
    assert raw.send("POST", path, request, headers)[0] == 200
    assert raw.send("POST", path, request.replace(b"Hi", b"Ho"), headers)[0] == 403
    assert raw.send("POST", path.replace("invoke", "invoke?x=1"), request, headers)[0] == 403


def test_unsigned_and_half_signed_requests(raw):
    target = "/model/" + OPUS + "/invoke"
    status, headers, answer = raw.send("POST", target, BODY.encode())
    assert (status, answer) == (403, {"message": "Missing Authentication Token"})
    assert headers["x-amzn-errortype"].startswith("MissingAuthenticationTokenException:")
    assert headers["x-amzn-requestid"]
    for authorization in ("AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/bedrock/aws4_request", "Basic abc", "AWS4-HMAC-SHA256 x"):
        status, headers, _ = raw.send("POST", target, BODY.encode(), {"authorization": authorization})
        assert (status, headers["x-amzn-errortype"].split(":")[0]) == (403, "IncompleteSignatureException")


def test_every_x_amz_header_has_to_be_signed(home, raw):
    pair = home.facts["access_key"]
    url = home.base_url + "/model/" + OPUS + "/invoke"

    def send(service="bedrock", **more):
        request = AWSRequest("POST", url, data=BODY, headers={"content-type": "application/json"})
        SigV4Auth(Credentials(pair["id"], pair["secret"]), service, REGION).add_auth(request)
        status, headers, answer = raw.send("POST", "/model/" + OPUS + "/invoke", BODY.encode(), {**dict(request.headers), **more})
        return status, answer.get("message", "")

    assert send()[0] == 200
    assert send(**{"x-amz-target": "smuggled"}) == (403, "There were headers present in the request which were not signed: x-amz-target")
    assert "correct service: 'bedrock'" in send(service="sts")[1]
    assert "does not match" in send(**{"content-type": "text/plain"})[1]


def test_secrets_stay_out_of_the_record(home, emulator):
    invoke(home)
    (record,) = emulator.requests()
    assert record["headers"]["authorization"].startswith("AWS4-HMAC-SHA256 sha256:")
    assert "Signature=" not in json.dumps(record)
