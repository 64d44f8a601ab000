"""Where our Application Default Credentials and google-auth's are known to disagree. The reasons stand in README.md, in a table with the
same names."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from google_files import GoogleFiles
from google_random import KEYS, WELL_KNOWN
from google_side_by_side import Case, Outcome

GOOGLES_AUDIENCE = "https://oauth2.googleapis.com/token"


@dataclasses.dataclass
class Difference:
    name: str
    case: Callable[[GoogleFiles], Case]
    ours: tuple[str, str]  # the kind that comes out, and what its error or requests hold
    theirs: tuple[str, str]
    #: Both outcomes without what differs.
    without: Callable[[Outcome, Outcome], tuple[Outcome, Outcome]] | None = None
    #: Whether it explains what a random case showed.
    explains: Callable[[Case, Outcome, Outcome], bool] | None = None


def reasons_of(case: Case, ours: Outcome, theirs: Outcome) -> list[str]:
    """The listed differences that explain why two outcomes are not the same; nothing where they do not."""
    reasons = []
    for known in DIFFERENCES:
        if known.without is not None:
            plain = known.without(ours, theirs)
            if str(plain[0]) != str(ours) or str(plain[1]) != str(theirs):
                reasons.append(known.name)
            ours, theirs = plain
    if ours.same(theirs):
        return reasons
    return [known.name for known in DIFFERENCES if known.explains is not None and known.explains(case, ours, theirs)]


def _with_values(name: str, change: Callable[[str], str]) -> Callable[[Outcome, Outcome], tuple[Outcome, Outcome]]:
    """Changes the fields of that name in all that was asked."""

    def changed(outcome: Outcome) -> Outcome:
        def in_part(part: Any) -> Any:
            if not isinstance(part, list):
                return part
            # Fields are pairs; a list of scopes has none.
            return [(item[0], change(item[1])) if isinstance(item, (list, tuple)) and len(item) == 2 and item[0] == name else item for item in part]

        return dataclasses.replace(outcome, trace=[tuple(in_part(part) for part in step) for step in outcome.trace])

    return lambda ours, theirs: (changed(ours), changed(theirs))


def _without_quota_of_an_impersonation(ours: Outcome, theirs: Outcome) -> tuple[Outcome, Outcome]:
    """Where theirs named no project for the call, ours needs none either."""
    trace = [
        step[:3] + ("",) + step[4:] if str(step[1]).endswith(":generateAccessToken") and other[:2] == step[:2] and other[3] == "" else step
        for step, other in zip(ours.trace, theirs.trace)
    ]
    return dataclasses.replace(ours, trace=trace + ours.trace[len(trace) :]), theirs


def _without_quota_of_a_service_account(ours: Outcome, theirs: Outcome) -> tuple[Outcome, Outcome]:
    return (dataclasses.replace(ours, quota_project="") if ours.kind == "service account" and not theirs.quota_project else ours), theirs


def content_of(case: Case) -> dict[str, Any]:
    """The file that counts, where it is a JSON object."""
    named = case.environment.get("GOOGLE_APPLICATION_CREDENTIALS", "").removeprefix("{home}/")
    gcloud = case.environment.get("CLOUDSDK_CONFIG", "{home}/.config/gcloud").removeprefix("{home}/") + "/application_default_credentials.json"
    try:
        content = json.loads(case.files.get(named or gcloud, "{}"))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def case_of(files: GoogleFiles, name: str, environment: dict[str, str] | None = None, **changes: Any) -> Case:
    """A case with that file at gcloud's place; a change to None takes a member away."""
    content = {key: value for key, value in (files.content(name) | changes).items() if value is not None}
    return Case(dict(environment or {}), {WELL_KNOWN: json.dumps(content)})


def _without_verification(files: GoogleFiles) -> dict[str, Any]:
    source = dict(files.content("external_account_aws.json")["credential_source"])
    del source["regional_cred_verification_url"]
    return source


DIFFERENCES = [
    Difference(
        "other-audience",
        lambda files: case_of(files, "service_account.json"),
        ("service account", "('aud', 'http://127.0.0.1"),
        ("service account", f"('aud', '{GOOGLES_AUDIENCE}')"),
        without=_with_values("aud", lambda _: "an audience"),
    ),
    Difference(
        "scope-of-a-step",
        lambda files: case_of(files, "impersonated_service_account.json"),
        ("impersonated", "('scope', 'https://www.googleapis.com/auth/cloud-platform')"),
        ("impersonated", "('scope', 'https://www.googleapis.com/auth/iam')"),
        without=_with_values("scope", lambda scope: scope.replace("/auth/iam", "/auth/cloud-platform")),
    ),
    Difference(
        "quota-of-an-impersonation",
        lambda files: case_of(files, "impersonated_user.json", quota_project_id="payer"),
        ("impersonated", ":generateAccessToken', 200, 'payer'"),
        ("impersonated", ":generateAccessToken', 200, ''"),
        without=_without_quota_of_an_impersonation,
    ),
    Difference(
        "quota-of-a-service-account",
        lambda files: case_of(files, "service_account.json", quota_project_id="payer"),
        ("service account", "quota=payer"),
        ("service account", "quota= "),
        without=_without_quota_of_a_service_account,
    ),
    Difference(
        "empty-universe",
        lambda files: case_of(files, "service_account.json", universe_domain=""),
        ("service account", "'/token', 200"),
        ("service account", "quota= "),
        explains=lambda case, ours, theirs: any(
            part.get("universe_domain") == "" for part in (content_of(case), content_of(case).get("source_credentials") or {})
        ),
    ),
    Difference(
        "another-universe",
        lambda files: case_of(files, "service_account.json", universe_domain="example.test"),
        ("error", "universe example.test"),
        ("service account", ""),
    ),
    Difference(
        "federation-as-a-source",
        lambda files: case_of(files, "impersonated_user.json", source_credentials=files.content("external_account_file.json")),
        ("impersonated", "token-exchange"),
        ("error", "source credential of type external_account is not supported"),
    ),
    Difference(
        "delegates-by-name",
        lambda files: case_of(files, "impersonated_user.json", delegates=["delegate@emulator-project.iam.gserviceaccount.com"]),
        ("impersonated", "['projects/-/serviceAccounts/delegate@emulator-project.iam.gserviceaccount.com']"),
        ("error", ""),
    ),
    Difference(
        "metadata-by-address-alone",
        lambda files: Case({"NO_GCE_CHECK": "false", "GCE_METADATA_IP": "{host}"}),
        ("metadata", "/token?"),
        ("error", ""),
    ),
    Difference(
        "aws-without-its-verification-url",
        lambda files: case_of(files, "external_account_aws.json", {"AWS_REGION": "us-east-2", **KEYS}, credential_source=_without_verification(files)),
        ("federation", "https://sts.us-east-2.amazonaws.com?Action=GetCallerIdentity"),
        ("error", "No valid AWS 'credential_source' provided"),
        explains=lambda case, ours, theirs: ours.kind == "federation"
        and theirs.kind == "error"
        and not (content_of(case).get("credential_source") or {}).get("regional_cred_verification_url"),
    ),
    Difference(
        "member-of-another-type",
        lambda files: case_of(files, "external_account_impersonating.json", service_account_impersonation=""),
        ("error", "service_account_impersonation"),
        ("federation", ":generateAccessToken"),
    ),
]
