"""Cancelling stops the request at the provider and leaves the session usable."""

import asyncio
import gc
import signal
import time

import pytest

import cortex

HANGING = {"text": "one two three four five six seven eight nine ten " * 10, "hang_after_bytes": 1500}
SILENT = {"text": "never", "hang_after_bytes": 0}


def wait_until(condition, what):
    """Polls another process's state; only the patience is a time, never the verdict."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, what


async def until(condition, what):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.002)


def left(emulator):
    """True once the emulator saw its only client leave early."""
    requests = emulator.requests()
    return len(requests) == 1 and requests[0]["disconnected"]


def test_a_cancelled_task_closes_the_request_upstream(emulator, session):
    emulator.script(SILENT)

    async def main():
        task = asyncio.create_task(session.run("hello"))
        await until(lambda: emulator.requests(), "the request never came")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: left(emulator), "the request was not closed")
        return await session.run("and now?")

    assert asyncio.run(main()).content


def test_a_timeout_of_asyncio_does_the_same(emulator, session):
    emulator.script(SILENT)

    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await session.run("hello")
        await until(lambda: left(emulator), "the request was not closed")
        return await session.run("and now?")

    assert asyncio.run(main()).content


def test_leaving_a_stream_early_closes_it_upstream_and_frees_the_session(emulator, session):
    emulator.script(HANGING)

    async def main():
        async for chunk in session.run_stream("hello"):
            assert chunk.content
            break
        response = await session.run("and now?")
        assert emulator.requests()[0]["disconnected"]
        return response

    assert asyncio.run(main()).content


def test_aclose_and_async_with_do_the_same(emulator, session):
    async def main():
        emulator.script(HANGING)
        stream = session.run_stream("hello")
        await anext(stream)
        await stream.aclose()
        await stream.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        emulator.script(HANGING)
        async with session.run_stream("hello") as stream:
            await anext(stream)
        await session.run("and now?")
        assert [request["disconnected"] for request in emulator.requests()] == [True, True, False]

    asyncio.run(main())


def test_a_cancelled_pull_ends_the_stream(emulator, session):
    emulator.script(SILENT)

    async def main():
        stream = session.run_stream("hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.2)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
        return await session.run("and now?")

    assert asyncio.run(main()).content


def test_closing_a_stream_tells_the_task_that_waits_for_it(emulator, session):
    emulator.script(SILENT)

    async def main():
        stream = session.run_stream("hello")
        reader = asyncio.create_task(anext(stream))
        await until(lambda: emulator.requests(), "the request never came")
        await stream.aclose()
        with pytest.raises(cortex.CancelledError):
            await reader

    asyncio.run(main())


def test_a_stream_has_one_reader(emulator, session):
    emulator.script(SILENT)

    async def main():
        stream = session.run_stream("hello")
        reader = asyncio.create_task(anext(stream))
        await until(lambda: emulator.requests(), "the request never came")
        with pytest.raises(RuntimeError, match="one reader"):
            await anext(stream)
        assert not reader.done()
        await session.close()
        with pytest.raises(cortex.CancelledError):
            await reader

    asyncio.run(main())


def test_leaving_a_blocking_stream_early_closes_it_upstream(emulator, session):
    emulator.script(HANGING)
    for chunk in session.run_stream_sync("hello"):
        assert chunk.content
        break
    assert session.run_sync("and now?").content
    assert emulator.requests()[0]["disconnected"]
    emulator.reset()
    emulator.script(HANGING)
    with session.run_stream_sync("hello") as stream:
        next(stream)
    wait_until(lambda: left(emulator), "the request was not closed")


def test_a_collected_session_cancels_its_turn(emulator, engine):
    emulator.script(HANGING)

    async def main():
        stream = engine.create_agent("a").start_session().run_stream("hello")
        await anext(stream)
        del stream
        gc.collect()
        await until(lambda: left(emulator), "the request was not closed")

    asyncio.run(main())


def test_closing_the_session_ends_the_turn_that_waits(emulator, session):
    emulator.script(SILENT)

    async def main():
        task = asyncio.create_task(session.run("hello"))
        await until(lambda: emulator.requests(), "the request never came")
        await session.close()
        with pytest.raises(cortex.CancelledError):
            await task
        await until(lambda: left(emulator), "the request was not closed")

    asyncio.run(main())


def test_control_c_cancels_a_blocking_run(emulator, session):
    emulator.script(SILENT)
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    with pytest.raises(KeyboardInterrupt):
        session.run_sync("hello")
    wait_until(lambda: left(emulator), "the request was not closed")
    assert session.run_sync("and now?").content


def test_control_c_ends_asyncio_run(emulator, python):
    emulator.script(SILENT)
    run = python("""
        import asyncio, os, signal, cortex
        session = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}}).create_agent("a").start_session()
        async def main():
            task = asyncio.create_task(session.run("hello"))
            await asyncio.sleep(0.2)
            os.kill(os.getpid(), signal.SIGINT)
            await task
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert (run.returncode, run.stdout) == (0, "interrupted\n"), run.stderr
    wait_until(lambda: left(emulator), "the request was not closed")
