"""Turns leave nothing behind, whatever their end."""

import asyncio
import gc
import sys
import weakref

import cortex


def collected(make):
    """Runs `make`, which returns weak references, and tells whether all of them died."""
    references = make()
    gc.collect()
    return [reference for reference in references if reference() is not None] == []


def test_engines_agents_and_sessions_are_freed(emulator):
    def make():
        engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}})
        agent = engine.create_agent("a")
        session = agent.start_session()
        session.run_sync("hello")
        return [weakref.ref(engine), weakref.ref(agent), weakref.ref(session)]

    assert collected(make)


def test_a_cycle_through_a_key_function_is_collected(emulator):
    def make():
        engine = None

        def key():
            return "key-A" if engine else None

        engine = cortex.Engine(providers={"anthropic": {"api_key": key}})
        session = engine.create_agent("a").start_session()
        session.run_sync("hello")
        return [weakref.ref(engine), weakref.ref(session), weakref.ref(key)]

    assert collected(make)


def test_a_cancelled_or_abandoned_turn_frees_its_session(emulator, engine):
    emulator.script({"text": "one two three four five six seven " * 12, "hang_after_bytes": 1500, "times": 100})
    agent = engine.create_agent("a")

    def make():
        async def main():
            first, second = agent.start_session(), agent.start_session()
            task = asyncio.create_task(first.run("hello"))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            async for _ in second.run_stream("hello"):
                break
            return [weakref.ref(first), weakref.ref(second)]

        return asyncio.run(main())

    assert collected(make)


def test_objects_do_not_pile_up_over_many_turns(engine):
    agent = engine.create_agent("a")

    async def turns(count):
        for _ in range(count):
            session = agent.start_session()
            await session.run("hello")
            async for chunk in session.run_stream("hello"):
                chunk.to_dict()
            stream = session.run_stream("hello")
            await anext(stream)
            await stream.aclose()
            try:
                await session.run("")
            except cortex.ConfigError:
                pass

    async def main():
        await turns(20)
        gc.collect()
        before = len(gc.get_objects()), sys.getallocatedblocks()
        await turns(200)
        gc.collect()
        return before, (len(gc.get_objects()), sys.getallocatedblocks())

    (objects, blocks), (objects_after, blocks_after) = asyncio.run(main())
    # 200 turns that each left one object would show as 200; a few come and go by themselves.
    assert objects_after - objects < 50
    assert blocks_after - blocks < 100


def test_reference_counts_of_singletons_stay(engine):
    agent = engine.create_agent("a")

    def turns(count):
        for _ in range(count):
            session = agent.start_session()
            session.run_sync("hello")
            for chunk in session.run_stream_sync("hello"):
                chunk.metadata, chunk.finish_reason, chunk.model

    turns(5)
    before = sys.getrefcount(cortex.Session), sys.getrefcount(cortex.StreamChunk)
    turns(50)
    gc.collect()
    after = sys.getrefcount(cortex.Session), sys.getrefcount(cortex.StreamChunk)
    assert all(later - earlier < 25 for earlier, later in zip(before, after, strict=True))
