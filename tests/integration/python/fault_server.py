"""A server of plain sockets that answers as each vendor does, and breaks exactly where a test says."""

import asyncio
import base64
import binascii
import json
import socket
import struct
from dataclasses import dataclass

FIRST, REST = "It was a dark ", "and stormy night."
ARGUMENTS = ('{"a": 2, ', '"b": 3}')
TEXT = FIRST + REST
INPUT, OUTPUT = 40, 12   # tokens that each vendor counts for a whole answer
GARBAGE = b"\xff\xfe\x00\x07 no JSON at all"
PAUSE_MS = 20            # what a head asks to be waited before a repeat


@dataclass(frozen=True)
class Plan:
    """One answer. `fault`: how it breaks, "" if it does not; `phase`: where; `tool`: it calls `add` instead of speaking."""

    fault: str = ""
    phase: str = ""
    tool: bool = False


@dataclass(frozen=True)
class Wire:
    """A vendor's answer. Streams in three pieces: up to the middle of the text or arguments, up to their end, and the end mark."""

    text: tuple
    tool: tuple
    message: str        # the whole answer to a call that is not streamed
    message_tool: str
    middle: str         # where the second half of a call's arguments begins in `message_tool`
    error: str          # the vendor's error for an overload, as a body
    limited: str        # and for too many requests
    error_event: str    # and inside its stream
    told: int = 0       # input tokens that a stream has counted before its end
    whole_calls: bool = False   # a call's arguments come in one event: `tool` is cut within it
    framed: bool = False        # streams are AWS's event stream, whose frames carry the data of the events


def _frame(payload, **headers):
    """One frame of AWS's event stream, with its checksums."""
    head = b"".join(bytes([len(name) + 1]) + b":" + name.replace("_", "-").encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
                    for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    frame = prelude + struct.pack(">I", binascii.crc32(prelude)) + head + payload
    return frame + struct.pack(">I", binascii.crc32(frame))


def _framed(events):
    lines = [line.removeprefix("data: ") for line in events.split("\n") if line.startswith("data: ")]
    return b"".join(_frame(_dump({"bytes": base64.b64encode(line.encode()).decode()}).encode(), event_type="chunk", content_type="application/json",
                           message_type="event") for line in lines)


def _dump(value):
    return json.dumps(value)


def _events(*objects, named=False):
    return "".join((f"event: {one['type']}\n" if named else "") + f"data: {_dump(one)}\n\n" for one in objects)


def _anthropic():
    usage = {"input_tokens": INPUT, "output_tokens": OUTPUT}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-4-6", "stop_sequence": None}
    start = {"type": "message_start", "message": {**message, "content": [], "stop_reason": None, "usage": {"input_tokens": INPUT, "output_tokens": 1}}}
    call = {"type": "tool_use", "id": "toolu_1", "name": "add"}

    def answer(block, kind, member, first, rest, stop):
        def delta(piece):
            return {"type": "content_block_delta", "index": 0, "delta": {"type": kind, member: piece}}

        return (_events(start, {"type": "content_block_start", "index": 0, "content_block": block}, delta(first), named=True),
                _events(delta(rest), {"type": "content_block_stop", "index": 0}, named=True),
                _events({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": OUTPUT}},
                        {"type": "message_stop"}, named=True))

    def error(kind, words):
        return {"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"}

    overloaded = error("overloaded_error", "Overloaded")
    return Wire(text=answer({"type": "text", "text": ""}, "text_delta", "text", FIRST, REST, "end_turn"),
                tool=answer({**call, "input": {}}, "input_json_delta", "partial_json", *ARGUMENTS, "tool_use"),
                message=_dump({**message, "stop_reason": "end_turn", "usage": usage, "content": [{"type": "text", "text": TEXT}]}),
                message_tool=_dump({**message, "stop_reason": "tool_use", "usage": usage, "content": [{**call, "input": {"a": 2, "b": 3}}]}),
                middle='"b"', error=_dump(overloaded), limited=_dump(error("rate_limit_error", "Slow down")),
                error_event=_events(overloaded, named=True), told=INPUT)


def _openai_error(kind):
    return _dump({"error": {"message": "No.", "type": kind, "param": None, "code": kind}})


def _responses():
    head = {"id": "resp_1", "object": "response", "model": "gpt-5.4", "error": None, "incomplete_details": None}
    said = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "annotations": [], "text": TEXT}]}
    call = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1", "name": "add", "arguments": "".join(ARGUMENTS)}
    usage = {"input_tokens": INPUT, "output_tokens": OUTPUT, "total_tokens": INPUT + OUTPUT}

    def whole(item):
        return {**head, "status": "completed", "output": [item], "usage": usage}

    def answer(item, begun, kind, first, rest):
        def delta(piece):
            return {"type": kind, "output_index": 0, "content_index": 0, "item_id": item["id"], "delta": piece}

        return (_events({"type": "response.created", "response": {**head, "status": "in_progress", "output": [], "usage": None}},
                        {"type": "response.output_item.added", "output_index": 0, "item": {**item, **begun, "status": "in_progress"}},
                        delta(first), named=True),
                _events(delta(rest), {"type": "response.output_item.done", "output_index": 0, "item": item}, named=True),
                _events({"type": "response.completed", "response": whole(item)}, named=True))

    return Wire(text=answer(said, {"content": []}, "response.output_text.delta", FIRST, REST),
                tool=answer(call, {"arguments": ""}, "response.function_call_arguments.delta", *ARGUMENTS),
                message=_dump(whole(said)), message_tool=_dump(whole(call)), middle='\\"b', error=_openai_error("server_error"),
                limited=_openai_error("rate_limit_exceeded"),
                error_event=_events({"type": "error", "code": "server_error", "message": "No.", "param": None}, named=True))


