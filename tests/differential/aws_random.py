"""Environments and files for credential chains, at random. Most cases are ones that people have; some are mistakes."""

from __future__ import annotations

import dataclasses
import random

from aws_files import REGION, ROLE
from aws_side_by_side import CONTAINER_TOKEN, LOGIN_SESSIONS, PAIRS, SSO_SESSIONS, Case, login_session

NAMES = ["default", "alpha", "beta", "gamma", "delta"]
ROLES = [ROLE, "arn:aws:iam::210987654321:role/writer", "arn:aws:iam::123456789012:role/denied-role"]
COMMANDS = [
    "/bin/cat {files}/process.json",
    '/bin/cat "{files}/a process.json"',
    "/bin/cat {files}/a\\ process.json",
    "/bin/cat {files}/process-until.json",
    "/bin/cat {files}/process-over.json",
    "/bin/cat {files}/process-version-2.json",
    "/bin/cat {files}/process-no-secret.json",
    "/bin/cat {files}/process-broken.json",
    "/bin/false",
    "{files}/no-such-program",
]

Profile = dict[str, str]


@dataclasses.dataclass
class Facts:
    """What a case was made of, for those who want to know why the readers disagree."""

    config: dict[str, Profile] = dataclasses.field(default_factory=dict)
    credentials: dict[str, Profile] = dataclasses.field(default_factory=dict)
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    named: str = ""  # in the configuration

    @property
    def chosen(self) -> str:
        return self.named or self.environment.get("AWS_PROFILE") or self.environment.get("AWS_DEFAULT_PROFILE") or "default"

    def merged(self, name: str) -> Profile:
        return self.config.get(name, {}) | self.credentials.get(name, {})

    def chain(self) -> list[str]:
        """The chosen profile and those that its roles come from."""
        names: list[str] = []
        name = self.chosen
        while name and name not in names:
            names.append(name)
            profile = self.merged(name)
            name = profile.get("source_profile", "") if "role_arn" in profile else ""
        return names

    def any_of_chain(self, *keys: str) -> bool:
        return any(key in self.merged(name) for name in self.chain() for key in keys)


def _static(rng: random.Random) -> Profile:
    name, secret = rng.choice(PAIRS)
    keys = {"aws_access_key_id": name, "aws_secret_access_key": secret}
    roll = rng.random()
    if roll < 0.04:
        keys.pop("aws_secret_access_key")
    elif roll < 0.08:
        keys.pop("aws_access_key_id")
    elif roll < 0.18:
        keys["aws_account_id"] = "210987654321"
    return keys


def _role(rng: random.Random) -> Profile:
    role = {"role_arn": rng.choice(ROLES[:2] if rng.random() < 0.9 else ROLES)}
    if rng.random() < 0.3:
        role["role_session_name"] = rng.choice(["people", "a.name@example"])
    return role


def _assumed(rng: random.Random) -> Profile:
    profile = _role(rng)
    roll = rng.random()
    if roll < 0.75:
        profile["source_profile"] = rng.choice(NAMES)  # the same one and circles included
    elif roll < 0.95:
        profile["credential_source"] = rng.choice(["Environment", "EcsContainer", "Ec2InstanceMetadata", "environment"])
    if rng.random() < 0.03:
        profile["credential_source"] = "Environment"
    if rng.random() < 0.2:
        profile["external_id"] = "outside"
    if rng.random() < 0.2:
        profile["duration_seconds"] = rng.choice(["900", "3600", "soon"])
    if rng.random() < 0.03:
        profile["mfa_serial"] = "arn:aws:iam::123456789012:mfa/somebody"
    return profile


def _web(rng: random.Random) -> Profile:
    profile = _role(rng) | {"web_identity_token_file": "{files}/" + rng.choice(["token", "token", "token", "no-token"])}
    if rng.random() < 0.05:
        profile.pop("role_arn")
    return profile


def _sso(rng: random.Random) -> Profile:
    profile = {"sso_account_id": "123456789012", "sso_role_name": rng.choice(["Developer", "Reader"])}
    if rng.random() < 0.06:
        profile.pop(rng.choice(list(profile)))
    if rng.random() < 0.04:
        profile.clear()
    name = rng.choice(["fresh", "fresh", "fresh", "renewable", "renewable", *SSO_SESSIONS])
    if rng.random() < 0.6:
        profile["sso_session"] = name if rng.random() < 0.95 else "nowhere"
        if rng.random() < 0.05:
            profile["sso_region"] = REGION
    else:
        profile |= {"sso_start_url": f"https://{name}.test/start", "sso_region": REGION}
        if rng.random() < 0.06:
            profile.pop("sso_region")
    return profile


def _login(rng: random.Random) -> Profile:
    return {"login_session": login_session(rng.choice(["fresh", "renewable", *LOGIN_SESSIONS])), "region": REGION}


