"""No thread of the engine ever takes the interpreter's lock."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

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


def test_a_stream_arrives_whole_while_the_interpreter_never_lets_the_lock_go(emulator, engine):
    """This thread spins without a blocking call and is never asked to switch: whoever needs the lock waits in vain."""
    emulator.script({"text": "word " * 2000, "chunk_bytes": 512, "gap_ms": 1})
    session = engine.create_agent("a").start_session()
    patience = time.monotonic() + 60
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        run = session._start("hello", True)
        text, empty = "", 0
        while type(item := run.take()) is not cortex.Response:
            if item is None:
                empty += 1
                assert time.monotonic() < patience, "the stream stands still"
            else:
                text += item.content
    finally:
        sys.setswitchinterval(interval)
    assert text == "word " * 2000 == item.content
    assert empty > 0, "the spinning began before the answer was whole"


def test_the_engine_needs_one_network_thread_for_a_hundred_turns(engine):
    before = {task for task in os.listdir("/proc/self/task")}
    agent = engine.create_agent("a")
    sessions = [agent.start_session() for _ in range(100)]
    runs = [session._start("hello", True) for session in sessions]
    added = {task for task in os.listdir("/proc/self/task")} - before
    for run in runs:
        while type(run.wait_next()) is not cortex.Response:
            pass
    assert 1 <= len(added) <= 3
