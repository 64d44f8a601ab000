#!/usr/bin/env python3
"""Searches everything that the tests wrote (logs, result files, the home that they ran in) for the keys that they used.

keys.txt lists keys that may not show by as much as eight characters in a row; of any other key that a test source names (a
literal that begins with sk-) the whole must not show. Says where a slice was found, never the slice.
usage: check_secrets.py [--junit FILE] [--keys FILE] BUILD_FOLDER"""

import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = re.compile(r"^sk-(?:ant-)?(?:api\d+-|proj-)?")
LITERAL = re.compile(r"""["'](sk-[A-Za-z0-9_-]{16,})["']""")
SLICE = 8
# Model weights and the runtime that serves them are no output of tests, and large.
SKIP_FOLDERS = {"models", "runtime", "tmp", "_deps"}


def slices(key):
    """The parts of a key that tell it from any other."""
    tail = PREFIX.sub("", key)
    return {tail[at:at + SLICE].encode() for at in range(len(tail) - SLICE + 1)}


def keys_of(listing, tests):
    listed = [line.strip() for line in listing.read_text().splitlines() if line.strip() and not line.startswith("#")]
    wanted = {part: f"key {number} of {listing.name}" for number, key in enumerate(listed, 1) for part in slices(key)}
    for file in sorted(tests.rglob("*")):
        if file.suffix in {".py", ".cpp", ".hpp"}:
            for key in LITERAL.findall(file.read_text(errors="replace")):
                if key not in listed:
                    wanted.setdefault(key.encode(), f"a key of {file.relative_to(tests.parent)}")
    return wanted


def outputs(build):
    for folder in ("log", "results", "test-home", "dev/Testing"):
        for file in sorted((build / folder).rglob("*")):
            if file.is_file() and not file.is_symlink() and not SKIP_FOLDERS & set(file.relative_to(build).parts):
                yield file


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--junit", type=pathlib.Path)
    parser.add_argument("--keys", type=pathlib.Path, default=HERE / "keys.txt")
    arguments = parser.parse_args()

    wanted = keys_of(arguments.keys, HERE.parent)
    found, files = [], 0
    for file in outputs(arguments.build):
        files += 1
        data = file.read_bytes()
        found += sorted({f"{file.relative_to(arguments.build)}: {owner}" for part, owner in wanted.items() if part in data})
    print("\n".join(found) if found else f"{files} files show none of {len(wanted)} slices of keys")
    if arguments.junit:
        failure = f'<failure message="{len(found)} files show a key: see the output"/>' if found else ""
        arguments.junit.write_text(f'<testsuite><testcase classname="house" name="no_output_shows_a_key">{failure}</testcase></testsuite>\n')
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
