"""Environments and files for Application Default Credentials, at random: good ones, and ones with a mistake that people make."""

from __future__ import annotations

import json
import random
from typing import Any

from google_files import AWS_KEY, AWS_SECRET, GoogleFiles
from google_side_by_side import ADC, Case

KEYS = {"AWS_ACCESS_KEY_ID": AWS_KEY, "AWS_SECRET_ACCESS_KEY": AWS_SECRET}
WELL_KNOWN = f".config/gcloud/{ADC}"


def credential_files(files: GoogleFiles) -> list[str]:
    return [name for name in files.names if isinstance(files.content(name), dict) and "type" in files.content(name)]


def _mistake(rng: random.Random, content: dict[str, Any]) -> str | None:
    """Changes the file; gives its text where that is what is wrong with it."""
    roll = rng.random()
    parts = [content] + [content[name] for name in ("credential_source", "source_credentials") if name in content]
    part = rng.choice(parts)
    # Without its address a question would go to Google itself.
    name = rng.choice([name for name in part if name not in ("token_uri", "token_url")])
    if roll < 0.35:
        part.pop(name)
    elif roll < 0.45 and isinstance(part[name], str):
        part[name] = ""
    elif roll < 0.55:
        content["type"] = rng.choice(["service_acount", "gdch_service_account", "", "installed"])
    elif roll < 0.65:
        return rng.choice(["", "[]", "{", json.dumps(content)[:-1], json.dumps(content) + "x", '"text"'])
    elif roll < 0.72 and "credential_source" in content:
        content["credential_source"] |= {"file": "{home}/no-such-file", "format": {"type": "text"}}
    elif roll < 0.79 and "audience" in content:
        content["audience"] = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/none/providers/none"
    elif roll < 0.85 and "private_key" in content:
        content["private_key"] = content["private_key"].replace("A", "B")
    elif roll < 0.9 and "refresh_token" in content:
        content["refresh_token"] = "revoked"
    else:
        content[rng.choice(["comment", "account", "client_x509_cert_url"])] = "more than is needed"
    return None


def _addition(rng: random.Random, content: dict[str, Any]) -> None:
    """What else a good file may hold."""
    kind = content["type"]
    if rng.random() < 0.4:
        content["quota_project_id"] = "quota-of-the-file"
    if "source_credentials" in content and rng.random() < 0.3:
        content["source_credentials"]["quota_project_id"] = "quota-of-the-source"
    if kind == "impersonated_service_account" and rng.random() < 0.4:
        content["delegates"] = ["projects/-/serviceAccounts/delegate@emulator-project.iam.gserviceaccount.com"]
    if "service_account_impersonation_url" in content and kind == "external_account" and rng.random() < 0.5:
        content["service_account_impersonation"] = {"token_lifetime_seconds": rng.choice([600, 3600, 900])}
    if rng.random() < 0.2:
        content["universe_domain"] = "googleapis.com"
    elif rng.random() < 0.2:
        content.pop("universe_domain", None)
    if kind == "service_account" and rng.random() < 0.3:
        content.pop("private_key_id")
    if kind == "external_account" and "workforcePools" in content["audience"] and rng.random() < 0.3:
        content.pop("workforce_pool_user_project")


def random_case(rng: random.Random, files: GoogleFiles) -> Case:
    case = Case()
    if rng.random() < 0.12:
        case.environment |= {"NO_GCE_CHECK": rng.choice(["false", ""]), "GCE_METADATA_HOST": "{host}", "GCE_METADATA_IP": "{host}"}
        case.metadata = rng.choice(["account", "account", "no_account", "captive_portal"])
    if rng.random() < 0.3:
        case.environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = rng.choice(["quota-of-the-environment", ""])
    if rng.random() < 0.9:
        case.environment["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = rng.choice(["1", "1", "1", "0"])
    if rng.random() < 0.8:
        case.environment |= KEYS
        case.environment[rng.choice(["AWS_REGION", "AWS_DEFAULT_REGION"])] = rng.choice(["us-east-2", "eu-west-1"])
    roll = rng.random()
    if roll < 0.07:
        return case
    content = files.content(rng.choice(credential_files(files)))
    text = None
    _addition(rng, content)
    if rng.random() < 0.25:
        text = _mistake(rng, content)
    text = json.dumps(content, indent=rng.choice([None, 2])) if text is None else text
    roll = rng.random()
    if roll < 0.45:
        case.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "{home}/key.json"
        case.files["key.json"] = text
        if rng.random() < 0.2:
            case.files[WELL_KNOWN] = json.dumps(files.content("authorized_user.json"))
    elif roll < 0.75:
        case.files[WELL_KNOWN] = text
        if rng.random() < 0.3:
            case.environment["GOOGLE_APPLICATION_CREDENTIALS"] = rng.choice(["", "{home}/" + WELL_KNOWN])
    elif roll < 0.95:
        case.environment["CLOUDSDK_CONFIG"] = "{home}/elsewhere"
        case.files[f"elsewhere/{ADC}"] = text
    else:
        case.environment["GOOGLE_APPLICATION_CREDENTIALS"] = rng.choice(["{home}/no-such-file.json", "{home}"])
        case.files[WELL_KNOWN] = text
    return case
