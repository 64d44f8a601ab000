#!/usr/bin/env python3
"""Decodes the frames of bench_event_stream.cpp with botocore's EventStreamBuffer: nanoseconds per event, the median of five
rounds. usage: build/venv/bin/python bench/botocore_event_stream.py"""

import base64
import json
import statistics
import struct
import time
import zlib

from botocore.eventstream import EventStreamBuffer

EVENTS = 1000
EVENT = b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"the quick brown fox"}}'


def header(name, value):
    return bytes([len(name)]) + name + b"\x07" + struct.pack(">H", len(value)) + value


def frame():
    headers = (header(b":event-type", b"chunk") + header(b":content-type", b"application/json")
               + header(b":message-type", b"event"))
    payload = json.dumps({"bytes": base64.b64encode(EVENT).decode(), "p": "abcdefghijklm"}, separators=(",", ":")).encode()
    out = struct.pack(">II", len(headers) + len(payload) + 16, len(headers))
    out += struct.pack(">I", zlib.crc32(out)) + headers + payload
    return out + struct.pack(">I", zlib.crc32(out))


def nanoseconds(pieces):
    rounds = []
    for _ in range(5):
        buffer, seen = EventStreamBuffer(), 0
        begin = time.perf_counter()
        for piece in pieces:
            buffer.add_data(piece)
            for message in buffer:
                if message.headers[":message-type"] == "event":
                    seen += 1
        rounds.append((time.perf_counter() - begin) / EVENTS * 1e9)
        assert seen == EVENTS
    return statistics.median(rounds)


def main():
    stream = frame() * EVENTS
    for name, size in (("one event a piece", len(frame())), ("pieces of 16384 bytes", 16384), ("pieces of 100 bytes", 100)):
        pieces = [stream[at:at + size] for at in range(0, len(stream), size)]
        print(f"botocore, {name}: {nanoseconds(pieces):.0f} ns an event")


if __name__ == "__main__":
    main()
