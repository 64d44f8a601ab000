#!/usr/bin/env python3
"""The arrows between the rooms of src/, and who may include which library: see ARCHITECTURE.md.

Reads nothing but #include lines. usage: check_layers.py PROJECT"""

import pathlib
import re
import sys

# A room may include itself and these.
ROOMS = {
    "core": [],
    "schema": ["core"],
    "net": ["core"],
    "world": ["core", "net"],
    "auth": ["core", "net"],
    "dialects": ["core"],
    "channels": ["core", "net", "auth", "dialects"],
    "brain": ["core"],
    "storage": ["core"],
    "telemetry": ["core", "net"],
    "routing": ["core", "net", "auth", "dialects", "channels", "brain"],
    "agent": ["core", "schema", "net", "auth", "dialects", "channels", "brain", "routing", "storage"],
    "engine": ["core", "schema", "net", "world", "auth", "dialects", "channels", "brain", "storage", "telemetry", "routing", "agent"],
    "testing": [],
}
# Of a room that may be included only in part: these files.
PARTS = {("agent", "storage"): {"storage/session_store.hpp"}}

# Third-party headers, by how their name begins, and the folders that may name them.
LIBRARIES = {
    "curl/": ["src/net/", "apps/cortex/tools/http_fetch.cpp", "bench/"],
    "openssl/": ["src/net/", "src/auth/", "src/core/", "src/channels/local_runtime/", "apps/emulator/", "tests/",
                 "bench/"],
    "boost/json": ["src/", "apps/emulator/", "tests/", "fuzz/", "bench/"],
    "boost/asio": ["include/cortex/asio.hpp", "apps/emulator/", "tests/", "examples/", "bench/"],
    "boost/beast": ["apps/emulator/", "tests/", "bench/"],
    "boost/": ["src/", "apps/emulator/", "tests/", "fuzz/", "bench/"],
    "fmt/": ["src/", "apps/", "tests/", "bench/"],
    "CLI/": ["apps/"],
    "toml++/": ["apps/cortex/config_file"],
    "nanobind/": ["python/src/"],
    "Python.h": ["python/src/"],
    "gtest/": ["tests/", "src/testing/"],
    "gmock/": ["tests/", "src/testing/"],
    "benchmark/": ["bench/"],
    "valijson/": ["bench/"],
    "sqlite3.h": ["src/storage/sqlite/"],
}
# Folders that see the public headers and nothing else of the project.
OUTSIDE = ["apps/cortex/", "python/src/", "examples/"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".hpp", ".cpp", ".h", ".inc", ".ipp"}


def judge(path, bracket, name, project):
    """Why `path` must not include `name`, or None."""
    top = name.split("/", 1)[0]
    if name.startswith("cortex/") or bracket == "<" and name == "cortex":
        if path.startswith("apps/emulator/"):
            return "the emulator must not share the engine's view of the protocol"
        return None

    if bracket == "<":
        for prefix, folders in LIBRARIES.items():
            if name.startswith(prefix):
                if not any(path.startswith(folder) for folder in folders):
                    return f"<{prefix}...> belongs to {', '.join(folders)}"
                return None
        if path.startswith("include/cortex/") and "." in name:
            return "an installed header includes the standard library and <cortex/...> only"
        return None

    if top in ROOMS and (project / "src" / name).exists():
        if path.startswith("include/"):
            return "a public header includes nothing of src/"
        if path.startswith("apps/emulator/"):
            return "the emulator must not share the engine's view of the protocol"
        if any(path.startswith(folder) for folder in OUTSIDE):
            return "apps, the Python package and examples see include/cortex only"
        if path.startswith("src/"):
            return judge_room(path, name, top)
        return None
    if path.startswith("src/") and not (project / path).parent.joinpath(name).exists():
        return "no such file: includes are written \"room/file.hpp\" from src/"
    if path.startswith("src/"):
        return "includes are written \"room/file.hpp\" from src/"
    return None


def judge_room(path, name, target):
    room = path.split("/")[1]
    if room not in ROOMS:
        return None
    if target != room and target not in ROOMS[room]:
        return f"the arrow from {room} to {target} does not exist"
    allowed = PARTS.get((room, target))
    if allowed and name not in allowed:
        return f"{room} may see of {target} only {', '.join(sorted(allowed))}"
    if room == target == "dialects":
        mine, theirs = path.split("/")[2:], name.split("/")[1:]
        if len(mine) > 1 and len(theirs) > 1 and mine[0] != theirs[0]:
            return "two dialects never include each other"
    return None


def main():
    project = pathlib.Path(sys.argv[1]).resolve()
    wrong, files = [], 0
    for folder in ("include", "src", "apps", "python/src", "examples", "tests", "fuzz", "bench"):
        for file in sorted((project / folder).rglob("*")):
            if file.suffix not in SUFFIXES or not file.is_file() or "build" in file.relative_to(project).parts:
                continue
            files += 1
            path = file.relative_to(project).as_posix()
            for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
                found = INCLUDE.match(line)
                reason = found and judge(path, found.group(1), found.group(2), project)
                if reason:
                    wrong.append(f'{path}:{number}: "{found.group(2)}": {reason}')
    for room in sorted(p.name for p in (project / "src").iterdir() if p.is_dir() and p.name not in ROOMS):
        wrong.append(f"src/{room}: a room without arrows; add it to {pathlib.Path(__file__).name} and ARCHITECTURE.md")
    print("\n".join(wrong) if wrong else f"{files} files keep to the arrows")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
