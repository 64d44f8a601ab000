#!/usr/bin/env python3
"""Size and form of files: sources under 500 lines, public headers under 300, `#pragma once` in every header, no tab, no
trailing blank, one newline at the end, no conflict marker. usage: check_files.py PROJECT"""

import pathlib
import re
import sys

FOLDERS = ("include", "src", "apps", "python", "tests", "fuzz", "bench", "examples", "tools", "cmake", "docs")
CODE = {".hpp", ".cpp", ".py", ".pyi", ".cmake", ".sh"}
# Data that happens to be code, as it must look: golden files.
DATA = ("tests/wire/", "tests/logs/")


def complaints(path, text):
    lines = text.split("\n")
    count = len(lines) - 1
    suffix = pathlib.PurePath(path).suffix
    limit = 300 if path.startswith("include/") else 500
    if suffix in CODE and count >= limit:
        yield f"{path}: {count} lines; one idea per file, under {limit}"
    if suffix == ".hpp" and not re.search(r"^#pragma once$", text, re.M):
        yield f"{path}: no #pragma once"
    if suffix in CODE:
        if text and not text.endswith("\n"):
            yield f"{path}: no newline at the end"
        for number, line in enumerate(lines, 1):
            if "\t" in line:
                yield f"{path}:{number}: a tab"
            if line != line.rstrip():
                yield f"{path}:{number}: blanks at the end of the line"
            if re.match(r"^(<{7}|>{7}) ", line):
                yield f"{path}:{number}: a conflict marker"


def main():
    project = pathlib.Path(sys.argv[1]).resolve()
    wrong, files = [], 0
    for folder in FOLDERS:
        for file in sorted((project / folder).rglob("*")):
            path = file.relative_to(project).as_posix()
            if not file.is_file() or file.suffix not in CODE | {".md"} or path.startswith(DATA) or "/build/" in path:
                continue
            files += 1
            wrong.extend(complaints(path, file.read_text()))
    print("\n".join(wrong) if wrong else f"{files} files are of the agreed form")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