def _process(rng: random.Random) -> Profile:
    return {"credential_process": rng.choice(COMMANDS if rng.random() < 0.3 else COMMANDS[:4])}


KINDS = [_static, _static, _assumed, _assumed, _assumed, _web, _sso, _sso, _login, _process, lambda rng: {"region": REGION}]


def _profiles(rng: random.Random, facts: Facts) -> None:
    for name in NAMES:
        if rng.random() < 0.12:
            continue
        profile: Profile = {}
        for _ in range(1 if rng.random() < 0.85 else 2):
            profile |= rng.choice(KINDS)(rng)
        in_credentials: Profile = {}
        roll = rng.random()
        for key in list(profile):
            # Keys belong into the credentials file; everything else is found there, too.
            if (key.startswith("aws_") and roll < 0.6) or roll < 0.1:
                in_credentials[key] = profile.pop(key)
        if profile or rng.random() < 0.5:
            facts.config[name] = profile
        if in_credentials:
            facts.credentials[name] = in_credentials
        if in_credentials and rng.random() < 0.05:
            facts.config[name] = facts.config.get(name, {}) | _static(rng)


def _environment(rng: random.Random) -> tuple[dict[str, str], str]:
    variables: dict[str, str] = {}
    named = ""
    roll = rng.random()
    if roll < 0.2:
        pair = rng.choice(PAIRS)
        variables |= {"AWS_ACCESS_KEY_ID": pair[0], "AWS_SECRET_ACCESS_KEY": pair[1]}
        if rng.random() < 0.3:
            variables["AWS_SESSION_TOKEN"] = rng.choice(["a/session+token==", ""])
        if rng.random() < 0.2:
            variables["AWS_ACCOUNT_ID"] = "123456789012"
        if rng.random() < 0.2:
            variables.pop(rng.choice(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]))
        elif rng.random() < 0.1:
            variables[rng.choice(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])] = ""
    roll = rng.random()
    if roll < 0.12:
        named = rng.choice(NAMES)
    elif roll < 0.65:
        variables["AWS_PROFILE"] = rng.choice(NAMES)
    elif roll < 0.7:
        variables["AWS_PROFILE"] = rng.choice(["nobody", ""])
    if rng.random() < 0.1:
        variables["AWS_DEFAULT_PROFILE"] = rng.choice(NAMES)
    if rng.random() < 0.15:
        variables |= {"AWS_WEB_IDENTITY_TOKEN_FILE": "{files}/token", "AWS_ROLE_ARN": rng.choice(ROLES[:2])}
        if rng.random() < 0.4:
            variables["AWS_ROLE_SESSION_NAME"] = "from-the-environment"
        if rng.random() < 0.1:
            variables.pop(rng.choice(["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]))
        elif rng.random() < 0.1:
            variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = ""
    if rng.random() < 0.2:
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "{base}/credentials/task"
        roll = rng.random()
        if roll < 0.45:
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = CONTAINER_TOKEN
        elif roll < 0.85:
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "{files}/container-token"
    if rng.random() < 0.5:
        variables["AWS_EC2_METADATA_DISABLED"] = rng.choice(["false", "", "True"])
    return variables, named


def _text(rng: random.Random, sections: dict[str, Profile], prefix: str) -> str:
    """The file, with the freedom that its grammar leaves."""
    blocks = []
    for name, profile in sections.items():
        heading = name if name == "default" and rng.random() < 0.8 else prefix + name
        lines = [f"[{heading}]"]
        items = list(profile.items())
        rng.shuffle(items)
        for key, value in items:
            key = key.upper() if rng.random() < 0.05 else key
            lines.append(key + rng.choice([" = ", "=", " =  ", "= "]) + value + (" " if rng.random() < 0.05 else ""))
            if rng.random() < 0.05:
                lines.append(rng.choice(["# a remark = 1", "; another", ""]))
        blocks.append("\n".join(lines))
    rng.shuffle(blocks)
    text = "\n\n".join(blocks) + "\n"
    return text.replace("\n", "\r\n") if rng.random() < 0.08 else text


def random_case(rng: random.Random) -> tuple[Case, Facts]:
    facts = Facts()
    facts.environment, facts.named = _environment(rng)
    if rng.random() < 0.15:
        # A machine in the cloud: nobody wrote files there.
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            facts.environment.pop(name, None)
        facts.named = ""
    else:
        _profiles(rng, facts)
    config = _text(rng, facts.config, "profile ")
    for name in SSO_SESSIONS:
        config += f"\n[sso-session {name}]\nsso_region = {REGION}\nsso_start_url = https://{name}.test/start\nsso_registration_scopes = sso:account:access\n"
    return Case(config, _text(rng, facts.credentials, ""), facts.environment, facts.named), facts
