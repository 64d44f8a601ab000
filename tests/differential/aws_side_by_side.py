"""One environment with its files, for two readers: ours and botocore's. Standard library only."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import Any

from aws_files import REGION
from emulator import Emulator

CONTAINER_TOKEN = "Basic a-token"
#: Pairs that the emulator's STS knows, so that roles can be assumed with them.
PAIRS = [(f"AKIDDIFFERENTIAL{i}", hashlib.sha256(f"pair {i}".encode()).hexdigest()[:40]) for i in range(8)]
#: Sessions of Identity Center by name: seconds until the cached token ends, and whether it can be renewed. None: no cached token.
SSO_SESSIONS = {"fresh": (7200, True), "ten-minutes": (600, True), "renewable": (-60, True), "over": (-60, False), "absent": None}
#: Sessions of `aws login`.
LOGIN_SESSIONS = {"fresh": 7200, "renewable": -60, "absent": None}
#: botocore's words for the kinds that the probe's source names tell.
KINDS = {
    "custom-process": "process",
    "shared-credentials-file": "static",
    "config-file": "static",
    "assume-role-with-web-identity": "web identity",
    "container-role": "container",
    "iam-role": "instance",
}


@dataclasses.dataclass
class Case:
    """`{files}`, `{base}` and `{home}` in texts and variables stand for the shared folder, the emulator and each reader's home."""

    config: str = ""
    credentials: str = ""
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    profile: str = ""  # named in the configuration, as `--profile` is

    def __str__(self) -> str:
        variables = "\n".join(f"{name}={value}" for name, value in self.environment.items())
        return f"--- environment\n{variables}\n--- profile {self.profile!r}\n--- config\n{self.config}\n--- credentials\n{self.credentials}"


@dataclasses.dataclass
class Outcome:
    kind: str  # "none", "error", or where the credentials come from
    id: str = ""
    secret: str = ""
    token: str = ""
    error: str = ""
    account: str = ""
    trace: list[tuple[Any, ...]] = dataclasses.field(default_factory=list)

    @property
    def issued(self) -> bool:
        return self.kind in ("assume-role", "web identity", "sso", "login", "container", "instance")

    def same(self, other: "Outcome") -> bool:
        if self.kind != other.kind:
            return False
        if self.kind in ("none", "error"):
            return True  # how often a refusal is asked again is not the matter here
        if not self.issued:
            return (self.id, self.secret, self.token, self.account) == (other.id, other.secret, other.token, other.account)
        return self.trace == other.trace

    def __str__(self) -> str:
        return " ".join([self.kind, self.id, f"token={self.token} account={self.account}", self.error, *(str(step) for step in self.trace)])


def digest(text: str) -> str:
    """As the probe and the worker show a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def kind_of_source(source: str) -> str:
    """The probe's name of a source as one of the kinds."""
    for pattern, kind in (
        (r"^environment variable ", "env"),
        (r"^profile .* \(assumed role ", "assume-role"),
        (r"web identity", "web identity"),
        (r"^SSO ", "sso"),
        (r"^login session ", "login"),
        (r"\(credential_process\)$", "process"),
        (r"^container ", "container"),
        (r"^instance metadata ", "instance"),
        (r"^profile \S+$", "static"),
    ):
        if re.search(pattern, source):
            return kind
    return f"unknown: {source}"


