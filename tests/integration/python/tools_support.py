"""How the tests of tools drive a turn: every way in which a program can run one."""

import asyncio
import json

import pytest


def _awaited(session, text, **options):
    return asyncio.run(session.run(text, **options))


def _streamed(session, text, **options):
    async def main():
        stream = session.run_stream(text, **options)
        async for _ in stream:
            pass
        return stream.response

    return asyncio.run(main())


def _on_uvloop(session, text, **options):
    uvloop = pytest.importorskip("uvloop")

    async def main():
        return await session.run(text, **options)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


def _blocking(session, text, **options):
    return session.run_sync(text, **options)


def _blocking_stream(session, text, **options):
    stream = session.run_stream_sync(text, **options)
    for _ in stream:
        pass
    return stream.response


WAYS = {"run": _awaited, "run_stream": _streamed, "uvloop": _on_uvloop, "run_sync": _blocking, "run_stream_sync": _blocking_stream}
every_way = pytest.mark.parametrize("ask", list(WAYS.values()), ids=list(WAYS))


def results(emulator):
    """(text, is_error) of every tool result that the model has read, in order."""
    found = []
    for message in emulator.requests()[-1]["json"]["messages"]:
        if message["role"] == "user" and isinstance(message["content"], list):
            found += [(said(block), block.get("is_error", False)) for block in message["content"] if block["type"] == "tool_result"]
    return found


def said(block):
    content = block.get("content", "")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def call(name, **arguments):
    """A line that makes the emulator call a tool."""
    return f"CALL_{name.upper()}: {json.dumps(arguments)}"
