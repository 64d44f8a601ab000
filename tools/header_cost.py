#!/usr/bin/env python3
"""What each public header costs to include, beside the standard headers that it needs.

For each header: the front end's time for a file that includes only it, over the time for a file with the standard headers that
it (and what it includes of the project) names. Medians of several alternating runs. A figure for the pages, not a test.
usage: tools/header_cost.py [--runs N] [--compiler g++]"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent
PUBLIC = PROJECT / "include"


def needs(header, seen):
    """All standard headers that `header` reaches."""
    if header in seen:
        return set()
    seen.add(header)
    found = set()
    for name in re.findall(r"^#include <([^>]+)>", header.read_text(), re.M):
        inner = PUBLIC / name
        found |= needs(inner, seen) if inner.exists() else {name}
    return found


def cpu(compiler, source):
    before = os.times()
    subprocess.run([compiler, "-std=c++20", "-fsyntax-only", f"-I{PUBLIC}", source], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--compiler", default="g++")
    arguments = parser.parse_args()

    print(f"{'header':32} {'alone':>8} {'its std':>8} {'ratio':>6}   (seconds of CPU, median of {arguments.runs})")
    with tempfile.TemporaryDirectory() as folder:
        mine, theirs = pathlib.Path(folder, "mine.cpp"), pathlib.Path(folder, "theirs.cpp")
        for header in sorted(PUBLIC.rglob("*.hpp")):
            name = header.relative_to(PUBLIC).as_posix()
            mine.write_text(f"#include <{name}>\n")
            theirs.write_text("".join(f"#include <{needed}>\n" for needed in sorted(needs(header, set()))))
            pairs = [(cpu(arguments.compiler, mine), cpu(arguments.compiler, theirs)) for _ in range(arguments.runs)]
            alone, std = (statistics.median(column) for column in zip(*pairs))
            print(f"{name:32} {alone:8.3f} {std:8.3f} {alone / std:6.2f}")


if __name__ == "__main__":
    main()
