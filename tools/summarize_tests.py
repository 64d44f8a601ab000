#!/usr/bin/env python3
"""Adds up the result files (JUnit XML of ctest, pytest and gtest) below a folder, names what failed and why the rest was
skipped, and closes with one line: N passed, N failed, N skipped. Exit code 1 when something failed or nothing ran."""

import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def reason(case):
    """The sentence that a skipped test gave, wherever its runner put it."""
    skipped = case.find("skipped")
    output = (case.findtext("system-out") or "") + (case.findtext("system-err") or "")
    # gtest under ctest: the message follows the place, above the line "[  SKIPPED ]".
    found = re.search(r"Skipped\n(.+?)\n", output) or re.search(r"SKIP(?:PED)?: *(.+)", output)
    if found:
        return found.group(1).strip()
    if skipped is not None:
        text = (skipped.get("message") or "").strip() or (skipped.text or "").strip()
        if text and "REGULAR_EXPRESSION" not in text:
            return text.splitlines()[-1].strip() if "\n" in text else text
    return "no reason given"


def cases(file):
    """Yields (name, outcome, detail) for each test of one result file."""
    root = xml.parse(file).getroot()
    for case in root.iter("testcase"):
        kind, name = case.get("classname") or "", case.get("name") or "?"
        full = name if kind in ("", name) else f"{kind}.{name}"
        status = case.get("status") or ""
        if case.find("failure") is not None or case.find("error") is not None:
            broken = case.find("failure") if case.find("failure") is not None else case.find("error")
            yield full, "failed", (broken.get("message") or "").strip()
        elif case.find("skipped") is not None or status in ("disabled", "notrun") or case.get("result") == "skipped":
            yield full, "skipped", reason(case)
        else:
            yield full, "passed", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--brief", action="store_true", help="leave out the reasons of skipped tests")
    arguments = parser.parse_args()

    count = {"passed": 0, "failed": 0, "skipped": 0}
    failed, skipped = [], {}
    for file in sorted(arguments.folder.rglob("*.xml")):
        where = file.relative_to(arguments.folder)
        try:
            found = list(cases(file))
        except xml.ParseError as error:
            found = [(str(where), "failed", f"unreadable result file: {error}")]
        for name, outcome, detail in found:
            count[outcome] += 1
            if outcome == "failed":
                failed.append((str(where), name, detail))
            elif outcome == "skipped":
                skipped.setdefault(detail, []).append(name)

    if skipped and not arguments.brief:
        print("Skipped, by reason:")
        for detail, names in sorted(skipped.items()):
            some = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            print(f"  {detail}: {some}")
    if failed:
        print("Failed:")
        for where, name, detail in failed:
            print(f"  {name} ({where}){': ' + detail.splitlines()[0][:200] if detail else ''}")
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
