#!/usr/bin/env python3
"""import_time.py [ROUNDS]: CPU seconds (user and system) of a fresh interpreter that imports one package and ends.

Taken in turn, beside the bare interpreter, `asyncio` alone and the vendor's own SDK; packages that are absent are left out.
Every interpreter that runs has its byte code cached: the first of each is not counted.
"""

import os
import statistics
import subprocess
import sys

PROGRAMS = {
    "bare Python": "pass",
    "import asyncio": "import asyncio",
    "import cortex": "import cortex",
    "import anthropic": "import anthropic",
}


def cpu_seconds(program):
    child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return None if child.returncode else usage.ru_utime + usage.ru_stime


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    present = {name: program for name, program in PROGRAMS.items() if cpu_seconds(program) is not None}
    seconds = {name: [] for name in present}
    for _ in range(rounds):
        for name, program in present.items():
            seconds[name].append(cpu_seconds(program))
    print("| program | CPU s, median | min-max |\n|---|---|---|")
    for name, values in seconds.items():
        print(f"| {name} | {statistics.median(values):.3f} | {min(values):.3f}-{max(values):.3f} |")


if __name__ == "__main__":
    main()
