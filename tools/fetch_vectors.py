#!/usr/bin/env python3
"""Fetches the vendors' published test cases into build/vectors: the source packages of tests/vectors.lock, checked by hash. Only data
is taken out of them, in the layout that the tests know; no code of theirs runs. Ends with 0 when the cases are there, 3 when no
package could be fetched (the tests then say so and skip), and 1 when a package is not the one that was pinned."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from python_tables import Tables, plain

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "vectors"

# A package's folders and files -> where they lie below build/vectors.
WANTED = {
    "botocore": {
        "tests/unit/auth/aws4_testsuite/": "aws-sigv4/botocore-aws4/",
        **{f"tests/functional/endpoint-rules/{name}/endpoint-tests-1.json": f"aws-endpoints/{name}.endpoint-tests.json"
           for name in ("bedrock-runtime", "sts", "sso", "sso-oidc", "signin")},
        "tests/unit/response_parsing/xml/errors/": "aws-responses/xml-errors/",
        "tests/unit/response_parsing/xml/responses/": "aws-responses/xml-responses/",
        "tests/unit/response_parsing/json/": "aws-responses/json-",
        "tests/unit/protocols/output/": "aws-responses/protocols/",
        "tests/unit/cfg/": "aws-config/botocore-cfg/",
        "tests/unit/login/login-provider-test-cases.json": "aws-config/login-provider-test-cases.botocore.json",
        "tests/functional/configured_endpoint_urls/profile-tests.json": "aws-config/configured-endpoint-urls.json",
    },
    "google_auth": {
        "tests/data/": "google-auth/python-data/",
        "tests/compute_engine/data/": "google-auth/python-data/compute_engine/",
    },
    "jsonschema": {
        "json/tests/draft2020-12/": "json-schema/draft2020-12/",
        "json/remotes/": "json-schema/remotes/",
    },
}

# What builds packages, in name only: pip asks for a package's metadata before it keeps the file, and all it gets is the name.
BACKEND = '''
import pathlib, re
def prepare_metadata_for_build_wheel(folder, settings=None):
    text = pathlib.Path("PKG-INFO").read_text(encoding="utf-8")
    name, version = (re.search(rf"^{key}: (.*)$", text, re.M).group(1) for key in ("Name", "Version"))
    info = pathlib.Path(folder, f"{name.replace('-', '_')}-{version}.dist-info")
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\\n")
    return info.name
class __legacy__:
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
'''


def download(folder, requirements, hashes=True):
    """The source packages that the file names, and what pip had to say if there are none."""
    backends = pathlib.Path(folder, "backends")
    for module in ("setuptools/build_meta.py", "hatchling/build.py"):
        (backends / module).parent.mkdir(parents=True)
        (backends / module).with_name("__init__.py").touch()   # Else a package of that name elsewhere would come first.
        (backends / module).write_text(BACKEND)
    into = pathlib.Path(folder, "packages")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--no-build-isolation",
               "--use-pep517", "--retries", "2", "--timeout", "20", "--dest", into, "-r", requirements]
    done = subprocess.run(command + (["--require-hashes"] if hashes else []), env={**os.environ, "PYTHONPATH": str(backends)},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return (sorted(into.glob("*.tar.gz")), "") if done.returncode == 0 else ([], done.stdout)


def unpack(package, into):
    """Writes what is wanted of one package, and returns the texts of its Python tests by path."""
    tests = {}
    wanted = WANTED[re.sub(r"-[0-9].*", "", package.name).replace("-", "_")]
    with tarfile.open(package) as archive:
        for member in archive:
            path = member.name.partition("/")[2]
            if not member.isfile() or ".." in path.split("/"):
                continue
            if re.fullmatch(r"tests/(unit/)?test_(eventstream|tokens|aws|pluggable)\.py", path):
                tests[path] = archive.extractfile(member).read().decode()
            for source, target in wanted.items():
                if path.startswith(source) and not path.endswith(".py"):
                    file = into / (target + path[len(source):])
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(archive.extractfile(member).read())
    return tests


def event_stream(tables):
    """botocore's frames; one that announces megabytes is cut to its first 64 bytes, by which it has to be refused."""
    cases = []
    for name in (node["name"] for node in tables["POSITIVE_CASES"]):
        frame, message = tables[name]
        cases.append({"name": name, "class": "positive", "hex": frame.hex(), "headers": plain(message["headers"]),
                      "payload_hex": message["payload"].hex()})
    for name in (node["name"] for node in tables["NEGATIVE_CASES"]):
        frame, error = tables[name]
        cases.append({"name": name, "class": "negative", "hex": frame[:64].hex() if len(frame) > 4096 else frame.hex(), "error": error["name"]})
    return {"cases": cases}


def sso_tokens(tables):
    """The renewals' profile and the name of its cached token stand in the body of botocore's test."""
    session = {"sso_region": "us-west-2", "sso_start_url": "https://d-123.awsapps.com/start"}
    return {"refresh_cases_config": {"profiles": {"test": {"sso_session": "admin"}}, "sso_sessions": {"admin": session}},
            "refresh_cases_cache_key": hashlib.sha1(b"admin").hexdigest(),
            "sso_provider_resolution_cases": plain(tables["sso_provider_resolution_cases"]),
            "sso_provider_refresh_cases": plain(tables["sso_provider_refresh_cases"])}


def signed_requests(tables):
    names = ("region", "time", "credentials", "original_request", "signed_request")
    return {"cases": [dict(zip(names, plain(case))) for case in tables["TEST_FIXTURES"]]}


def program_outputs(tables):
    return {name: plain(value) for name, value in tables.items() if name.startswith("EXECUTABLE_") and isinstance(value, dict)}


# Cases that their packages keep as tables in Python tests: test, what makes our file of it, the file.
TABLES = [
    ("tests/unit/test_eventstream.py", event_stream, "aws-eventstream/botocore-vectors.json"),
    ("tests/unit/test_tokens.py", sso_tokens, "aws-config/sso-token-provider-cases.json"),
    ("tests/test_aws.py", signed_requests, "google-auth/aws-request-signer.json"),
    ("tests/test_pluggable.py", program_outputs, "google-auth/executable-responses.json"),
]


def main():
    lock = ROOT / "tests" / "vectors.lock"
    pins = hashlib.sha256(b"".join(path.read_bytes() for path in (lock, pathlib.Path(__file__), ROOT / "tools" / "python_tables.py"))).hexdigest()
    stamp = TARGET / ".pins"
    if stamp.is_file() and stamp.read_text() == pins:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        packages, trouble = download(folder, lock)
        if not packages:
            print(trouble, file=sys.stderr)
            return 1 if "DO NOT MATCH THE HASHES" in trouble else 3
        fresh = TARGET.with_name("vectors.new")
        shutil.rmtree(fresh, ignore_errors=True)
        tests = {}
        for package in packages:
            tests.update(unpack(package, fresh))
        for path, make, target in TABLES:
            file = fresh / target
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(make(Tables(tests[path])), indent=1) + "\n")
        shutil.rmtree(TARGET, ignore_errors=True)
        (fresh / ".pins").write_text(pins)
        fresh.rename(TARGET)
    print(f"{sum(1 for path in TARGET.rglob('*') if path.is_file())} files of published cases in build/vectors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
