"""No thread of the engine ever takes the interpreter's lock."""

import os
import pathlib
import re
import shutil
import subprocess
import threading

import pytest

import cortex
import cortex._core

TAKERS = re.compile(r"PyGILState_Ensure|PyEval_AcquireThread|PyEval_AcquireLock|Py_AddPendingCall|_PyThreadState")


def undefined_symbols(path):
    if shutil.which("nm") is None:
        pytest.skip("nm is not installed")
    flags = ["-u", "-C"] if str(path).endswith(".o") else ["-D", "-u", "-C"]
    return subprocess.run(["nm", *flags, str(path)], capture_output=True, text=True, check=True).stdout


def extension():
    return pathlib.Path(cortex._core.__file__)


def library():
    loaded = pathlib.Path("/proc/self/maps").read_text()
    paths = {line.split()[-1] for line in loaded.splitlines() if "/libcortex.so" in line}
    assert len(paths) == 1
    return pathlib.Path(paths.pop())


def test_the_library_knows_nothing_of_python():
    symbols = undefined_symbols(library())
    assert "curl_multi" in symbols, "nm shows what the library calls"
    assert not re.search(r"\b_?Py[A-Z_]", symbols)


def test_the_extension_can_only_give_the_lock_away_and_take_it_back():
    symbols = undefined_symbols(extension())
    assert "PyEval_SaveThread" in symbols, "nm shows what the extension calls"
    # nanobind itself asks for the lock where a C++ thread drops a Python callback: no callback of ours crosses over, and the
    # code that engine threads run is compiled apart, without Python's headers.
    source = pathlib.Path(__file__).resolve().parents[3] / "python" / "src"
    includes = re.findall(r'#include [<"]([^>"]+)', "".join((source / name).read_text() for name in ("wake.cpp", "wake.hpp")))
    assert includes and not [name for name in includes if "Python" in name or "nanobind" in name]
    for file in sorted(source.glob("*.[ch]pp")):
        assert not TAKERS.search(file.read_text()), file.name
        assert "gil_scoped_acquire" not in file.read_text(), file.name


def test_streams_arrive_whole_while_a_thread_never_lets_the_lock_go(emulator, engine):
    """A thread that computes in C holds the lock for the whole answer; the engine fetches all of it meanwhile."""
    emulator.script({"text": "word " * 2000, "chunk_bytes": 512})
    session = engine.create_agent("a").start_session()
    run = session._start("hello", True, None, None, None, None, None)
    # One bytecode that computes in C: no other Python thread and no pending call can run until it is over.
    big = 3 ** 400_000
    read = 0
    while not emulator_is_done(emulator):
        read += len(str(big)[:1])
    # Everything is in the queue now, although nothing of Python ran on its behalf.
    text, steps = "", 0
    while (item := run.take()) is not None and type(item) is cortex.StreamChunk:
        text += item.content
        steps += 1
    while type(item) is not cortex.Response:
        item = run.wait_next()
        text += item.content if type(item) is cortex.StreamChunk else ""
    assert text == "word " * 2000 == item.content
    assert steps > 1 and read > 0


def emulator_is_done(emulator):
    requests = emulator.requests()
    return bool(requests) and requests[0]["finished"]


def test_the_engine_needs_one_network_thread_for_a_hundred_turns(engine):
    before = {task for task in os.listdir("/proc/self/task")}
    agent = engine.create_agent("a")
    sessions = [agent.start_session() for _ in range(100)]
    runs = [session._start("hello", True, None, None, None, None, None) for session in sessions]
    added = {task for task in os.listdir("/proc/self/task")} - before
    for run in runs:
        while type(run.wait_next()) is not cortex.Response:
            pass
    assert 1 <= len(added) <= 3
    assert threading.active_count() == 1 or all(thread.name for thread in threading.enumerate())