def _chat(model):
    head = {"id": "chatcmpl-1", "model": model, "created": 1}
    usage = {"prompt_tokens": INPUT, "completion_tokens": OUTPUT, "total_tokens": INPUT + OUTPUT}

    def chunk(delta, finish=None):
        return {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def arguments(piece, **more):
        return {"tool_calls": [{"index": 0, **more, "function": {**({"name": "add"} if more else {}), "arguments": piece}}]}

    def answer(first, rest, finish):
        return (_events(chunk({"role": "assistant", "content": None if "tool_calls" in first else ""}), chunk(first)),
                _events(chunk(rest)),
                _events(chunk({}, finish), {**head, "object": "chat.completion.chunk", "choices": [], "usage": usage}) + "data: [DONE]\n\n")

    def whole(message, finish):
        return _dump({**head, "object": "chat.completion", "usage": usage,
                      "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", **message}}]})

    call = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": "".join(ARGUMENTS)}}
    return Wire(text=answer({"content": FIRST}, {"content": REST}, "stop"),
                tool=answer(arguments(ARGUMENTS[0], id="call_1", type="function"), arguments(ARGUMENTS[1]), "tool_calls"),
                message=whole({"content": TEXT}, "stop"), message_tool=whole({"content": None, "tool_calls": [call]}, "tool_calls"),
                middle='\\"b', error=_openai_error("server_error"), limited=_openai_error("rate_limit_exceeded"),
                error_event=f"data: {_openai_error('server_error')}\n\n")


def _gemini():
    head = {"modelVersion": "gemini-3.1-pro-preview", "responseId": "resp_1"}
    before = {"promptTokenCount": INPUT, "totalTokenCount": INPUT}
    usage = {"promptTokenCount": INPUT, "candidatesTokenCount": OUTPUT, "totalTokenCount": INPUT + OUTPUT}

    def chunk(parts, counts, **end):
        return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, **end}], "usageMetadata": counts, **head}

    call = [{"functionCall": {"name": "add", "args": {"a": 2, "b": 3}}, "thoughtSignature": "U2ln"}]
    called = _events(chunk(call, before))
    middle = called.index('"b"')
    end = _events(chunk([], usage, finishReason="STOP"))
    overloaded = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    limited = {"error": {"code": 429, "message": "Too many requests a minute.", "status": "RESOURCE_EXHAUSTED"}}
    return Wire(text=(_events(chunk([{"text": FIRST}], before)), _events(chunk([{"text": REST}], before)), end),
                tool=(called[:middle], called[middle:], end),
                message=_dump(chunk([{"text": TEXT}], usage, finishReason="STOP")), message_tool=_dump(chunk(call, usage, finishReason="STOP")),
                middle='"b"', error=_dump(overloaded), limited=_dump(limited), error_event=_events(overloaded), told=INPUT, whole_calls=True)


WIRES = {"anthropic": _anthropic(), "openai-responses": _responses(), "openai-chat": _chat("gpt-4o"), "azure": _chat("gpt-4o"), "gemini": _gemini(),
         "server": _chat("qwen3-32b"), "backup": _chat("second-model")}


