"""Our Application Default Credentials beside google-auth's, in the same environments: the same kind, the same questions on the way, the same
quota project, and a token that Vertex AI takes; or a difference that README.md tells."""

import collections
import datetime
import json
import pathlib
import random
import re
import subprocess

import pytest

pytest.importorskip("google.auth", reason="google-auth is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("requests", reason="requests is not installed: pip install -r tests/requirements.txt")

from google_differences import DIFFERENCES, GOOGLES_AUDIENCE, reasons_of  # noqa: E402
from google_random import KEYS, WELL_KNOWN, credential_files, random_case  # noqa: E402
from google_side_by_side import Case, SideBySide  # noqa: E402

CASES = 150
TOKENS = 60
README = pathlib.Path(__file__).parent / "README.md"
FOUND = {"service account", "user", "workforce user", "federation", "impersonated", "metadata"}


@pytest.fixture(scope="module")
def side_by_side(recording_emulator, probe_binary, tmp_path_factory):
    both = SideBySide(recording_emulator, probe_binary, tmp_path_factory.mktemp("google"))
    yield both
    both.close()


def check(side_by_side, case, where):
    ours, theirs = side_by_side.run(case)
    assert ours.same(theirs) or reasons_of(case, ours, theirs), f"{where}: no listed difference explains\nours   {ours}\ntheirs {theirs}\n{case}"
    if ours.kind in FOUND and theirs.kind in FOUND:
        assert side_by_side.is_taken(ours) == side_by_side.is_taken(theirs), f"{where}: Vertex AI takes one of the two tokens\n{case}"
    return ours, theirs


def test_every_kind_of_file(side_by_side):
    environment = KEYS | {"AWS_REGION": "us-east-2", "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"}
    for name in credential_files(side_by_side.files):
        case = Case(dict(environment), {WELL_KNOWN: json.dumps(side_by_side.files.content(name))})
        ours, _ = check(side_by_side, case, name)
        good = name != "service_account_wrong_key.json"
        assert (ours.kind in FOUND) == good, f"{name}: {ours}"
        assert not good or side_by_side.is_taken(ours), name
    case = Case({"NO_GCE_CHECK": "false", "GCE_METADATA_HOST": "{host}", "GCE_METADATA_IP": "{host}"})
    ours, _ = check(side_by_side, case, "metadata")
    assert ours.kind == "metadata" and side_by_side.is_taken(ours)


def test_random_environments(side_by_side, seed, effort):
    print(f"seed {seed}")
    kinds = collections.Counter()
    for number in range(round(CASES * effort)):
        ours, theirs = check(side_by_side, random_case(random.Random(f"{seed}/{number}"), side_by_side.files), f"CORTEX_SEED={seed}, case {number}")
        kinds[ours.kind if ours.kind == theirs.kind else "different"] += 1
    # A generator that makes nothing but mistakes would agree with everything.
    assert len(kinds) >= 6, kinds


@pytest.mark.parametrize("environment", [{}, {"GOOGLE_CLOUD_QUOTA_PROJECT": "payer-of-the-environment"}])
def test_an_impersonation_is_charged_to_the_sources_own_project(side_by_side, environment):
    content = side_by_side.files.content("impersonated_user.json") | {"quota_project_id": "payer"}
    content["source_credentials"]["quota_project_id"] = "payer-of-the-source"
    ours, theirs = side_by_side.run(Case(environment, {WELL_KNOWN: json.dumps(content)}))
    assert ours.same(theirs), f"ours {ours}\ntheirs {theirs}"
    assert ours.trace[-1][3] == "payer-of-the-source" and ours.quota_project == environment.get("GOOGLE_CLOUD_QUOTA_PROJECT", "payer")


@pytest.mark.parametrize("known", DIFFERENCES, ids=lambda known: known.name)
def test_a_listed_difference_still_exists(side_by_side, known):
    case = known.case(side_by_side.files)
    ours, theirs = side_by_side.run(case)
    assert ours.kind == known.ours[0] and known.ours[1] in str(ours), f"ours {ours}"
    assert theirs.kind == known.theirs[0] and known.theirs[1] in str(theirs), f"theirs {theirs}"
    assert not ours.same(theirs)


def test_the_list_is_the_one_of_the_readme():
    text = README.read_text().split("## Google", 1)[1]
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == [known.name for known in DIFFERENCES]


def test_signed_tokens_are_equal(side_by_side, probe_binary, seed, effort):
    """RS256 has one signature for one text: the same claims must give the same token, byte for byte."""
    rng = random.Random(seed)
    keys = [side_by_side.files.content(name) for name in ("service_account.json", "service_account_wrong_key.json")]
    questions = []
    for _ in range(round(TOKENS * effort)):
        file = rng.choice(keys) | {"token_uri": GOOGLES_AUDIENCE, "client_email": "".join(rng.choices("abc.@-_\"\\/&", k=rng.randint(1, 30)))}
        if rng.random() < 0.3:
            file.pop("private_key_id")
        else:
            file["private_key_id"] = "".join(rng.choices("0123456789abcdef", k=rng.randint(1, 40)))
        host = rng.choice(["", "", "aiplatform.googleapis.com", "us-east5-aiplatform.googleapis.com"])
        scope = "https://www.googleapis.com/auth/cloud-platform" if not host or rng.random() < 0.5 else ""
        now = rng.randrange(1_000_000_000, 4_000_000_000)
        questions.append({"file": json.dumps(file), "scope": scope, "service_host": host, "now": now, "date": iso(now)})
    run = subprocess.run([probe_binary, "assertion"], input="".join(json.dumps(q) + "\n" for q in questions), capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    for question, line in zip(questions, run.stdout.splitlines(), strict=True):
        assert json.loads(line) == side_by_side.ask_worker(question), f"CORTEX_SEED={seed}: {question['now']} {question['scope']} {question['service_host']}"


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
