"""Starts the strict emulator for a test and talks to its control routes. Standard library only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


class EmulatorError(RuntimeError):
    """The emulator could not be started, or refused a control request."""


def find_binary() -> str | None:
    """The program named by CORTEX_EMULATOR, else the one on PATH, else None."""
    named = os.environ.get("CORTEX_EMULATOR")
    if named:
        return named if Path(named).is_file() else None
    return shutil.which("cortex-emulator")


class Emulator:
    """One running emulator; use it as a context manager, or call start() and stop()."""

    def __init__(self, *options: str, binary: str | None = None) -> None:
        self._options = options
        self._binary = binary
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    @property
    def openai_base_url(self) -> str:
        return self.base_url + "/v1"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> "Emulator":
        binary = self._binary or find_binary()
        if binary is None:
            raise EmulatorError("no emulator: set CORTEX_EMULATOR to the cortex-emulator program")
        self._process = subprocess.Popen(
            [binary, "--port", "0", "--die-with-parent", *self._options], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        prefix = "listening on "
        if not line.startswith(prefix):
            code = self._process.wait()
            raise EmulatorError(f"the emulator ended with code {code} before it listened")
        self.base_url = line[len(prefix) :]
        return self

    def stop(self) -> int:
        """Ends the program and returns its exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()
        return code

    def __enter__(self) -> "Emulator":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def script(self, *steps: dict[str, Any]) -> None:
        """Enqueues answers; see docs/emulator.md for the steps."""
        self._control("POST", "script", list(steps))

    def requests(self) -> list[dict[str, Any]]:
        """What came in since the last reset, oldest first."""
        return self._control("GET", "requests")

    def stats(self) -> dict[str, Any]:
        return self._control("GET", "stats")

    def reset(self) -> None:
        """Forgets recorded requests, pending steps and cached prefixes."""
        self._control("POST", "reset")

    def _control(self, method: str, route: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.base_url}/_emulator/{route}", data=data, method=method, headers={"content-type": "application/json"}
        )
        # A proxy from the environment must not see loopback traffic.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise EmulatorError(f"{method} {route}: {error.read().decode(errors='replace')}") from error
