#!/usr/bin/env python3
"""The library never prints, exits, aborts or installs signal handlers, and knows nothing of Python.

Asks nm which outside functions each object of the rooms calls, and readelf from where, if one is forbidden.
usage: check_symbols.py NM ARCHIVE... SHARED_LIBRARY"""

import fnmatch
import re
import subprocess
import sys

FORBIDDEN = {
    "prints": ["_ZSt4cout", "_ZSt4cerr", "_ZSt4clog", "_ZSt3cin", "stdout", "stderr", "printf", "vprintf", "__printf_chk",
               "__vprintf_chk", "puts", "putchar", "putc", "perror", "psignal", "syslog", "_ZNSt8ios_base4InitC1Ev"],
    "ends the process": ["exit", "_exit", "_Exit", "quick_exit", "abort", "raise", "_ZSt4exiti"],
    "installs signal handlers": ["signal", "__sysv_signal", "bsd_signal", "sigaction", "sigprocmask"],
    "runs at the process's end": ["atexit", "on_exit", "at_quick_exit"],
    "starts a shell": ["system", "popen"],
    "calls Python": ["Py*", "_Py*"],
}

# (object file, symbol): why it may.
ALLOWED = {
    ("child_process.cpp.o", "_exit"): "the child after fork, when its program cannot be started",
    ("child_process.cpp.o", "signal"): "the child after fork: back to the default actions",
    ("child_process.cpp.o", "sigaction"): "the child after fork: back to the default actions",
    ("child_process.cpp.o", "sigprocmask"): "the child after fork: nothing is blocked",
    ("stderr_logger.cpp.o", "stderr"): "the sink of the log, where CORTEX_LOG or the host asks for one",
}
# Functions of header-only libraries, each in a section of its own, and what they may name.
FOREIGN = [(".text._ZN3fmt", "stderr", "fmt's own last words, in functions that the rooms do not call")]


def undefined(nm, file):
    """Yields (object, symbol) for every symbol that is used and not defined there."""
    dynamic = ["-D"] if ".so" in file else []
    output = subprocess.run([nm, *dynamic, "-u", "-A", file], capture_output=True, text=True, check=True).stdout
    for line in output.splitlines():
        where, _, symbol = line.rpartition(" ")
        member = re.search(r":([^:]+\.o):", where)
        yield member.group(1) if member else file.rsplit("/", 1)[-1], symbol.split("@", 1)[0]


def only_foreign(file, member, symbol):
    """Whether nothing but functions of FOREIGN refers to the symbol there; then, why that is allowed."""
    output = subprocess.run(["readelf", "-rW", file], capture_output=True, text=True, check=True).stdout
    inside, section, reasons = True, "", set()
    for line in output.splitlines():
        if line.startswith("File: "):
            inside = line.endswith(f"({member})")
        elif line.startswith("Relocation section"):
            section = line.split("'")[1].removeprefix(".rela")
        elif inside and re.search(rf"\s{re.escape(symbol)}(?:@\S+)?(?:\s[+-]\s\S+)?$", line):
            found = [reason for prefix, name, reason in FOREIGN if name == symbol and section.startswith(prefix)]
            if not found:
                return None
            reasons.update(found)
    return min(reasons) if reasons else None


def main():
    nm, *files = sys.argv[1:]
    wrong, objects, used = [], set(), set()
    for file in files:
        shared = ".so" in file
        for member, symbol in undefined(nm, file):
            objects.add((file, member))
            for deed, patterns in FORBIDDEN.items():
                # What libraries do that are linked into the shared object is judged by what only they could not do.
                if shared and deed != "calls Python":
                    continue
                if any(fnmatch.fnmatchcase(symbol, pattern) for pattern in patterns):
                    if (member, symbol) in ALLOWED:
                        used.add((member, symbol, ALLOWED[member, symbol]))
                    elif foreign := only_foreign(file, member, symbol):
                        used.add(("header-only code", symbol, foreign))
                    else:
                        wrong.append(f"{file}: {member} {deed}: {symbol}")
    print("\n".join(wrong) if wrong else f"{len(objects)} objects, none prints, ends the process or calls Python")
    for member, symbol, reason in sorted(used):
        print(f"  allowed: {symbol} in {member}: {reason}")
    return 1 if wrong or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
