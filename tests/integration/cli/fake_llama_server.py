#!/usr/bin/env python3
"""Stands for the program that serves local models: answers every Chat Completions request with what it was asked. The "model"
file holds, after its four magic bytes, JSON: pid (a file that gets this process's number), never_ready."""

import http.server
import json
import os
import signal
import sys


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


with open(option("--model"), "rb") as model:
    wishes = json.loads(model.read()[4:] or b"{}")
if "pid" in wishes:
    with open(wishes["pid"], "w", encoding="utf-8") as file:
        file.write(str(os.getpid()) + "\n")
if wishes.get("never_ready"):
    signal.pause()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer("application/json", b"{}")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = request["messages"][-1]["content"]
        text = "Asked: " + (message if isinstance(message, str) else message[0]["text"])
        head = {"id": "chatcmpl-1", "created": 1, "model": request.get("model", "")}
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        if request.get("stream"):
            pieces = [{"delta": {"role": "assistant", "content": text}}, {"delta": {}, "finish_reason": "stop"}]
            events = [{**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "finish_reason": None, **piece}]} for piece in pieces]
            events.append({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
            self.answer("text/event-stream", ("".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n").encode())
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self.answer("application/json", json.dumps({**head, "object": "chat.completion", "choices": [choice], "usage": usage}).encode())

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer((option("--host"), int(option("--port"))), Handler).serve_forever()
