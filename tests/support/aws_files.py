"""Writes the files and variables by which AWS's clients find credentials, all pointing at a running emulator. Standard library only."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import urllib.request
from pathlib import Path
from typing import Any

REGION = "us-east-1"
SESSION = "emulator"  # of [sso-session]
ROLE = "arn:aws:iam::123456789012:role/service/reader"


def _iso(seconds_from_now: float) -> str:
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_from_now)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class AwsHome:
    """A home directory with `.aws`, and the environment that leads clients there."""

    def __init__(self, base_url: str, home: Path) -> None:
        self.base_url = base_url
        self.home = home
        self.facts = self.control()
        self._folder = home / ".aws"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.config("")

    def control(self, changes: dict[str, Any] | None = None) -> dict[str, Any]:
        """GET /_emulator/aws, or PUT with changes."""
        data = None if changes is None else json.dumps(changes).encode()
        request = urllib.request.Request(f"{self.base_url}/_emulator/aws", data=data, method="GET" if data is None else "PUT")
        return self._send(request)

    def identity_token(self, **wishes: Any) -> str:
        """A token of the emulator's identity provider; see docs/emulator.md for the wishes."""
        request = urllib.request.Request(f"{self.base_url}/_emulator/aws/identity-token", data=json.dumps(wishes).encode(), method="POST")
        return self._send(request)["token"]

    def environment(self, *, keys: bool = False, **more: str) -> dict[str, str]:
        """Variables for a client; without keys it has to look further."""
        variables = {
            "HOME": str(self.home),
            "AWS_CONFIG_FILE": str(self._folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._folder / "credentials"),
            "AWS_LOGIN_CACHE_DIRECTORY": str(self._folder / "login" / "cache"),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.base_url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.base_url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if keys:
            variables["AWS_ACCESS_KEY_ID"] = self.facts["access_key"]["id"]
            variables["AWS_SECRET_ACCESS_KEY"] = self.facts["access_key"]["secret"]
        return {**variables, **more}

    def enter(self, monkeypatch: Any, *, keys: bool = False, **more: str) -> None:
        """Makes these variables the test's own, and no others of AWS's."""
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in self.environment(keys=keys, **more).items():
            monkeypatch.setenv(name, value)

    def config(self, text: str) -> None:
        (self._folder / "config").write_text(text)

    def credentials(self, text: str) -> None:
        (self._folder / "credentials").write_text(text)

    def static_profile(self, name: str = "base") -> str:
        """The lines of a profile with the pair that the emulator knows."""
        pair = self.facts["access_key"]
        return f"[profile {name}]\naws_access_key_id = {pair['id']}\naws_secret_access_key = {pair['secret']}\n"

    def sso_profile(self, name: str = "people", role: str = "Developer") -> str:
        """A profile of IAM Identity Center with its session section."""
        return (
            f"[profile {name}]\nsso_session = {SESSION}\nsso_account_id = {self.facts['account_id']}\nsso_role_name = {role}\n"
            f"[sso-session {SESSION}]\nsso_region = {REGION}\nsso_start_url = https://emulator.test/start\n"
            "sso_registration_scopes = sso:account:access\n"
        )

    def sso_cache(self, *, access_token: str | None = None, expires_in: float = 3600) -> Path:
        """The cached token of `aws sso login`."""
        facts = self.facts["sso"]
        path = self._folder / "sso" / "cache" / (hashlib.sha1(SESSION.encode()).hexdigest() + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(
                {
                    "startUrl": "https://emulator.test/start",
                    "region": REGION,
                    "accessToken": access_token or facts["access_token"],
                    "expiresAt": _iso(expires_in),
                    "clientId": facts["client_id"],
                    "clientSecret": facts["client_secret"],
                    "registrationExpiresAt": _iso(90 * 86400),
                    "refreshToken": facts["refresh_token"],
                }
            )
        )
        return path

    def login_profile(self, name: str = "console") -> str:
        return f"[profile {name}]\nlogin_session = {self.facts['login']['session']}\nregion = {REGION}\n"

    def login_cache(self, *, expires_in: float = -60) -> Path:
        """The cached session of `aws login`; by default its keys have run out and have to be refreshed."""
        facts = self.facts["login"]
        path = self._folder / "login" / "cache" / (hashlib.sha256(facts["session"].encode()).hexdigest() + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(
                {
                    "accessToken": {
                        "accessKeyId": "ASIAGONE",
                        "secretAccessKey": "gone",
                        "sessionToken": "gone",
                        "accountId": self.facts["account_id"],
                        "expiresAt": _iso(expires_in),
                    },
                    "tokenType": "aws_sigv4",
                    "clientId": facts["client_id"],
                    "refreshToken": facts["refresh_token"],
                    "idToken": "none",
                    "dpopKey": facts["dpop_key"],
                }
            )
        )
        return path

    @staticmethod
    def _send(request: urllib.request.Request) -> Any:
        # A proxy from the environment must not see loopback traffic.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)
