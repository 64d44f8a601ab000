#!/usr/bin/env python3
"""One turn of a fresh process, four ways, against the emulator on this machine: wall time and CPU, medians of alternating runs.

Uses what ./test has built (build/dev, build/venv). usage: tools/compare_fresh_process.py [--runs N]"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import time

PROJECT = pathlib.Path(__file__).resolve().parent.parent
BUILD = PROJECT / "build" / "dev"
PYTHON = PROJECT / "build" / "venv" / "bin" / "python"
QUESTION = "Explain quantum computing in simple terms."

CORTEX = f"""
import cortex
session = cortex.Engine(providers={{"anthropic": {{}}}}, orchestrator_model="claude-haiku-4-5").create_agent(name="a").start_session()
assert session.run_sync({QUESTION!r}).content
"""
OFFICIAL = f"""
import anthropic
answer = anthropic.Anthropic().messages.create(model="claude-haiku-4-5", max_tokens=8192,
                                               messages=[{{"role": "user", "content": {QUESTION!r}}}])
assert answer.content[0].text
"""
WAYS = {
    "`cortex run`": [str(BUILD / "bin" / "cortex"), "run", "--orchestrator-model", "claude-haiku-4-5", QUESTION],
    "Python, this package": [str(PYTHON), "-c", CORTEX],
    "Python, the official `anthropic` SDK": [str(PYTHON), "-c", OFFICIAL],
    "Python that does nothing": [str(PYTHON), "-c", "pass"],
}


def once(command, environment):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def spread(values):
    """Half the distance between the quartiles."""
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs

    with subprocess.Popen([BUILD / "bin" / "cortex-emulator", "--port", "0", "--die-with-parent"], stdout=subprocess.PIPE, text=True) as server:
        base_url = server.stdout.readline().split()[-1]
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(BUILD / "python"),
                       "ANTHROPIC_BASE_URL": base_url, "ANTHROPIC_API_KEY": "sk-ant-comparison"}
        taken = {way: [] for way in WAYS}
        for _ in range(runs):
            for way, command in WAYS.items():
                taken[way].append(once(command, environment))
        server.terminate()

    print(f"| one turn from a fresh process, median of {runs} ± half the quartiles' distance | wall, ms | CPU, ms |")
    print("|---|---|---|")
    for way, pairs in taken.items():
        wall, cpu = zip(*pairs)
        print(f"| {way} | " + " | ".join(f"{1e3 * statistics.median(column):.0f} ± {1e3 * spread(column):.0f}" for column in (wall, cpu)) + " |")


if __name__ == "__main__":
    main()
