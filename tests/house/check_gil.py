#!/usr/bin/env python3
"""No thread of the engine ever takes Python's global lock: a busy interpreter would stall every stream.

The binding may let the lock go and get it back on the thread that held it; it may not take it anew, start threads, or schedule
calls from outside. usage: check_gil.py PROJECT"""

import pathlib
import re
import sys

FORBIDDEN = {
    r"\bPyGILState_\w+": "takes the lock on whatever thread it runs on",
    r"\bgil_scoped_acquire\b": "takes the lock on whatever thread it runs on",
    r"\bPyEval_(?:AcquireThread|RestoreThread|AcquireLock)\b": "takes the lock by hand",
    r"\bPy_AddPendingCall\b": "runs Python code at a moment that nobody chose",
    r"\bcall_soon_threadsafe\b": "wakes the loop under the lock; an eventfd does it without",
    r"\bstd::(?:j?thread|async)\b|\bpthread_create\b": "starts a thread; threads belong to the engine",
}


def code_of(text):
    """The text without comments, line numbers kept."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda found: "\n" * found.group(0).count("\n"), text, flags=re.S)


def main():
    project = pathlib.Path(sys.argv[1])
    files = sorted(file for file in (project / "python" / "src").rglob("*") if file.suffix in {".cpp", ".hpp"})
    wrong = []
    for file in files:
        for number, line in enumerate(code_of(file.read_text()).splitlines(), 1):
            for pattern, reason in FORBIDDEN.items():
                found = re.search(pattern, line)
                if found:
                    wrong.append(f"{file.relative_to(project)}:{number}: {found.group(0)}: {reason}")
    # Code of `extern "C"` wake functions and the rest of src/ is covered by the symbol check of the library.
    print("\n".join(wrong) if wrong else f"{len(files)} files of the binding never take the lock")
    if not files:
        print("SKIPPED: there is no binding in python/src yet")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