def _iso(seconds: float) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class SideBySide:
    """Writes a case into two homes, runs both chains, and notes what each asked the emulator for."""

    def __init__(self, emulator: Emulator, probe: str, folder: Path) -> None:
        self.emulator = emulator
        self.probe = probe
        self.files = folder / "files"
        self.homes = [folder / "ours", folder / "theirs"]
        for path in (self.files, *self.homes):
            path.mkdir(parents=True)
        self.worker = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "botocore_worker.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.emulator.reset()
        self.facts = emulator._control("GET", "aws")
        self.settings(
            {
                "region": None,
                "rotate_refresh_tokens": False,
                "container_token": CONTAINER_TOKEN,
                "keys": [{"id": name, "secret": secret} for name, secret in PAIRS],
            },
        )
        self._write_files()

    def settings(self, changes: dict[str, Any]) -> None:
        self.emulator._control("PUT", "aws", changes)

    def close(self) -> None:
        assert self.worker.stdin is not None and self.worker.stdout is not None
        self.worker.stdin.close()
        self.worker.wait(timeout=30)
        self.worker.stdout.close()

    def _write_files(self) -> None:
        token = self.emulator._control("POST", "aws/identity-token", {"expires_in_seconds": 7200})["token"]
        (self.files / "token").write_text(token)
        (self.files / "token-with-line-end").write_text(token + "\n")
        (self.files / "container-token").write_text(CONTAINER_TOKEN)
        (self.files / "container-token-with-line-end").write_text(CONTAINER_TOKEN + "\n")
        good = {"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "process/secret", "SessionToken": "process-token"}
        for name, content in {
            "process.json": good,
            "a process.json": good | {"AccessKeyId": "AKIDSPACE"},
            "process-until.json": good | {"Expiration": _iso(7200), "AccountId": "123456789012"},
            "process-over.json": good | {"Expiration": _iso(-60)},
            "process-version-2.json": good | {"Version": 2},
            "process-no-secret.json": {"Version": 1, "AccessKeyId": "AKIDPROCESS"},
            "process-lower.json": {"Version": 1, "accesskeyid": "AKIDLOWER", "secretaccesskey": "x"},
        }.items():
            (self.files / name).write_text(json.dumps(content))
        (self.files / "process-broken.json").write_text('{"Version": 1,')
        (self.files / "first-tools").write_text("AWSAccessKeyId=AKIDFIRSTTOOLS\nAWSSecretKey=x\n")
        (self.files / "boto-2").write_text("[Credentials]\naws_access_key_id = AKIDBOTO\naws_secret_access_key = x\n")

    def _write_caches(self, home: Path) -> None:
        facts = self.facts["sso"]
        folder = home / ".aws" / "sso" / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        for name, state in SSO_SESSIONS.items():
            # By session, and by start URL for profiles of the older form.
            for key in (name, f"https://{name}.test/start"):
                path = folder / (hashlib.sha1(key.encode()).hexdigest() + ".json")
                path.unlink(missing_ok=True)
                if state is None:
                    continue
                content = {"startUrl": f"https://{name}.test/start", "region": REGION, "accessToken": facts["access_token"], "expiresAt": _iso(state[0])}
                if state[1]:
                    content |= {"clientId": facts["client_id"], "clientSecret": facts["client_secret"], "refreshToken": facts["refresh_token"]}
                    content |= {"registrationExpiresAt": _iso(86400)}
                path.write_text(json.dumps(content))
        login = self.facts["login"]
        folder = home / ".aws" / "login" / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        for name, seconds in LOGIN_SESSIONS.items():
            path = folder / (hashlib.sha256(login_session(name).encode()).hexdigest() + ".json")
            path.unlink(missing_ok=True)
            if seconds is None:
                continue
            keys = {"accessKeyId": "ASIALOGIN", "secretAccessKey": "login/secret", "sessionToken": "login-token"}
            keys |= {"accountId": self.facts["account_id"], "expiresAt": _iso(seconds)}
            content = {"accessToken": keys, "tokenType": "aws_sigv4", "clientId": login["client_id"], "refreshToken": login["refresh_token"]}
            path.write_text(json.dumps(content | {"idToken": "none", "dpopKey": login["dpop_key"]}))

    def run(self, case: Case) -> tuple[Outcome, Outcome]:
        """Ours and botocore's."""
        outcomes = []
        for home, ask in zip(self.homes, (self._ask_probe, self._ask_botocore)):
            self._write_caches(home)

            def filled(text: str, home: Path = home) -> str:
                return text.replace("{files}", str(self.files)).replace("{base}", self.emulator.base_url).replace("{home}", str(home))

            (home / ".aws" / "config").write_bytes(filled(case.config).encode())
            (home / ".aws" / "credentials").write_bytes(filled(case.credentials).encode())
            environment = {
                "HOME": str(home),
                "PATH": os.environ["PATH"],
                "AWS_LOGIN_CACHE_DIRECTORY": str(home / ".aws" / "login" / "cache"),
                "AWS_DEFAULT_REGION": REGION,
                "AWS_ENDPOINT_URL": self.emulator.base_url,
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.emulator.base_url,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
            environment |= {name: filled(value) for name, value in case.environment.items()}
            self.emulator._control("DELETE", "requests")
            outcome = ask(environment, case.profile)
            outcome.trace = self._trace()
            outcomes.append(outcome)
        return outcomes[0], outcomes[1]

    def _ask_probe(self, environment: dict[str, str], profile: str) -> Outcome:
        run = subprocess.run([self.probe, "aws", *([profile] if profile else [])], env=environment, capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        answer = json.loads(run.stdout)
        if answer["found"]:
            return Outcome(kind_of_source(answer["source"]), answer["access_key_id"], answer["secret"], answer["token"], account=answer["account_id"])
        return Outcome("error", error=answer["error"]) if "error" in answer else Outcome("none")

    def _ask_botocore(self, environment: dict[str, str], profile: str) -> Outcome:
        assert self.worker.stdin is not None and self.worker.stdout is not None
        self.worker.stdin.write(json.dumps({"environment": environment, "profile": profile}) + "\n")
        self.worker.stdin.flush()
        answer = json.loads(self.worker.stdout.readline())
        named = {name: answer.get(name, "") for name in ("id", "secret", "token", "error", "account")}
        return Outcome(KINDS.get(answer["kind"], answer["kind"]), **named)

    def _trace(self) -> list[tuple[Any, ...]]:
        """What was asked, without what differs from run to run. The same question twice counts once: botocore renews what ends within
        fifteen minutes at once, even if it is new."""
        steps: list[tuple[Any, ...]] = []
        for request in self.emulator.requests():
            method, target, headers, status = request["method"], request["target"], request["headers"], request["status"]
            if target.split("?")[0] == "/" and method == "POST":
                form = dict(urllib.parse.parse_qsl(request["body"]))
                if re.fullmatch(r"(cortex|botocore-session)-\d+", form.get("RoleSessionName", "")):
                    form["RoleSessionName"] = "(made up)"
                if "WebIdentityToken" in form:
                    form["WebIdentityToken"] = hashlib.sha256(form["WebIdentityToken"].encode()).hexdigest()[:12]
                signed_by = re.search(r"Credential=([^/]+)/\d+/([^/]+)/", headers.get("authorization", ""))
                key, region = signed_by.groups() if signed_by else ("", "")
                steps.append(("STS", status, "issued" if key.startswith("ASIA") and key != "ASIALOGIN" else key, region, *sorted(form.items())))
            elif target.startswith("/federation/"):
                query = sorted(urllib.parse.parse_qsl(target.partition("?")[2]))
                cached = headers.get("x-amz-sso_bearer_token") == self.facts["sso"]["access_token"]
                steps.append(("SSO", status, *query, "cached token" if cached else "new token"))
            elif target in ("/token", "/v1/token"):
                steps.append((target, status, *sorted((request["json"] or {}).items())))
            else:
                steps.append((method, target, status))
        return [step for at, step in enumerate(steps) if at == 0 or step != steps[at - 1]]


def login_session(name: str) -> str:
    return f"arn:aws:sts::123456789012:assumed-role/Admin/{name}"
