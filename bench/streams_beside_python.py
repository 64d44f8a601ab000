#!/usr/bin/env python3
"""streams_beside_python.py BUILD URL COUNT SECONDS: `streams` within a Python process, idle first and then beside a busy thread.

BUILD is the folder of the release build. No thread of the engine takes the interpreter's lock, so that a thread which never
stops computing must not make the engine late.
"""

import ctypes
import pathlib
import sys
import threading

import cortex  # noqa: F401  the engine under test is the one that the package brought


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: streams_beside_python.py BUILD URL COUNT SECONDS")
    build, url, count, seconds = pathlib.Path(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3]), int(sys.argv[4])
    streams = ctypes.CDLL(str(build / "bench" / "libstreams_module.so")).cortex_bench_streams
    streams.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t)

    def run():  # ctypes lets go of the interpreter's lock during the call
        if streams(url, count, seconds) != 0:
            sys.exit(1)

    print("interpreter idle:", flush=True)
    run()

    over = threading.Event()

    def compute():
        total = 0
        while not over.is_set():
            for number in range(10_000):
                total += number * number % 7

    busy = threading.Thread(target=compute)
    busy.start()
    try:
        print("interpreter busy:", flush=True)
        run()
    finally:
        over.set()
        busy.join()


if __name__ == "__main__":
    main()
