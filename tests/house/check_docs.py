#!/usr/bin/env python3
"""Links in the project's pages resolve, sections included; programs shown on pages are examples that are run; every test that
docs/conformance.md names exists.

usage: check_docs.py PROJECT"""

import pathlib
import re
import sys

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
GTEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)")
PYTEST = re.compile(r"^\s*(?:async )?def (test_\w+)\(", re.M)
CTEST = re.compile(r"^\s*(add_test\(NAME|house_test\(|example\(|python_example\()\s*([\w.]+)", re.M)
# What the functions of the build files put before the name that they are given.
CTEST_PREFIX = {"add_test(NAME": "", "house_test(": "house.", "example(": "example.", "python_example(": "example.python_"}
PROGRAM = re.compile(r"<!-- (examples/\S+) -->\n+```\w+\n(.*?)^```", re.M | re.S)


def squeeze(text):
    """A program without its indentation."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def anchors(text):
    """The fragment ids that a page's headings get."""
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", FENCE.sub("", text), re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", lambda found: found.group(1) or "", heading)
        yield re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def tests_of(file):
    text = file.read_text(errors="replace")
    for suite, name in GTEST.findall(text):
        yield f"{suite}.{name}"
    yield from PYTEST.findall(text)
    for function, name in CTEST.findall(text):
        yield CTEST_PREFIX[function] + name


def main():
    project = pathlib.Path(sys.argv[1]).resolve()
    pages = sorted([*project.glob("*.md"), *(project / "docs").rglob("*.md"), *(project / "bench").glob("*.md"),
                    *(project / "examples").rglob("*.md")])
    wrong, links = [], 0
    for page in pages:
        text = page.read_text()
        for found in LINK.finditer(FENCE.sub("", text)):
            target = found.group(1) or found.group(2)
            if re.match(r"[a-z]+:", target):
                continue
            links += 1
            path, _, fragment = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                wrong.append(f"{page.relative_to(project)}: {target}: no such file")
            elif fragment and file.suffix == ".md" and fragment not in set(anchors(file.read_text())):
                wrong.append(f"{page.relative_to(project)}: {target}: no such section")

    # A program on a page stands in the example that the page names: <!-- examples/file.cpp --> before the fence.
    programs = 0
    for page in pages:
        for path, program in PROGRAM.findall(page.read_text()):
            programs += 1
            example = project / path
            text = squeeze(example.read_text()) if example.exists() else ""
            if squeeze(program) not in text:
                wrong.append(f"{page.relative_to(project)}: the program shown is not what stands in {path}")

    named = 0
    conformance = project / "docs" / "conformance.md"
    if conformance.exists():
        # A test is named as a link: [`name`](../tests/file).
        for name, target in re.findall(r"\[`([^`]+)`\]\(([^)]+)\)", conformance.read_text()):
            file = (conformance.parent / target.partition("#")[0]).resolve()
            if not file.is_file() or "test" not in target and "examples" not in target:
                continue
            named += 1
            if name not in set(tests_of(file)):
                wrong.append(f"docs/conformance.md: {name}: no such test in {target}")
    print("\n".join(wrong) if wrong else f"{len(pages)} pages, {links} links resolve, {programs} programs are examples, {named} named tests exist")
    return 1 if wrong or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
