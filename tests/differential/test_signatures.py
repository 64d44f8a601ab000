"""Signature Version 4 beside botocore's and awscrt's: the same Authorization header, byte for byte, for requests at random."""

import base64
import collections
import datetime
import hashlib
import json
import random
import string
import subprocess
import urllib.parse

import pytest

pytest.importorskip("botocore", reason="AWS's SDK is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("awscrt", reason="awscrt is not installed: pip install -r tests/requirements.txt")

import awscrt.auth  # noqa: E402
import awscrt.http  # noqa: E402
import botocore.auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.compat import HTTPHeaders  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

REQUESTS = 2000
WORDS = ["model", "invoke", "anthropic.claude-opus-4-6-v1", "v1", "a", "messages", "tilde~", "under_score", "-", "ünïcode"]
MODELS = [
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
    "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "name with space",
    "100%",
]


def signed(name):
    """What ours signs; the others are held to the same set."""
    return name.lower() in ("host", "content-type") or name.lower().startswith("x-amz-")


class Signer(botocore.auth.SigV4Auth):
    def headers_to_sign(self, request):
        headers = super().headers_to_sign(request)
        for name in list(headers.keys()):
            if not signed(name):
                del headers[name]
        return headers


def text(rng, length, alphabet=string.ascii_letters + string.digits + "+/="):
    return "".join(rng.choices(alphabet, k=length))


def random_value(rng):
    """A header's value with the white space that people and programs leave in it."""
    words = [text(rng, rng.randint(1, 8), string.ascii_letters + string.digits + "!#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\") for _ in range(rng.randint(1, 5))]
    value = words[0]
    for word in words[1:]:
        value += rng.choice([" ", "  ", "\t", " \t ", ", "]) + word
    return rng.choice(["", "", " ", "\t", "   "]) + value + rng.choice(["", "", " ", "  \t"])


def random_path(rng):
    roll = rng.random()
    if roll < 0.05:
        return rng.choice(["", "/"])
    if roll < 0.5:
        # As clients write them: raw colons, or everything encoded.
        model = urllib.parse.quote(rng.choice(MODELS), safe=rng.choice(["", ":", ":;"]))
        return f"/model/{model}/" + rng.choice(["invoke", "invoke-with-response-stream", "count-tokens"])
    parts = [urllib.parse.quote(rng.choice(WORDS), safe="~") for _ in range(rng.randint(1, 5))]
    for _ in range(rng.choice([0, 0, 1, 2])):
        parts.insert(rng.randrange(len(parts) + 1), rng.choice([".", "", "%2F", "*", "a,b;c=d", "@:$"]))
    if rng.random() < 0.1:
        parts.insert(rng.randrange(1, len(parts) + 1), "..")
    return "/" + "/".join(parts) + rng.choice(["", "", "/"])


def random_query(rng):
    if rng.random() < 0.7:
        return ""
    pairs = []
    for _ in range(rng.randint(1, 5)):
        name = urllib.parse.quote(text(rng, rng.randint(1, 3), "abAB-_.~ :/é+"), safe="")
        value = urllib.parse.quote(text(rng, rng.randint(0, 6), string.printable[:95]), safe="")
        pairs.append(f"{name}={value}")
    return "?" + "&".join(pairs)


def random_request(rng):
    region = rng.choice(["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"])
    service, host = rng.choice(
        [
            ("bedrock", f"bedrock-runtime.{region}.amazonaws.com"),
            ("bedrock-mantle", f"bedrock-mantle.{region}.api.aws"),
            ("sts", f"sts.{region}.amazonaws.com"),
            ("bedrock", "127.0.0.1"),
            ("bedrock", "[::1]"),
            ("bedrock", "Proxy.Example"),
        ]
    )
    scheme = rng.choice(["https", "https", "http"])
    port = rng.choice(["", "", "", ":443", ":80", ":8080"])
    body = rng.randbytes(rng.choice([0, rng.randint(1, 200), rng.randint(1, 10_000)]))
    headers = []
    if rng.random() < 0.8:
        headers.append(("Content-Type", rng.choice(["application/json", " application/json;  charset=utf-8 ", "application/x-amz-json-1.1"])))
    for _ in range(rng.randint(0, 4)):
        name = rng.choice(["X-Amz-Meta", "x-amz-meta", "x-amz-target", "X-AMZN-TRACE-ID", "User-Agent", "Accept", "anthropic-beta", "Connection", "x-amzn-bedrock-trace"])
        headers.append((name, random_value(rng)))
    if rng.random() < 0.2:
        headers.append(("X-Amz-Content-SHA256", hashlib.sha256(body).hexdigest()))
    if rng.random() < 0.1:
        headers += [("Authorization", "AWS4-HMAC-SHA256 of an earlier attempt"), ("X-Amz-Date", "20200101T000000Z")]
    rng.shuffle(headers)
    return {
        "method": rng.choice(["GET", "POST", "POST", "PUT"]),
        "url": f"{scheme}://{host}{port}{random_path(rng)}{random_query(rng)}",
        "headers": headers,
        "body": base64.b64encode(body).decode(),
        "access_key_id": "AKID" + text(rng, 16, string.ascii_uppercase + string.digits),
        "secret_access_key": text(rng, rng.choice([1, 40, 40, 64, 100])),
        "session_token": text(rng, rng.randint(1, 1500)) if rng.random() < 0.5 else "",
        "region": region,
        "service": service,
        "date": datetime.datetime.fromtimestamp(rng.randrange(1_000_000_000, 4_000_000_000), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def moment(request):
    return datetime.datetime.strptime(request["date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)


def by_botocore(request, monkeypatch):
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: moment(request).replace(tzinfo=None))
    headers = HTTPHeaders()
    for name, value in request["headers"]:
        headers[name] = value  # adds
    made = AWSRequest(method=request["method"], url=request["url"], headers=headers, data=base64.b64decode(request["body"]))
    credentials = Credentials(request["access_key_id"], request["secret_access_key"], request["session_token"] or None)
    Signer(credentials, request["service"], request["region"]).add_auth(made)
    return made.headers["Authorization"]


def by_awscrt(request):
    parts = urllib.parse.urlsplit(request["url"])
    usual = {"https": 443, "http": 80}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    headers = [(name, value) for name, value in request["headers"] if name.lower() not in ("authorization", "x-amz-date")]
    headers.append(("host", host if parts.port in (None, usual) else f"{host}:{parts.port}"))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # awscrt adds this one itself, and refuses a request that has it.
    given = [value for name, value in headers if name.lower() == "x-amz-content-sha256"]
    headers = [(name, value) for name, value in headers if name.lower() != "x-amz-content-sha256"]
    made = awscrt.http.HttpRequest(request["method"], target, awscrt.http.HttpHeaders(headers))
    config = awscrt.auth.AwsSigningConfig(
        algorithm=awscrt.auth.AwsSigningAlgorithm.V4,
        signature_type=awscrt.auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=awscrt.auth.AwsCredentialsProvider.new_static(
            request["access_key_id"], request["secret_access_key"], request["session_token"] or None
        ),
        region=request["region"],
        service=request["service"],
        date=moment(request),
        should_sign_header=signed,
        use_double_uri_encode=True,
        should_normalize_uri_path=True,
        signed_body_value=given[0] if given else hashlib.sha256(base64.b64decode(request["body"])).hexdigest(),
        signed_body_header_type=getattr(awscrt.auth.AwsSignedBodyHeaderType, "X_AMZ_CONTENT_SHA_256" if given else "NONE"),
    )
    return awscrt.auth.aws_sign_request(made, config).result(60).headers.get("Authorization")


def by_ours(probe_binary, requests):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    run = subprocess.run([probe_binary, "sign"], input=lines, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_random_requests(probe_binary, monkeypatch, seed, effort):
    print(f"seed {seed}")
    rng = random.Random(seed)
    requests = [random_request(rng) for _ in range(round(REQUESTS * effort))]
    answers = by_ours(probe_binary, requests)
    assert len(answers) == len(requests)
    seen = collections.Counter()
    for number, (request, ours) in enumerate(zip(requests, answers)):
        where = f"CORTEX_SEED={seed}, request {number}: {json.dumps(request)[:2000]}"
        assert ours["x-amz-date"] == moment(request).strftime("%Y%m%dT%H%M%SZ")
        assert ours.get("x-amz-security-token", "") == request["session_token"]
        assert by_botocore(request, monkeypatch) == ours["authorization"], where
        assert by_awscrt(request) == ours["authorization"], where
        seen["token" if request["session_token"] else "no token"] += 1
    assert set(seen) == {"token", "no token"}
