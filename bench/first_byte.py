#!/usr/bin/env python3
"""first_byte.py CORTEX [ROUNDS]: milliseconds from starting `cortex run` to the first TLS byte at the provider's address, and the
CPU time that the process had used by then, which other work on the machine disturbs less.

The provider is a listener on loopback that reads the first byte of the handshake (0x16) and stops the clock. Beside it, in turn:
`curl` to the same listener, and a program that only starts and ends (`true`), which is what the machine itself takes;
`cortex --version` shows how much of it is loading the program and its libraries.
"""

import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time


def cpu_ms(pid):
    """What all threads of the process have used so far."""
    spent = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e6


def until_first_byte(command, environment, listener):
    start = time.perf_counter()
    child = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            first = connection.recv(1)
            took = (time.perf_counter() - start) * 1e3
            cpu = cpu_ms(child.pid)
    finally:
        child.kill()
        child.wait()
    if first != b"\x16":
        sys.exit(f"the first byte was not a TLS handshake: {first!r}")
    return took, cpu


def until_end(command):
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} left with {child.returncode}")
    return (time.perf_counter() - start) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: first_byte.py CORTEX [ROUNDS]")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory() as home, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        environment = {"PATH": os.environ["PATH"], "HOME": home, "ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": url}
        programs = {
            "`true`, start to end": lambda: until_end(["true"]),
            "`cortex --version`, start to end": lambda: until_end([sys.argv[1], "--version"]),
            "`curl`, start to first TLS byte": lambda: until_first_byte(["curl", "-s", url], environment, listener),
            "`cortex run`, start to first TLS byte": lambda: until_first_byte(
                [sys.argv[1], "run", "Hello"], environment, listener
            ),
        }
        times = {name: [] for name in programs}
        for round_number in range(rounds + 1):
            for name, program in programs.items():
                took = program()
                if round_number > 0:  # the first reads the files from the disk
                    times[name].append(took)
    print("| program | ms, median | min-max | CPU ms, median | min-max |\n|---|---|---|---|---|")
    for name, pairs in times.items():
        columns = [f"{statistics.median(values):.1f} | {min(values):.1f}-{max(values):.1f}" for values in zip(*pairs)]
        print(f"| {name} | {' | '.join(columns)} |")


if __name__ == "__main__":
    main()