class FaultServer:
    """Speaks `wire` on a port of its own. Each connection gets the next of `plans`, and those after the last a whole answer."""

    def __init__(self, wire, *plans):
        self._wire = wire
        self._plans = list(plans)
        self.connections = 0    # that reached the server
        phase, fault = (plans[0].phase, plans[0].fault) if plans else ("", "")
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._queue = []
        self._task = None
        if (phase, fault) == ("connect", "refused"):
            return                                    # bound, never listening: the port is ours and refuses
        if (phase, fault) == ("connect", "hang"):
            self._fill_queue()
            return
        self._listener.listen(64)
        self._listener.setblocking(False)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for one in (self._listener, *self._queue):
            one.close()

    def _fill_queue(self):
        """Connections that nobody accepts, until the system drops whoever comes next."""
        self._listener.listen(0)
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(self._listener.getsockname())
            self._queue.append(waiting)

    async def _serve(self):
        """One connection after the other: a turn has one request at a time, and leaves one that hangs before it makes the next."""
        while True:
            connection, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            with connection:
                plan = self._plans[self.connections] if self.connections < len(self._plans) else Plan()
                self.connections += 1
                try:
                    await self._answer(connection, plan)
                except OSError:
                    pass   # the other side gave up first, as it may

    async def _answer(self, connection, plan):
        if plan.phase == "connect":
            return await _break(connection, plan.fault)
        target, body = await _read_request(connection)
        streamed = body.get("stream") is True or ":streamGenerateContent" in target or target.endswith("/invoke-with-response-stream")
        if plan.phase == "head":
            if plan.fault in ("503", "429"):
                reason = {"503": f"503 Service Unavailable\r\nretry-after-ms: {PAUSE_MS}", "429": "429 Too Many Requests\r\nretry-after: 0"}[plan.fault]
                words = (self._wire.limited if plan.fault == "429" else self._wire.error).encode()
                return await _send(connection, f"HTTP/1.1 {reason}\r\ncontent-type: application/json\r\ncontent-length: {len(words)}\r\n"
                                          "connection: close\r\n\r\n".encode() + words)
            if plan.fault == "garbage":
                return await _send(connection, b"\x15\x03\x01\x00\x02\x02\x28 no http at all\r\n\r\n")
            return await _break(connection, plan.fault)
        streamed = streamed and plan.fault != "error_body"
        pieces = self._pieces(plan, streamed)
        framed = streamed and self._wire.framed
        kind = "application/vnd.amazon.eventstream" if framed else "text/event-stream" if streamed else "application/json"
        await _send(connection, f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n"
                           f"retry-after-ms: {PAUSE_MS}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".encode())
        for piece in pieces:
            await _chunk(connection, _framed(piece) if framed else piece.encode())
        if plan.fault == "error_event" and framed:
            await _chunk(connection, _frame(b'{"message":"No."}', message_type="exception", exception_type="serviceUnavailableException", content_type="application/json"))
        elif plan.fault == "error_event":
            await _chunk(connection, self._wire.error_event.encode())
        elif plan.fault == "garbage":
            await _chunk(connection, b"data: " + GARBAGE + b"\n\n" if streamed else GARBAGE)
        if plan.fault in ("closed", "reset", "hang"):
            return await _break(connection, plan.fault)
        await _send(connection, b"0\r\n\r\n")

    def _pieces(self, plan, streamed):
        """What is sent of the answer before it breaks."""
        wire = self._wire
        if plan.fault == "error_body":
            return [wire.error]
        if streamed:
            pieces = wire.tool if plan.tool else wire.text
        else:
            message, place = (wire.message_tool, wire.middle) if plan.tool else (wire.message, REST + '"')
            middle = message.index(place)
            pieces = message[:middle], place, message[middle + len(place):]
        sent = {"begun": 0, "text": 1, "tool": 1, "end": 2}.get(plan.phase, 3)
        if plan.phase == "mark":   # the first event of the end
            first, gap, _ = pieces[2].partition("\n\n")
            return [*pieces[:2], first + gap]
        # An event cannot come in the middle of another: where a call is one event, it comes right after it.
        if streamed and plan.phase == "tool" and wire.whole_calls and plan.fault in ("error_event", "garbage"):
            sent = 2
        return pieces[:sent]


async def _chunk(connection, data):
    await _send(connection, f"{len(data):x}\r\n".encode() + data + b"\r\n")


async def _break(connection, fault):
    if fault == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif fault == "hang":
        while await asyncio.get_running_loop().sock_recv(connection, 4096):   # until the other side gives up
            pass


async def _read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += await _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next(int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:"))
    while len(body) < length:
        body += await _some(connection)
    return lines[0].split(" ")[1], json.loads(body)


async def _some(connection):
    data = await asyncio.get_running_loop().sock_recv(connection, 65536)
    if not data:
        raise ConnectionError("the request ended early")
    return data


async def _send(connection, data):
    await asyncio.get_running_loop().sock_sendall(connection, data)
