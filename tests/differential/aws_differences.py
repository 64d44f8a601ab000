"""Where our AWS chain and botocore's are known to disagree: how each difference is recognized in a random case, and one case of its own.

The reasons stand in README.md, in a table with the same names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from aws_files import REGION, ROLE
from aws_random import Facts
from aws_side_by_side import PAIRS, Case, Outcome, digest


@dataclasses.dataclass
class Difference:
    name: str
    case: Case
    ours: tuple[str, str]  # the kind that comes out, and what its id, error or requests hold
    theirs: tuple[str, str]
    #: Whether it explains what a random case showed; None: random cases do not hold it.
    explains: Callable[[Facts, Outcome, Outcome], bool] | None = None
    #: The variables without what the two read differently: then they must agree, or another difference explains the rest.
    cure: Callable[[dict[str, str], Outcome], dict[str, str]] | None = None
    instance: dict[str, object] | None = None  # how the instance metadata service answers


NOTHING, TOKEN, TOKEN_WITH_REMARK = "token=", "token=" + digest("abc"), "token=" + digest("abc # mine")


def _keys(pair: int, *, of: str = "", heading: str = "profile ") -> str:
    lines = f"aws_access_key_id = {PAIRS[pair][0]}\naws_secret_access_key = {PAIRS[pair][1]}\n"
    return f"[{heading}{of}]\n{lines}" if of else lines


def _environment_keys(pair: int) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": PAIRS[pair][0], "AWS_SECRET_ACCESS_KEY": PAIRS[pair][1]}


def _static(pair: int) -> tuple[str, str]:
    return "static", PAIRS[pair][0]


WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{files}/token", "AWS_ROLE_ARN": ROLE}
DEFAULT = "[default]\n"
SESSION = f"[sso-session fresh]\nsso_region = {REGION}\nsso_start_url = https://fresh.test/start\n"
PEOPLE = "sso_account_id = 123456789012\nsso_role_name = Developer\n"


def _without(*names: str) -> Callable[[dict[str, str], Outcome], dict[str, str]]:
    return lambda environment, ours: {name: value for name, value in environment.items() if name not in names}


def _without_default_profile(environment: dict[str, str], ours: Outcome) -> dict[str, str]:
    return _without("AWS_DEFAULT_PROFILE")(environment, ours) if environment.get("AWS_PROFILE") else environment


def _without_empty(name: str) -> Callable[[dict[str, str], Outcome], dict[str, str]]:
    return lambda environment, ours: _without(name)(environment, ours) if environment.get(name) == "" else environment


def _without_profile(environment: dict[str, str], ours: Outcome) -> dict[str, str]:
    return _without("AWS_PROFILE", "AWS_DEFAULT_PROFILE")(environment, ours) if ours.kind == "env" else environment


def _without_web_identity(environment: dict[str, str], ours: Outcome) -> dict[str, str]:
    """Where our profile had something to say, the environment's web identity had not."""
    decided = ours.kind in ("static", "sso", "login", "process") or (ours.kind == "error" and "AWS_WEB_IDENTITY" not in ours.error)
    return _without("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME")(environment, ours) if decided else environment


