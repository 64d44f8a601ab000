#!/usr/bin/env python3
"""Runs one example against the strict emulator and compares what it prints with the expected text.

usage: run_example.py EMULATOR SCRIPT EXPECTED PROGRAM [ARGUMENT...]
SCRIPT is a file of answers for the emulator, or "-" for its own deterministic ones."""

import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

# The pair that AWS's documentation publishes; the emulator knows it.
AWS_PAIR = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


def surroundings(base_url, folder):
    """Variables that lead every provider to the emulator, and none of the user's own that lead elsewhere."""
    query = urllib.parse.urlencode({"folder": folder, "base_url": base_url})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{base_url}/_emulator/google/files?{query}", timeout=60) as answer:
        key_file = json.load(answer)["service_account.json"]
    path = pathlib.Path(folder) / "service_account.json"
    path.write_text(json.dumps(key_file))
    foreign = ("aws_", "anthropic_", "google_", "gcloud_", "gce_", "cloudsdk_", "cloud_ml_", "cortex_config", "openai_", "gemini_", "azure_")
    kept = {name: value for name, value in os.environ.items()
            if not name.lower().startswith(foreign) and name.lower() not in ("http_proxy", "https_proxy", "all_proxy")}
    return {**kept, **AWS_PAIR, "ANTHROPIC_BASE_URL": base_url, "ANTHROPIC_API_KEY": "sk-ant-example-key",
            "OPENAI_BASE_URL": f"{base_url}/v1", "OPENAI_API_KEY": "sk-proj-example-key", "GOOGLE_GEMINI_BASE_URL": base_url,
            "GEMINI_API_KEY": "AIza-example-key", "AWS_ENDPOINT_URL": base_url,
            "ANTHROPIC_VERTEX_BASE_URL": f"{base_url}/v1", "GOOGLE_APPLICATION_CREDENTIALS": str(path), "HOME": folder}


def main():
    emulator, script, expected, *program = sys.argv[1:]
    command = [emulator, "--port", "0", "--die-with-parent"] + ([] if script == "-" else ["--script", script])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, tempfile.TemporaryDirectory() as folder:
        try:
            line = server.stdout.readline()
            if not line.startswith("listening on "):
                print(f"the emulator did not start: {line!r}")
                return 1
            environment = surroundings(line.split()[-1], folder)
            run = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, check=False)
        finally:
            server.terminate()
    wanted = pathlib.Path(expected).read_text()
    if run.returncode == 0 and run.stdout == wanted:
        print(run.stdout, end="")
        return 0
    print(f"exit code {run.returncode}\n{run.stderr}")
    print("".join(difflib.unified_diff(wanted.splitlines(True), run.stdout.splitlines(True), "expected", "printed")))
    return 1


if __name__ == "__main__":
    sys.exit(main())
