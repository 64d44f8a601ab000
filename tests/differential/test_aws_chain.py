"""Our AWS credential chain beside botocore's, in the same environments: the same source and the same keys, or a difference that README.md tells."""

import dataclasses
import pathlib
import random
import re

import pytest

pytest.importorskip("botocore", reason="AWS's SDK is not installed: pip install -r tests/requirements.txt")
pytest.importorskip("awscrt", reason="botocore needs awscrt for login profiles: pip install -r tests/requirements.txt")

from aws_differences import DIFFERENCES  # noqa: E402
from aws_random import random_case  # noqa: E402
from aws_side_by_side import SideBySide  # noqa: E402

CASES = 200
README = pathlib.Path(__file__).parent / "README.md"


@pytest.fixture(scope="module")
def side_by_side(recording_emulator, probe_binary, tmp_path_factory):
    both = SideBySide(recording_emulator, probe_binary, tmp_path_factory.mktemp("aws"))
    yield both
    both.close()


def reasons_of(side_by_side, case, facts, ours, theirs):
    """The listed differences that explain why two outcomes are not the same; nothing where they do not."""
    reasons = []
    for known in DIFFERENCES:
        if known.cure is None or (environment := known.cure(case.environment, ours)) == case.environment:
            continue
        reasons.append(known.name)
        case, facts = dataclasses.replace(case, environment=environment), dataclasses.replace(facts, environment=environment)
        ours, theirs = side_by_side.run(case)
        if ours.same(theirs):
            return reasons
    others = [known.name for known in DIFFERENCES if known.explains is not None and known.explains(facts, ours, theirs)]
    return reasons + others if others else []


def test_random_environments(side_by_side, seed, effort):
    print(f"seed {seed}")
    kinds = set()
    for number in range(round(CASES * effort)):
        # One generator a case, so that a case can be repeated alone.
        case, facts = random_case(random.Random(f"{seed}/{number}"))
        ours, theirs = side_by_side.run(case)
        if ours.same(theirs):
            kinds.add(ours.kind)
            continue
        assert reasons_of(side_by_side, case, facts, ours, theirs), (
            f"CORTEX_SEED={seed}, case {number}: no listed difference explains\nours   {ours}\ntheirs {theirs}\n{case}"
        )
    # A generator that makes nothing but mistakes would agree with everything.
    assert len(kinds) >= 7, kinds


@pytest.mark.parametrize("known", DIFFERENCES, ids=lambda known: known.name)
def test_a_listed_difference_still_exists(side_by_side, known):
    side_by_side.settings({"instance": known.instance or {}})
    try:
        ours, theirs = side_by_side.run(known.case)
    finally:
        side_by_side.settings({"instance": {}})
    assert ours.kind == known.ours[0] and known.ours[1] in str(ours), f"ours {ours}"
    assert theirs.kind == known.theirs[0] and known.theirs[1] in str(theirs), f"theirs {theirs}"
    assert not ours.same(theirs)


def test_the_list_is_the_one_of_the_readme():
    text = README.read_text().split("## AWS", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `([a-zA-Z0-9-]+)` \|", text, re.MULTILINE) == [known.name for known in DIFFERENCES]
