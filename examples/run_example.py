#!/usr/bin/env python3
"""Runs one example against the strict emulator and compares what it prints with the expected text.

usage: run_example.py EMULATOR SCRIPT EXPECTED PROGRAM [ARGUMENT...]
SCRIPT is a file of answers for the emulator, or "-" for its own deterministic ones."""

import difflib
import os
import pathlib
import subprocess
import sys


def main():
    emulator, script, expected, *program = sys.argv[1:]
    command = [emulator, "--port", "0", "--die-with-parent"] + ([] if script == "-" else ["--script", script])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline()
            if not line.startswith("listening on "):
                print(f"the emulator did not start: {line!r}")
                return 1
            environment = dict(os.environ, ANTHROPIC_BASE_URL=line.split()[-1], ANTHROPIC_API_KEY="sk-ant-example-key")
            for name in list(environment):
                if name.lower() in ("http_proxy", "https_proxy", "all_proxy", "cortex_config"):
                    del environment[name]
            run = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, check=False)
        finally:
            server.terminate()
    wanted = pathlib.Path(expected).read_text()
    if run.returncode == 0 and run.stdout == wanted:
        print(run.stdout, end="")
        return 0
    print(f"exit code {run.returncode}\n{run.stderr}")
    print("".join(difflib.unified_diff(wanted.splitlines(True), run.stdout.splitlines(True), "expected", "printed")))
    return 1


if __name__ == "__main__":
    sys.exit(main())
