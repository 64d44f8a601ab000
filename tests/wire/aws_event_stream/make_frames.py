#!/usr/bin/env python3
"""Writes the golden frames beside it, good and broken, and cases.json, which says what each holds. Python's own zlib makes the
checksums, so the decoder under test has no part in them."""

import json
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent
SIZES = {2: 1, 3: 2, 4: 4, 5: 8, 8: 8}


def header(name, kind, value=None):
    name = name.encode() if isinstance(name, str) else name
    out = bytes([len(name)]) + name + bytes([kind])
    if kind in SIZES:
        out += value.to_bytes(SIZES[kind], "big", signed=True)
    elif kind in (6, 7):
        out += struct.pack(">H", len(value)) + value
    elif kind == 9:
        out += value
    return out


def text(name, value):
    return header(name, 7, value.encode())


def frame(headers=b"", payload=b"", total=None, headers_length=None, prelude_fault=0, fault=0):
    total = len(headers) + len(payload) + 16 if total is None else total
    prelude = struct.pack(">II", total, len(headers) if headers_length is None else headers_length)
    body = prelude + struct.pack(">I", zlib.crc32(prelude) ^ prelude_fault) + headers + payload
    return body + struct.pack(">I", zlib.crc32(body) ^ fault)


def event(kind, payload):
    return frame(text(":event-type", kind) + text(":content-type", "application/json") + text(":message-type", "event"), payload)


CHUNK = event("chunk", b'{"bytes":"eyJ0eXBlIjoicGluZyJ9"}')
EXCEPTION = frame(text(":exception-type", "throttlingException") + text(":content-type", "application/json")
                  + text(":message-type", "exception"), b'{"message":"Too many requests"}')
ERROR = frame(text(":message-type", "error") + text(":error-code", "InternalError") + text(":error-message", "Broken."))
EMPTY = frame()
PADDED = event("chunk", b'{"bytes":"eyJ0eXBlIjoicGluZyJ9","p":"abcdefgh"}')
TYPES = frame(header("yes", 0) + header("no", 1) + header("i8", 2, -128) + header("i16", 3, -2) + header("i32", 4, 2147483647)
              + header("i64", 5, -2**63) + header("bytes", 6, bytes(range(256))) + header("text", 7, "gr\u00fc\u00df".encode())
              + header("time", 8, 1795867200123) + header("uuid", 9, bytes(range(16))) + header("none", 7, b"")
              + header("n" * 255, 0), b"\0\xff")

PING = {"headers": [[":event-type", 7, b"chunk".hex()], [":content-type", 7, b"application/json".hex()],
                    [":message-type", 7, b"event".hex()]], "payload": b'{"bytes":"eyJ0eXBlIjoicGluZyJ9"}'.hex()}
TOO_MANY = {"headers": [[":exception-type", 7, b"throttlingException".hex()], [":content-type", 7, b"application/json".hex()],
                        [":message-type", 7, b"exception".hex()]], "payload": b'{"message":"Too many requests"}'.hex()}
FAILED = {"headers": [[":message-type", 7, b"error".hex()], [":error-code", 7, b"InternalError".hex()],
                      [":error-message", 7, b"Broken.".hex()]], "payload": ""}

# name, bytes, messages, part of the error ("" for none)
CASES = [
    ("chunk", CHUNK, [PING], ""),
    ("exception", EXCEPTION, [TOO_MANY], ""),
    ("error", ERROR, [FAILED], ""),
    ("empty", EMPTY, [{"headers": [], "payload": ""}], ""),
    ("several", CHUNK + EMPTY + EXCEPTION, [PING, {"headers": [], "payload": ""}, TOO_MANY], ""),
    ("all_types", TYPES, [{"headers": [
        ["yes", 0, 0], ["no", 1, 0], ["i8", 2, -128], ["i16", 3, -2], ["i32", 4, 2147483647], ["i64", 5, -2**63],
        ["bytes", 6, bytes(range(256)).hex()], ["text", 7, "gr\u00fc\u00df".encode().hex()], ["time", 8, 1795867200123],
        ["uuid", 9, bytes(range(16)).hex()], ["none", 7, ""], ["n" * 255, 0, 0]], "payload": "00ff"}], ""),
    ("padded", PADDED, [{**PING, "payload": b'{"bytes":"eyJ0eXBlIjoicGluZyJ9","p":"abcdefgh"}'.hex()}], ""),
    ("cut", CHUNK + CHUNK[:50], [PING], ""),
    ("prelude_checksum", CHUNK + frame(prelude_fault=1), [PING], "lengths do not fit"),
    ("checksum", CHUNK + frame(payload=b"x", fault=1), [PING], "does not fit its checksum"),
    ("shorter_than_nothing", frame(total=15), [], "shorter than its headers"),
    ("headers_longer_than_frame", frame(total=20, headers_length=5), [], "shorter than its headers"),
    ("huge_headers", frame(total=2**20, headers_length=128 * 1024 + 1), [], "more headers than"),
    ("huge_payload", frame(total=24 * 2**20 + 17), [], "announces more than"),
    ("no_name", frame(header("", 0)), [], "no name"),
    ("same_name_twice", frame(header("a", 0) + text("b", "x") + header("a", 1)), [], "occurs twice"),
    ("unknown_type", frame(b"\x01a\x0a"), [], "type is unknown"),
    ("one_byte_of_headers", frame(b"\x01"), [], "runs past"),
    ("name_runs_over", frame(b"\x09abc"), [], "runs past"),
    ("no_type", frame(b"\x01a"), [], "runs past"),
    ("integer_runs_over", frame(b"\x01a\x05\0\0\0"), [], "runs past"),
    ("text_runs_over", frame(b"\x01a\x07\0\x05four"), [], "runs past"),
    ("text_without_length", frame(b"\x01a\x07\0"), [], "runs past"),
    ("uuid_runs_over", frame(b"\x01a\x09" + bytes(15)), [], "runs past"),
    ("text_no_utf8", frame(header("a", 7, b"\xff")), [], "no UTF-8"),
    ("name_no_utf8", frame(header(b"\xc3", 0)), [], "no UTF-8"),
    ("too_many_headers", frame(b"".join(header(f"{i}", 0) for i in range(1025))), [], "more headers than"),
]

cases = []
for name, data, messages, error in CASES:
    (HERE / f"{name}.bin").write_bytes(data)
    cases.append({"name": name, "messages": messages, "error": error, "cut": name == "cut"})
(HERE / "cases.json").write_text(json.dumps({"cases": cases}, indent=1) + "\n")
