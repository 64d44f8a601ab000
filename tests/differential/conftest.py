"""Fixtures of the differential tests: our probe, an emulator whose records name keys, and a seed that a failure can be repeated with."""

import os
import pathlib
import random
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from emulator import Emulator, find_binary  # noqa: E402


@pytest.fixture(scope="session")
def emulator_binary():
    found = find_binary()
    if found is None:
        pytest.skip("the emulator is not built: CORTEX_EMULATOR names no cortex-emulator")
    return found


@pytest.fixture(scope="session")
def probe_binary():
    """CORTEX_PROBE, else the one of the build that the emulator comes from."""
    named = os.environ.get("CORTEX_PROBE")
    if not named:
        emulator = find_binary()
        named = str(pathlib.Path(emulator).resolve().parents[1] / "tests" / "differential" / "credential_probe") if emulator else ""
    if not named or not pathlib.Path(named).is_file():
        pytest.skip("the probe is not built: CORTEX_PROBE names no credential_probe, and none lies beside the emulator's build")
    return named


@pytest.fixture(scope="module")
def recording_emulator(emulator_binary):
    with Emulator("--record-secrets", binary=emulator_binary) as running:
        yield running


@pytest.fixture(scope="session")
def seed():
    """CORTEX_SEED repeats a run."""
    return int(os.environ.get("CORTEX_SEED") or random.SystemRandom().randrange(1 << 32))


@pytest.fixture(scope="session")
def effort():
    """CORTEX_DIFFERENTIAL_EFFORT multiplies the number of random cases."""
    return float(os.environ.get("CORTEX_DIFFERENTIAL_EFFORT") or 1)
