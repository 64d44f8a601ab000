#!/usr/bin/env python3
"""run.py [--build DIR] [--rounds 5] [--turns 2000]: each turn driver beside its rival or its floor, in turn, on one plain server.

Prints two tables: the engine over the libcurl floor, and the vendor's Python SDK over the Python package. A ratio is taken
within one round, from runs that follow each other, so that what the machine does meanwhile hits both; then the median and the
least and greatest of the rounds' ratios are given.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# What each driver runs in a round; `tool_async` is the package's own, and has the SDK's `tool` beside it.
MODES = ("json", "stream", "json100", "stream100", "tool", "tool_async")
ONLY_OF = {"tool_async": "Python"}
# Beside which SDK a vendor's turns are made, and what its package is called.
SDKS = {"responses": ("openai_sdk_driver.py", "openai"), "chat": ("openai_sdk_driver.py", "openai"), "gemini": ("google_sdk_driver.py", "google-genai")}
VENDOR_MODES = tuple(f"{vendor}.{form}" for vendor in SDKS for form in ("json", "stream"))


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def drive(command, url, mode, turns, environment):
    done = subprocess.run(
        [*command, url, mode, str(turns)], env=environment, stdout=subprocess.PIPE, text=True, timeout=600, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{command[-1]} {mode} left with {done.returncode}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build" / "release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=2000, help="of a native driver; the Python ones make a quarter, the SDK a tenth")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has the `anthropic` package")
    parser.add_argument("--native-only", action="store_true", help="leave the Python drivers out")
    parser.add_argument("--vendors", action="store_true", help="turns of OpenAI and Gemini beside their SDKs, instead of Claude's")
    parser.add_argument("--modes", type=lambda text: text.split(","), default=MODES, help="only these")
    asked = parser.parse_args()

    bench = asked.build / "bench"
    environment = {**os.environ, "PYTHONPATH": str(asked.build / "python")}
    drivers = {
        "libcurl": ([str(bench / "curl_floor")], asked.turns),
        "C++": ([str(bench / "turn_driver")], asked.turns),
        "Python": ([asked.python, str(HERE / "turn_driver.py")], max(100, asked.turns // 4)),
        "SDK": ([asked.python, str(HERE / "anthropic_sdk_driver.py")], max(100, asked.turns // 10)),
    }
    if asked.native_only:
        del drivers["Python"], drivers["SDK"]
    if asked.vendors:
        asked.modes = VENDOR_MODES
        del drivers["libcurl"]

    def command_of(name, mode):
        command, turns = drivers[name]
        if name == "SDK" and asked.vendors:
            command = [*command[:-1], str(HERE / SDKS[mode.partition(".")[0]][0])]
        return command, turns

    results = {(name, mode): [] for name in drivers for mode in asked.modes}
    versions = {}
    server = subprocess.Popen([str(bench / "fast_server")], stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for round_number in range(asked.rounds):
            for mode in asked.modes:
                for name in drivers:
                    command, turns = command_of(name, mode)
                    if name != ONLY_OF.get(mode, name):
                        continue
                    line = drive(command, url, mode, turns, environment)
                    versions[name, mode.partition(".")[0]] = versions[name] = line["version"]
                    results[name, mode].append(line)
            print(f"round {round_number + 1} of {asked.rounds} done", file=sys.stderr)
    finally:
        server.terminate()
        server.wait()

    def cpu(name, mode):
        return [line["cpu_ms_per_turn"] for line in results[name, mode]]

    def table(ours, other, other_name, ratio_name, ratio_of):
        print(f"\n| mode | {ours}, CPU ms a turn | {other_name}, CPU ms a turn | {ratio_name} | {ours}, wall ms p50 | RSS MB |")
        print("|---|---|---|---|---|---|")
        for mode in asked.modes:
            mine, theirs = cpu(ours, mode), cpu(other, "tool" if mode in ONLY_OF else mode)
            if not mine or not theirs:
                continue
            ratios = [ratio_of(a, b) for a, b in zip(mine, theirs)]
            wall = statistics.median(line["wall_ms_p50"] for line in results[ours, mode])
            memory = statistics.median(line["rss_mb"] for line in results[ours, mode])
            digits = 3 if ratio_name.endswith("floor") else 1
            print(f"| {mode} | {spread(mine, 3)} | {spread(theirs, 3)} | {spread(ratios, digits)} | {wall:.2f} | {memory:.0f} |")

    if asked.vendors:
        used = ", ".join(sorted({f"{SDKS[vendor][1]} {version}" for (name, vendor), version in
                                 ((key, value) for key, value in versions.items() if isinstance(key, tuple)) if name == "SDK"}))
        for ours in ("C++", "Python"):
            table(ours, "SDK", used, "times less", lambda a, b: b / a)
        return
    table("C++", "libcurl", f"libcurl {versions['libcurl']}", "ms above the floor", lambda a, b: a - b)
    if not asked.native_only:
        table("Python", "SDK", f"anthropic {versions['SDK']}", "times less", lambda a, b: b / a)


if __name__ == "__main__":
    main()
