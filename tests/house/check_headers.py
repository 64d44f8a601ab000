#!/usr/bin/env python3
"""Each header compiles alone, public ones without seeing src/.

A header that its own source file includes before anything else is proven by the builds that use no precompiled headers: the fuzz
targets' (.ci/run), ./quickstart's, a user's. The others are compiled here: the compiler
only checks (-fsyntax-only), and a header is checked again only when it or something that it includes has changed.
usage: check_headers.py PROJECT STATE_FOLDER COMPILER [FLAG...]"""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys


def dependencies(depfile):
    """The files that a make rule of the compiler names."""
    text = depfile.read_text().replace("\\\n", " ")
    return [word.replace("\\ ", " ") for word in re.findall(r"(?:\\ |\S)+", text.split(":", 1)[1]) if word != "-"]


def proven_by_the_build(header, name):
    """X.cpp stands beside X.hpp and begins with it."""
    source = header.with_suffix(".cpp")
    if not source.exists():
        return False
    first = re.search(r"^\s*#\s*include\s*(\S+)", source.read_text(errors="replace"), re.MULTILINE)
    return first is not None and first.group(1) == f'"{name}"'


def main():
    project, state, command = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), sys.argv[3:]
    state.mkdir(parents=True, exist_ok=True)
    public, inner = project / "include", project / "src"
    key = hashlib.sha256("\0".join(command).encode()).hexdigest()[:8]

    def check(header):
        is_public = public in header.parents
        name = header.relative_to(public if is_public else inner).as_posix()
        stamp = state / f"{name.replace('/', '.')}.{key}.ok"
        depfile = stamp.with_suffix(".d")
        try:
            checked = stamp.stat().st_mtime_ns
            if all(os.stat(file).st_mtime_ns <= checked for file in dependencies(depfile)):
                return name, "", True
        except OSError:
            pass
        line = f"#include <{name}>\n" if is_public else f'#include "{name}"\n'
        folders = [f"-I{public}"] + ([] if is_public else [f"-I{inner}"])
        stamp.unlink(missing_ok=True)
        run = subprocess.run(command + folders + ["-fsyntax-only", "-MD", "-MF", str(depfile), "-x", "c++", "-"],
                             input=line, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            stamp.touch()
            return name, "", False
        return name, run.stderr, False

    every = sorted([*public.rglob("*.hpp"), *inner.rglob("*.hpp")])
    headers = [header for header in every if public in header.parents or not proven_by_the_build(header, header.relative_to(inner).as_posix())]
    failed = reused = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for name, complaint, kept in pool.map(check, headers):
            reused += kept
            if complaint:
                failed += 1
                print(f"{name} does not compile alone:\n{complaint}")
    print(f"{len(every)} headers, {len(every) - len(headers)} first in their own source files, {failed} of the others do not stand alone "
          f"({reused} unchanged since the last check)")
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