def _web_identity_mixed(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    """The environment adds to a profile's web identity or overrides a part of it, or a profile's role serves the environment's token."""
    del ours
    in_profile = "web_identity_token_file" in facts.merged(facts.chosen)
    without_role = bool(facts.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE")) and not facts.environment.get("AWS_ROLE_ARN")
    set_there = any(facts.environment.get(name) for name in ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"))
    return theirs.kind in ("web identity", "error") and not facts.named and ((in_profile and set_there) or without_role)


def _kinds_reordered(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    """Keys in the credentials file beside a login session or a program."""
    del ours, theirs
    return any(
        "aws_access_key_id" in facts.credentials.get(name, {}) and {"login_session", "credential_process"} & facts.merged(name).keys()
        for name in facts.chain()
    )


def _source_reordered(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    del ours, theirs
    keys = {"aws_access_key_id", "aws_secret_access_key"}
    behind_a_hop = [name for name in facts.chain()[1:] if name != facts.chosen] + [
        name for name in facts.chain() if facts.merged(name).get("source_profile") == name
    ]
    return any(keys & facts.merged(name).keys() and len(facts.merged(name).keys() - keys - {"region"}) > 0 for name in behind_a_hop)


def _source_is_itself(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    """A profile with a role names itself as the source of its credentials, and holds something else than plain keys."""
    del ours
    return "InfiniteLoopConfigError" in theirs.error and any(facts.merged(name).get("source_profile") == name for name in facts.chain())


def _split_keys(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    del ours, theirs
    keys = {"aws_access_key_id", "aws_secret_access_key"}
    return any(keys & facts.config.get(name, {}).keys() and keys & facts.credentials.get(name, {}).keys() for name in facts.chain())


def _lone_secret_in_file(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    del theirs
    return ours.kind == "error" and any(
        "aws_secret_access_key" in facts.merged(name) and "aws_access_key_id" not in facts.merged(name) for name in facts.chain()
    )


def _sso_words(facts: Facts, ours: Outcome, theirs: Outcome) -> bool:
    del theirs
    return ours.kind == "error" and any(
        {"sso_session", "sso_start_url", "sso_region"} & facts.merged(name).keys()
        and not {"sso_account_id", "sso_role_name"} & facts.merged(name).keys()
        for name in facts.chain()
    )


DIFFERENCES = [
    Difference(
        "default-profile-variable",
        Case(_keys(0, of="alpha") + _keys(1, of="beta"), environment={"AWS_PROFILE": "alpha", "AWS_DEFAULT_PROFILE": "beta"}),
        _static(0),
        _static(1),
        cure=_without_default_profile,
    ),
    Difference(
        "web-identity-after-profile",
        Case(DEFAULT + _keys(0), environment=WEB),
        _static(0),
        ("web identity", ROLE),
        cure=_without_web_identity,
    ),
    Difference(
        "web-identity-mixed",
        Case(f"{DEFAULT}role_arn = {ROLE}-of-the-profile\nweb_identity_token_file = {{files}}/token\n", environment={"AWS_ROLE_ARN": ROLE}),
        ("web identity", f"'{ROLE}-of-the-profile'"),
        ("web identity", f"'{ROLE}'"),
        _web_identity_mixed,
    ),
    Difference(
        "empty-web-identity-variable",
        Case(f"{DEFAULT}role_arn = {ROLE}\nweb_identity_token_file = {{files}}/token\n", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": ""}),
        ("web identity", ROLE),
        ("none", ""),
        cure=_without_empty("AWS_WEB_IDENTITY_TOKEN_FILE"),
    ),
    Difference(
        "kinds-in-one-profile",
        Case(f"{DEFAULT}credential_process = /bin/cat {{files}}/process.json\n", DEFAULT + _keys(0)),
        ("process", "AKIDPROCESS"),
        _static(0),
        _kinds_reordered,
    ),
    Difference(
        "a-role-whose-source-is-itself",
        Case(f"{DEFAULT}role_arn = {ROLE}\nsource_profile = default\nsso_session = fresh\n{PEOPLE}{SESSION}"),
        ("assume-role", "issued"),
        ("error", "InfiniteLoopConfigError"),
        _source_is_itself,
    ),
    Difference(
        "keys-first-behind-a-role",
        Case(f"{DEFAULT}role_arn = {ROLE}\nsource_profile = alpha\n{SESSION}[profile alpha]\nsso_session = fresh\n{PEOPLE}{_keys(0)}"),
        ("assume-role", PAIRS[0][0]),
        ("assume-role", "issued"),
        _source_reordered,
    ),
    Difference(
        "keys-from-both-files",
        Case(f"{DEFAULT}aws_secret_access_key = {PAIRS[0][1]}\n", f"{DEFAULT}aws_access_key_id = {PAIRS[0][0]}\n"),
        _static(0),
        ("error", "PartialCredentialsError"),
        _split_keys,
    ),
    Difference(
        "lone-secret-variable",
        Case(DEFAULT + _keys(1), environment={"AWS_SECRET_ACCESS_KEY": PAIRS[0][1]}),
        ("error", "AWS_SECRET_ACCESS_KEY is set"),
        _static(1),
        lambda facts, ours, theirs: ours.kind == "error" and bool(facts.environment.get("AWS_SECRET_ACCESS_KEY")) and not facts.environment.get("AWS_ACCESS_KEY_ID"),
    ),
    Difference("lone-secret-in-file", Case(f"{DEFAULT}aws_secret_access_key = {PAIRS[0][1]}\n"), ("error", "no aws_access_key_id"), ("none", ""), _lone_secret_in_file),
    Difference(
        "missing-profile-beside-keys",
        Case(environment={"AWS_PROFILE": "nobody"} | _environment_keys(0)),
        ("env", PAIRS[0][0]),
        ("error", "ProfileNotFound"),
        cure=_without_profile,
    ),
    Difference("broken-file-beside-keys", Case("[default\n", environment=_environment_keys(0)), ("env", PAIRS[0][0]), ("error", "ConfigParseError")),
    Difference("empty-profile-variable", Case(DEFAULT + _keys(0), environment={"AWS_PROFILE": ""}), _static(0), ("error", "ProfileNotFound"), cure=_without_empty("AWS_PROFILE")),
    Difference(
        "mfa",
        Case(f"{DEFAULT}role_arn = {ROLE}\nsource_profile = alpha\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n" + _keys(0, of="alpha")),
        ("error", "mfa_serial"),
        ("assume-role", "TokenCode"),
        lambda facts, ours, theirs: ours.kind == "error" and facts.any_of_chain("mfa_serial"),
    ),
    Difference(
        "duration-that-is-no-number",
        Case(f"{DEFAULT}role_arn = {ROLE}\nsource_profile = alpha\nduration_seconds = soon\n" + _keys(0, of="alpha")),
        ("error", "duration_seconds"),
        ("assume-role", ROLE),
        lambda facts, ours, theirs: ours.kind == "error" and any(facts.merged(name).get("duration_seconds") == "soon" for name in facts.chain()),
    ),
    Difference(
        "region-of-a-role",
        Case(f"{DEFAULT}role_arn = {ROLE}\nsource_profile = alpha\nregion = eu-central-1\n" + _keys(0, of="alpha")),
        ("assume-role", "'eu-central-1'"),
        ("assume-role", f"'{REGION}'"),
    ),
    Difference(
        "token-beside-a-role",
        Case(f"{DEFAULT}role_arn = {ROLE}\nsource_profile = alpha\nsso_session = nowhere\n{PEOPLE}" + _keys(0, of="alpha")),
        ("assume-role", PAIRS[0][0]),
        ("error", "SSO token provider"),
        lambda facts, ours, theirs: "SSO token provider" in theirs.error and ours.kind != "error",
    ),
    Difference("sso-without-a-role", Case(f"{DEFAULT}sso_session = fresh\n{_keys(0)}{SESSION}"), ("error", "neither sso_account_id nor sso_role_name"), _static(0), _sso_words),
    Difference(
        "sso-region-twice",
        Case(f"{DEFAULT}sso_session = fresh\nsso_region = {REGION}\n{PEOPLE}{SESSION}"),
        ("error", "sso_region beside sso_session"),
        ("sso", "cached token"),
        lambda facts, ours, theirs: ours.kind == "error"
        and any("sso_session" in facts.merged(name) and {"sso_region", "sso_start_url"} & facts.merged(name).keys() for name in facts.chain()),
    ),
    Difference(
        "sso-renewed-late",
        Case(f"{DEFAULT}sso_session = ten-minutes\n{PEOPLE}{SESSION.replace('fresh', 'ten-minutes')}"),
        ("sso", "cached token"),
        ("sso", "new token"),
        lambda facts, ours, theirs: any(facts.merged(name).get("sso_session") == "ten-minutes" for name in facts.chain()),
    ),
    # --- Files: theirs is Python's RawConfigParser -------------------------------------------------------------------------------
    Difference("remark-behind-a-value", Case(f"{DEFAULT}{_keys(0)}aws_session_token = abc # mine\n"), ("static", TOKEN), ("static", TOKEN_WITH_REMARK)),
    Difference("colon-between-name-and-value", Case(DEFAULT + _keys(0).replace(" = ", ": ")), ("error", "line 2"), _static(0)),
    Difference("section-twice", Case(f"{DEFAULT}{_keys(0)}{DEFAULT}region = {REGION}\n"), _static(0), ("error", "ConfigParseError")),
    Difference("setting-twice", Case(f"{DEFAULT}{_keys(0)}aws_access_key_id = {PAIRS[1][0]}\n"), _static(1), ("error", "ConfigParseError")),
    Difference("two-defaults", Case(f"[profile default]\n{_keys(0)}{DEFAULT}{_keys(1)}"), _static(0), _static(1)),
    Difference("quoted-profile-name", Case('[profile "alpha"]\n' + _keys(0), environment={"AWS_PROFILE": "alpha"}), ("error", "no profile alpha"), _static(0)),
    Difference("inherited-from-DEFAULT", Case(f"[DEFAULT]\n{_keys(0)}{DEFAULT}region = {REGION}\n"), ("none", ""), _static(0)),
    Difference("empty-value", Case(f"{DEFAULT}aws_access_key_id =\naws_secret_access_key =\n"), ("none", ""), ("static", "")),
    Difference("older-token-name", Case(f"{DEFAULT}{_keys(0)}aws_security_token = abc\n"), ("static", NOTHING), ("static", TOKEN)),
    Difference("older-token-variable", Case(environment=_environment_keys(0) | {"AWS_SECURITY_TOKEN": "abc"}), ("env", NOTHING), ("env", TOKEN)),
    Difference("blank-key-variable", Case(environment={"AWS_ACCESS_KEY_ID": " ", "AWS_SECRET_ACCESS_KEY": " "}), ("none", ""), ("env", "")),
    Difference(
        "key-that-no-header-carries",
        Case(environment={"AWS_ACCESS_KEY_ID": "AKID WITH SPACE", "AWS_SECRET_ACCESS_KEY": "x"}),
        ("error", "holds a character that no key has"),
        ("env", "AKID WITH SPACE"),
    ),
    Difference(
        "keys-that-have-ended",
        Case(environment=_environment_keys(0) | {"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}),
        ("env", PAIRS[0][0]),
        ("error", "expired"),
    ),
    # --- Tokens and programs ------------------------------------------------------------------------------------------------------
    Difference(
        "home-in-a-token-path",
        Case(f"{DEFAULT}role_arn = {ROLE}\nweb_identity_token_file = ~/../files/token\n"),
        ("web identity", ROLE),
        ("error", "FileNotFoundError"),
    ),
    Difference(
        "line-end-of-a-web-identity-token",
        Case(environment=WEB | {"AWS_WEB_IDENTITY_TOKEN_FILE": "{files}/token-with-line-end"}),
        ("web identity", ROLE),
        ("error", "InvalidIdentityToken"),
    ),
    Difference(
        "line-end-of-a-container-token",
        Case(
            environment={
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "{base}/credentials/task",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{files}/container-token-with-line-end",
            }
        ),
        ("container", "/credentials/task"),
        ("error", "not a legal header value"),
    ),
    Difference(
        "spelling-of-a-programs-members",
        Case(f"{DEFAULT}credential_process = /bin/cat {{files}}/process-lower.json\n"),
        ("process", "AKIDLOWER"),
        ("error", "AccessKeyId"),
    ),
    # --- Places that are not looked at --------------------------------------------------------------------------------------------
    Difference("file-of-the-first-tools", Case(environment={"AWS_CREDENTIAL_FILE": "{files}/first-tools"}), ("none", ""), ("ec2-credentials-file", "AKIDFIRSTTOOLS")),
    Difference("file-of-boto-2", Case(environment={"BOTO_CONFIG": "{files}/boto-2"}), ("none", ""), ("boto-config", "AKIDBOTO")),
    Difference(
        "instance-that-refuses",
        Case(environment={"AWS_EC2_METADATA_DISABLED": "false"}),
        ("error", "AssumeRoleUnauthorizedAccess"),
        ("none", ""),
        instance={"code": "AssumeRoleUnauthorizedAccess"},
    ),
]
