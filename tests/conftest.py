"""What holds for every suite: a report of a test shows no key, in its name either."""

import pathlib
import signal

# A job that a script starts in the background inherits an ignored SIGINT, and so would every program under test: Ctrl-C would
# do nothing in them.
signal.signal(signal.SIGINT, signal.default_int_handler)

KEYS = pathlib.Path(__file__).resolve().parent / "house" / "keys.txt"


def pytest_make_parametrize_id(config, val, argname):
    """A value that holds a key of keys.txt gives its test the argument's name instead."""
    del config
    if not isinstance(val, (str, bytes)):
        return None
    text = val if isinstance(val, str) else val.decode(errors="replace")
    keys = [line for line in KEYS.read_text().splitlines() if line and not line.startswith("#")]
    # The last eight characters are enough to tell a key: tests use keys without their prefix too.
    return argname if any(key[-8:] in text for key in keys) else None
