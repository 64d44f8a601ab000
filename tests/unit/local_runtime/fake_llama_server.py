#!/usr/bin/env python3
"""Stands for a `llama-server` program in the tests. What it shall do stands in the "model" file after its four magic
bytes, as JSON: die (text for standard error, then exit 3), never_ready, ignore_term, report (a file that gets one line of
JSON for each start)."""
import http.server
import json
import os
import signal
import sys


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


with open(option("--model"), "rb") as model:
    wishes = json.loads(model.read()[4:] or b"{}")
key = os.environ["LLAMA_API_KEY"]
if wishes.get("ignore_term"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "report" in wishes:
    with open(wishes["report"], "a", encoding="utf-8") as report:
        links = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                 if os.path.islink(f"/proc/self/fd/{fd}")]
        report.write(json.dumps({"pid": os.getpid(), "argv": sys.argv, "environment": dict(os.environ), "open": links,
                                 "session": os.getsid(0)}) + "\n")
if "die" in wishes:
    print(wishes["die"].replace("KEY", key), file=sys.stderr)
    sys.exit(3)
if wishes.get("never_ready"):
    signal.pause()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        right = self.headers.get("Authorization") == f"Bearer {key}"
        self.send_response(200 if right else 401)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer((option("--host"), int(option("--port"))), Handler).serve_forever()
