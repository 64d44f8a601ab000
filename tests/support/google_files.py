"""Google's credential files, made by a running emulator, and the emulator's switches for Google. Standard library only."""

from __future__ import annotations

import json
import urllib.parse
from pathlib import Path
from typing import Any

from emulator import Emulator

# The only key pair that the emulator's federation with AWS believes; published with the signature's examples.
AWS_KEY = "AKIDEXAMPLE"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PROJECT = "emulator-project"
TARGET = "target@emulator-project.iam.gserviceaccount.com"


class GoogleFiles:
    """Writes every kind of credential file into a folder; each points at the emulator."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self._emulator = emulator
        self.folder = folder
        self.rewrite()

    def rewrite(self) -> None:
        """Anew: subject tokens expire, refresh tokens rotate."""
        query = urllib.parse.urlencode({"folder": str(self.folder), "base_url": self._emulator.base_url})
        self._files = self._emulator._control("GET", f"google/files?{query}")
        for name, content in self._files.items():
            self.write(name, content)

    @property
    def names(self) -> list[str]:
        return list(self._files)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def content(self, name: str) -> dict[str, Any]:
        """A copy, to be changed."""
        return json.loads(json.dumps(self._files[name]))

    def write(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def switch(self, **switches: Any) -> dict[str, Any]:
        """PUT /_emulator/google; see docs/emulator.md for the switches."""
        return self._emulator._control("PUT", "google", switches)

    def subject_token(self, wrong_key: bool = False, **claims: Any) -> str:
        """A token of the identity provider that the federation trusts, with these claims changed."""
        query = urllib.parse.urlencode({"base_url": self._emulator.base_url})
        body = {"claims": claims, "wrong_key": wrong_key}
        return self._emulator._control("POST", f"google/subject_token?{query}", body)["token"]
