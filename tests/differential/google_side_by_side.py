"""One environment with its credential files, for two readers: ours and google-auth. Standard library only."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from emulator import Emulator
from google_files import PROJECT, GoogleFiles

ADC = "application_default_credentials.json"
PREDICT = f"/v1/projects/{PROJECT}/locations/global/publishers/anthropic/models/claude-sonnet-4-6:rawPredict"
BODY = {"anthropic_version": "vertex-2023-10-16", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}


@dataclasses.dataclass
class Case:
    """`files` are written into the home, by their path there. `{home}`, `{base}` and `{host}` in variables and files stand for the
    home, the emulator's URL and its host with the port."""

    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    metadata: str = "account"

    def __str__(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=1)


@dataclasses.dataclass
class Outcome:
    kind: str
    bearer: str = ""
    quota_project: str = ""
    error: str = ""
    trace: list[tuple[Any, ...]] = dataclasses.field(default_factory=list)

    def same(self, other: "Outcome") -> bool:
        if self.kind != other.kind:
            return False
        return self.kind in ("none", "error") or (self.quota_project == other.quota_project and self.trace == other.trace)

    def __str__(self) -> str:
        return " ".join([self.kind, f"quota={self.quota_project}", self.error, *(str(step) for step in self.trace)])


def kind_of_source(source: str) -> str:
    for start, kind in (
        ("service account", "service account"),
        ("gcloud user credentials", "user"),
        ("workforce user credentials", "workforce user"),
        ("workload identity federation", "federation"),
        ("workforce identity federation", "federation"),
        ("impersonated service account", "impersonated"),
        ("metadata server", "metadata"),
    ):
        if source.startswith(start):
            return kind
    return f"unknown: {source}"


def _claims(token: str) -> dict[str, Any]:
    """A token's claims without its times."""
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return {name: value for name, value in claims.items() if name not in ("iat", "exp")}


class SideBySide:
    """Writes a case into two homes, runs both, notes what each asked the emulator for, and tries the tokens at Vertex AI."""

    def __init__(self, emulator: Emulator, probe: str, folder: Path) -> None:
        self.emulator = emulator
        self.probe = probe
        self.homes = [folder / "ours", folder / "theirs"]
        for home in self.homes:
            home.mkdir(parents=True)
        emulator.reset()
        self.files = GoogleFiles(emulator, folder)
        self.folder = folder
        self.worker = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "google_worker.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        assert self.worker.stdin is not None and self.worker.stdout is not None
        self.worker.stdin.close()
        self.worker.wait(timeout=30)
        self.worker.stdout.close()

    def ask_worker(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self.worker.stdin is not None and self.worker.stdout is not None
        self.worker.stdin.write(json.dumps(question) + "\n")
        self.worker.stdin.flush()
        return json.loads(self.worker.stdout.readline())

    def run(self, case: Case) -> tuple[Outcome, Outcome]:
        """Ours and google-auth's."""
        self.files.switch(metadata=case.metadata)
        outcomes = []
        for home, ask in zip(self.homes, (self._ask_probe, self._ask_google)):

            def filled(text: str, home: Path = home) -> str:
                base = self.emulator.base_url
                return text.replace("{home}", str(home)).replace("{base}", base).replace("{host}", base.removeprefix("http://"))

            for path in sorted(home.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            for name, content in case.files.items():
                path = home / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(filled(content))
            # The project is given, so that nobody asks for it.
            environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "NO_GCE_CHECK": "true", "GOOGLE_CLOUD_PROJECT": PROJECT}
            environment |= {name: filled(value) for name, value in case.environment.items()}
            self.emulator._control("DELETE", "requests")
            outcome = ask(environment)
            outcome.trace = self._trace()
            outcomes.append(outcome)
        return outcomes[0], outcomes[1]

    def is_taken(self, outcome: Outcome) -> bool:
        """Whether Vertex AI takes the token."""
        headers = {"authorization": f"Bearer {outcome.bearer}", "content-type": "application/json"}
        if outcome.quota_project:
            headers["x-goog-user-project"] = outcome.quota_project
        request = urllib.request.Request(self.emulator.base_url + PREDICT, json.dumps(BODY).encode(), headers)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return False

    def _ask_probe(self, environment: dict[str, str]) -> Outcome:
        run = subprocess.run([self.probe, "google", "--token"], env=environment, capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        answer = json.loads(run.stdout)
        if answer["found"]:
            return Outcome(kind_of_source(answer["source"]), answer["bearer"], answer["quota_project"])
        return Outcome("error", error=answer["error"]) if "error" in answer else Outcome("none")

    def _ask_google(self, environment: dict[str, str]) -> Outcome:
        answer = self.ask_worker({"environment": environment, "base": self.emulator.base_url})
        return Outcome(answer["kind"], answer.get("token", ""), answer.get("quota_project", ""), answer.get("error", ""))

    def _trace(self) -> list[tuple[Any, ...]]:
        """What was asked for on the way to a token, without what differs from run to run."""
        steps: list[tuple[Any, ...]] = []
        for request in self.emulator.requests():
            target, headers = request["target"], request["headers"]
            step: list[Any] = [request["method"], target, request["status"], headers.get("x-goog-user-project", "")]
            if target.startswith("/computeMetadata/") and "/token" not in target or target == "/":
                continue  # each looks around in its own way
            if target == "/oidc/token" or target.startswith("/latest/"):
                steps.append(tuple(step))
                continue
            if "x-www-form-urlencoded" in headers.get("content-type", ""):
                form = dict(urllib.parse.parse_qsl(request["body"]))
                if "assertion" in form:
                    step.append(sorted(_claims(form.pop("assertion")).items()))
                if "subject_token" in form and form["subject_token"].count(".") == 2:
                    form["subject_token"] = str(sorted(_claims(form["subject_token"]).items()))
                if form.get("subject_token_type") == "urn:ietf:params:aws:token-type:aws4_request":
                    told = json.loads(urllib.parse.unquote(form.pop("subject_token")))
                    signed_by = [header["value"].split("/")[0] for header in told["headers"] if header["key"].lower() == "authorization"]
                    step += [told["url"], told["method"], sorted(header["key"].lower() for header in told["headers"]), signed_by]
                step.append(sorted(form.items()))
                step.append(headers.get("authorization", ""))
            elif request["json"] is not None:
                step.append(sorted((name, str(value)) for name, value in request["json"].items() if value))
            steps.append(tuple(step))
        return steps
