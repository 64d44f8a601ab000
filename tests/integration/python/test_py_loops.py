"""Event loops come and go, several at once, in several threads; many turns share one."""

import asyncio
import concurrent.futures
import os
import threading

import pytest

import cortex


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_asyncio_run_twice_with_one_session(session):
    assert asyncio.run(session.run("one")).content
    assert asyncio.run(session.run("two")).content


def test_a_closed_loop_leaves_no_descriptor_behind(session):
    asyncio.run(session.run("hello"))
    before = descriptors()
    for _ in range(20):
        asyncio.run(session.run("hello"))
    assert descriptors() <= before


def test_several_loops_in_several_threads_share_one_engine(engine):
    agent = engine.create_agent("a")

    def work(number):
        async def main():
            session = agent.start_session()
            text = (await session.run(f"I am number {number}.")).content
            streamed = [chunk async for chunk in session.run_stream(f"Still number {number}.")]
            return text, "".join(chunk.content for chunk in streamed)

        return asyncio.run(main())

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(work, range(12)))
    assert all(str(number) in whole and str(number) in streamed for number, (whole, streamed) in enumerate(answers))


def test_blocking_calls_let_other_threads_run(emulator, engine):
    emulator.script({"text": "late", "delay_ms": 300})
    session = engine.create_agent("a").start_session()
    answered = []
    thread = threading.Thread(target=lambda: answered.append(session.run_sync("hello").content))
    thread.start()
    steps = 0
    while thread.is_alive():
        steps += 1
    thread.join()
    assert answered == ["late"]
    assert steps > 1000


def test_a_hundred_sessions_are_in_flight_under_one_gather(emulator, engine):
    emulator.script({"text": "together", "delay_ms": 500, "times": 100})
    agent = engine.create_agent("a")

    async def main():
        return await asyncio.gather(*(agent.start_session().run(f"number {number}") for number in range(100)))

    responses = asyncio.run(main())
    assert [response.content for response in responses] == ["together"] * 100
    assert emulator.stats()["in_flight_max"] >= 20


def test_a_hundred_streams_are_read_at_once(engine):
    agent = engine.create_agent("a")

    async def read(number):
        return "".join([chunk.content async for chunk in agent.start_session().run_stream(f"I am number {number}.")])

    async def main():
        return await asyncio.gather(*(read(number) for number in range(100)))

    assert all(f"number {number}" in text for number, text in enumerate(asyncio.run(main())))


def test_one_descriptor_serves_all_runs_of_a_loop(engine):
    agent = engine.create_agent("a")

    async def main():
        await agent.start_session().run("hello")
        before = {os.readlink(f"/proc/self/fd/{fd}") + fd for fd in os.listdir("/proc/self/fd") if is_eventfd(fd)}
        await asyncio.gather(*(agent.start_session().run("hello") for _ in range(20)))
        after = {os.readlink(f"/proc/self/fd/{fd}") + fd for fd in os.listdir("/proc/self/fd") if is_eventfd(fd)}
        return before, after

    before, after = asyncio.run(main())
    assert before == after


def is_eventfd(fd):
    try:
        return "eventfd" in os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return False


def test_outside_a_loop_the_awaited_form_says_so(session):
    with pytest.raises(RuntimeError, match="no running event loop"):
        session.run("hello").send(None)
    assert session.run_sync("and the session is free").content


def test_uvloop_works_too(session):
    uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")

    async def main():
        await session.run("hello")
        return [chunk async for chunk in session.run_stream("hello")]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(main())[-1].is_final


def test_debug_mode_finds_nothing_to_complain_about(emulator, python):
    run = python("""
        import asyncio, cortex
        engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}}, orchestrator_model="claude-opus-4-6")
        session = engine.create_agent("a").start_session()
        async def main():
            await session.run("hello")
            async for _ in session.run_stream("hello"):
                break
            await session.close()
        asyncio.run(main(), debug=True)
    """, "-X", "dev", "-W", "error")
    assert run.returncode == 0, run.stderr
    assert "never awaited" not in run.stderr and "never retrieved" not in run.stderr and "Traceback" not in run.stderr
