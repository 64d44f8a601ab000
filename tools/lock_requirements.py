#!/usr/bin/env python3
"""Writes tests/requirements.lock from tests/requirements.txt: every package that pip would install, its exact version, and the
SHA-256 of the one file for this interpreter and machine. Run it with Debian 12's own Python whenever the pins change."""

import json
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"


def main():
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "report.json")
        venv = pathlib.Path(folder, "venv")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--only-binary", ":all:",
                        "--report", report, "-r", TESTS / "requirements.txt"], check=True)
        found = json.loads(report.read_text())["install"]
    lines = ["# Made by tools/lock_requirements.py from requirements.txt: x86-64, Python 3.11. Do not edit."]
    for item in sorted(found, key=lambda item: item["metadata"]["name"].lower()):
        digest = item["download_info"]["archive_info"]["hash"].removeprefix("sha256=")
        lines.append(f"{item['metadata']['name']}=={item['metadata']['version']} --hash=sha256:{digest}")
    (TESTS / "requirements.lock").write_text("\n".join(lines) + "\n")
    print(f"{len(found)} packages")


if __name__ == "__main__":
    main()
