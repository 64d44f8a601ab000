#!/usr/bin/env python3
"""Writes the lock files of the tests. Run it with Debian 12's own Python whenever the pins change.

tests/requirements.lock from requirements.txt: every package that pip would install, its exact version, and the SHA-256 of the one
file for this interpreter and machine. tests/vectors.lock from vectors.txt: the SHA-256 of each source package."""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import fetch_vectors

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"


def lock_requirements():
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
    return len(found)


def lock_vectors():
    with tempfile.TemporaryDirectory() as folder:
        packages, trouble = fetch_vectors.download(folder, TESTS / "vectors.txt", hashes=False)
        if not packages:
            sys.exit(trouble)
        lines = ["# Made by tools/lock_requirements.py from vectors.txt: source packages. Do not edit."]
        for package in packages:
            name, _, version = package.name.removesuffix(".tar.gz").rpartition("-")
            lines.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(package.read_bytes()).hexdigest()}")
    (TESTS / "vectors.lock").write_text("\n".join(lines) + "\n")
    return len(packages)


if __name__ == "__main__":
    which = sys.argv[1:] or ["requirements", "vectors"]
    for name, lock in (("requirements", lock_requirements), ("vectors", lock_vectors)):
        if name in which:
            print(f"{name}: {lock()} packages")
