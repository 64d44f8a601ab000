"""google-auth's Application Default Credentials, one environment a line: reads JSON objects from standard input and answers each with one."""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from typing import Any

import google.auth
import google.auth._cloud_sdk
import google.auth.compute_engine._metadata as metadata
import google.auth.iam
import google.oauth2.credentials
import google.oauth2.service_account
from google.auth.transport.requests import Request

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
KINDS = {
    "google.oauth2.service_account": "service account",
    "google.oauth2.credentials": "user",
    "google.auth.identity_pool": "federation",
    "google.auth.pluggable": "federation",
    "google.auth.aws": "federation",
    "google.auth.external_account_authorized_user": "workforce user",
    "google.auth.impersonated_credentials": "impersonated",
    "google.auth.compute_engine.credentials": "metadata",
}


def lead_here(base: str, metadata_host: str) -> None:
    """google-auth sends user credentials and impersonation to fixed addresses, and reads the metadata server's once, when imported."""
    google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT = base + "/token"
    google.auth.iam._IAM_ENDPOINT = base + "/v1/projects/-/serviceAccounts/{}:generateAccessToken"
    google.auth._cloud_sdk.get_project_id = lambda: None  # would run gcloud
    metadata._GCE_METADATA_HOST = metadata_host
    metadata.detect_gce_residency_linux = lambda: False


def ask(environment: dict[str, str], base: str) -> dict[str, Any]:
    os.environ.clear()
    os.environ.update(environment)
    lead_here(base, environment.get("GCE_METADATA_HOST", "127.0.0.1:1"))
    kind = "none"
    try:
        credentials, project = google.auth.default(scopes=SCOPES)
        kind = KINDS[type(credentials).__module__]
        credentials.refresh(Request())
    except google.auth.exceptions.DefaultCredentialsError as error:
        if "Your default credentials were not found" in str(error):
            return {"kind": "none"}
        return {"kind": "error", "error": f"{kind}: {error}"}
    except Exception as error:  # every way to say no is an answer
        return {"kind": "error", "error": f"{kind}: {type(error).__name__}: {error}"}
    return {"kind": kind, "token": credentials.token, "quota_project": credentials.quota_project_id or "", "project": project or ""}


def sign(question: dict[str, Any]) -> dict[str, Any]:
    """A service account's assertion, or the token that it signs itself, at that time."""
    moment = google.auth._helpers.utcfromtimestamp(question["now"])
    clock, google.auth._helpers.utcnow = google.auth._helpers.utcnow, lambda: moment
    try:
        scopes = [question["scope"]] if question["scope"] else None
        info = json.loads(question["file"])
        credentials = google.oauth2.service_account.Credentials.from_service_account_info(info, scopes=scopes)
        if not question["service_host"]:
            return {"token": credentials._make_authorization_grant_assertion().decode()}
        credentials = credentials.with_always_use_jwt_access(True)
        credentials._create_self_signed_jwt(f"https://{question['service_host']}/")
        credentials.refresh(None)
        return {"token": credentials.token}
    finally:
        google.auth._helpers.utcnow = clock


def main() -> None:
    warnings.simplefilter("ignore")
    time.sleep = lambda *_: None  # between repeats
    for line in sys.stdin:
        question = json.loads(line)
        answer = sign(question) if "file" in question else ask(question["environment"], question["base"])
        print(json.dumps(answer), flush=True)


main()
