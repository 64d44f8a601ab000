"""botocore's credential chain, one environment a line: reads JSON objects from standard input and answers each with one.

A process of its own, because botocore reads the environment of its process; long-lived, because importing it costs more than asking."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import sys
import time
import warnings

getpass.getpass = lambda *_, **__: "123456"  # before botocore binds it: nobody is there to be asked for an MFA code

import botocore.credentials  # noqa: E402
import botocore.loaders  # noqa: E402
import botocore.session  # noqa: E402
import botocore.tokens  # noqa: E402
import botocore.utils  # noqa: E402

LOADER = botocore.loaders.Loader()
botocore.utils.ContainerMetadataFetcher.SLEEP_TIME = 0  # between its tries; nothing here gets better by waiting


def digest(text: str | None) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def ask(environment: dict[str, str], profile: str) -> dict[str, object]:
    os.environ.clear()
    os.environ.update(environment)
    # `~` of these is expanded when botocore is imported, so another HOME comes too late for them.
    for provider in (botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider):
        provider._SSO_TOKEN_CACHE_DIR = os.path.join(environment["HOME"], ".aws", "sso", "cache")
    try:
        session = botocore.session.Session(profile=profile or None)
        session.register_component("data_loader", LOADER)
        credentials = session.get_credentials()
        if credentials is None:
            return {"kind": "none"}
        method = credentials.method
        frozen = credentials.get_frozen_credentials()
    except Exception as error:  # every way to say no is an answer
        return {"kind": "error", "error": f"{type(error).__name__}: {error}"}
    return {
        "kind": method,
        "id": frozen.access_key,
        "secret": digest(frozen.secret_key),
        "token": digest(frozen.token),
        "account": credentials.account_id or "",
    }


def main() -> None:
    warnings.simplefilter("ignore")
    time.sleep = lambda *_: None  # retries of its own
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(ask(question["environment"], question["profile"])), flush=True)


main()
