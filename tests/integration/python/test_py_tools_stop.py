"""Tools that take too long, are stopped, or begin turns of their own."""

import asyncio
import gc
import threading

import pytest

import cortex

from tools_support import call, every_way, results


@pytest.fixture
def start(engine):
    def make(*tools, **options):
        return engine.create_agent("shop", tools=list(tools), **options).start_session()

    return make


class Waiter:
    """Tools that wait until they are cancelled, and tell what they saw."""

    def __init__(self):
        self.entered = threading.Event()
        self.stopped = threading.Event()

    def plain(self, context: cortex.ToolContext):
        self.entered.set()
        if context.wait(60) and context.cancelled:
            self.stopped.set()

    async def awaited(self):
        self.entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()


@every_way
@pytest.mark.parametrize("kind", ["plain", "awaited"])
def test_a_call_whose_time_is_over_is_an_error_and_is_told_to_stop(emulator, start, ask, kind):
    waiter = Waiter()
    tool = cortex.ToolWrapper(getattr(waiter, kind), "wait", timeout=0.1)
    response = ask(start(tool), call("wait") + "\nTHEN\nSAY: Too slow.")
    assert response.content.endswith("Too slow.")
    ((text, is_error),) = results(emulator)
    assert is_error and "0.1" in text or "100" in text
    assert waiter.stopped.wait(60)


@pytest.mark.parametrize("kind", ["plain", "awaited"])
@pytest.mark.parametrize("streamed", [False, True])
def test_cancelling_the_task_stops_its_tools_and_frees_the_session(emulator, start, kind, streamed):
    waiter = Waiter()
    session = start(cortex.ToolWrapper(getattr(waiter, kind), "wait"))

    async def turn():
        if not streamed:
            return await session.run(call("wait"))
        async for _ in session.run_stream(call("wait")):
            pass

    async def main():
        task = asyncio.create_task(turn())
        await asyncio.to_thread(waiter.entered.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(waiter.stopped.wait, 60)
        return await session.run("hello")

    assert asyncio.run(main()).content
    assert all(request["status"] == 200 for request in emulator.requests())


@pytest.mark.parametrize("kind", ["plain", "awaited"])
@pytest.mark.parametrize("leave", ["aclose", "drop", "close_session"])
def test_leaving_a_stream_stops_its_tools(start, kind, leave):
    waiter = Waiter()
    session = start(cortex.ToolWrapper(getattr(waiter, kind), "wait"))

    async def main():
        stream = session.run_stream(call("wait"))
        reader = asyncio.ensure_future(anext(aiter(stream)))
        while not waiter.entered.is_set():
            if (await reader).chunk_type == "tool_execution":
                reader = asyncio.ensure_future(anext(stream))
                await asyncio.to_thread(waiter.entered.wait, 60)
            else:
                reader = asyncio.ensure_future(anext(stream))
        if leave == "close_session":
            await session.close()
            with pytest.raises(cortex.CancelledError):
                while True:  # what came before, the end of the call too, is told first
                    await reader
                    reader = asyncio.ensure_future(anext(stream))
        else:
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
            if leave == "aclose":
                await stream.aclose()
        del stream, reader
        gc.collect()
        assert await asyncio.to_thread(waiter.stopped.wait, 60)

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["plain", "awaited"])
def test_closing_the_session_from_another_thread_ends_a_blocking_turn_and_its_tools(start, kind):
    waiter = Waiter()
    session = start(cortex.ToolWrapper(getattr(waiter, kind), "wait"))
    closer = threading.Thread(target=lambda: waiter.entered.wait(60) and session.close_sync())
    closer.start()
    with pytest.raises(cortex.CancelledError):
        session.run_sync(call("wait"))
    closer.join()
    assert waiter.stopped.wait(60)


def test_a_dropped_blocking_stream_stops_its_tools(start):
    waiter = Waiter()
    stream = start(cortex.ToolWrapper(waiter.plain, "wait"), cortex.ToolWrapper(waiter.awaited, "wait_too")).run_stream_sync(
        call("wait") + "\n" + call("wait_too"))
    for chunk in stream:
        if chunk.chunk_type == "tool_execution":
            break
    # Nobody asks for more, so nothing has begun; what begins is stopped when the stream goes.
    del stream, chunk
    gc.collect()
    assert not waiter.entered.is_set() or waiter.stopped.wait(60)


def test_the_timeout_of_a_turn_stops_its_tools(start):
    waiter = Waiter()
    with pytest.raises(cortex.TimeoutError):
        start(cortex.ToolWrapper(waiter.plain, "wait")).run_sync(call("wait"), timeout=0.3)
    assert waiter.stopped.wait(60) or not waiter.entered.is_set()


def test_a_tool_that_raises_after_its_time_changes_nothing(emulator, start):
    done = threading.Event()

    def late(context: cortex.ToolContext):
        try:
            context.wait(60)
            raise ValueError("too late")
        finally:
            done.set()

    session = start(cortex.ToolWrapper(late, timeout=0.1))
    session.run_sync(call("late"))
    assert done.wait(60)
    assert session.run_sync("hello").content
    assert "too late" not in str(emulator.requests())


PROGRAM = """
    import threading, asyncio, cortex
    @cortex.tool(timeout=0.2)
    {tool}
    engine = cortex.Engine(providers={{"anthropic": {{"api_key": "sk-ant-test"}}}}, orchestrator_model="claude-opus-4-6")
    session = engine.create_agent("a", tools=[stuck]).start_session()
    response = {run}
    print(response.metadata.steps_taken)
"""
STUCK = {"thread": "def stuck(): threading.Event().wait()",
         "loop": "async def stuck():\n        while True:\n            try: await asyncio.Event().wait()\n            except asyncio.CancelledError: pass",
         "blocked loop": "async def stuck(): threading.Event().wait()"}


@pytest.mark.parametrize(("tool", "run"), [
    ("thread", "session.run_sync('CALL_STUCK: {}')"), ("thread", "asyncio.run(session.run('CALL_STUCK: {}'))"),
    ("loop", "session.run_sync('CALL_STUCK: {}')"), ("blocked loop", "session.run_sync('CALL_STUCK: {}')"),
])
def test_a_tool_that_never_returns_keeps_neither_its_turn_nor_the_program(emulator, python, tool, run):
    done = python(PROGRAM.format(tool=STUCK[tool], run=run))
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


@pytest.mark.parametrize("run", ["session.run_sync(text)", "list(session.run_stream_sync(text))", "asyncio.run(session.run(text))"])
def test_ctrl_c_stops_a_turn_and_its_tools(emulator, python, run):
    done = python(f"""
        import asyncio, os, signal, threading, cortex
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stopped = threading.Event()
        def wait(context: cortex.ToolContext):
            os.kill(os.getpid(), signal.SIGINT)
            if context.wait(60):
                stopped.set()
        engine = cortex.Engine(providers={{"anthropic": {{"api_key": "sk-ant-test"}}}}, orchestrator_model="claude-opus-4-6")
        session = engine.create_agent("a", tools=[wait]).start_session()
        text = "CALL_WAIT: {{}}"
        try:
            {run}
        except KeyboardInterrupt:
            print("interrupted", stopped.wait(60))
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted True\n", "")


# --- tools that begin turns


def add(a: int, b: int):
    return a + b


@every_way
def test_a_tool_may_run_another_session(emulator, engine, ask):
    helper = engine.create_agent("helper", tools=[add])

    def plain():
        return helper.start_session().run_sync("CALL_ADD: 1 2").content

    async def awaited():
        return (await helper.start_session().run("CALL_ADD: 3 4")).content

    ask(engine.create_agent("a", tools=[plain, awaited]).start_session(), call("plain") + "\n" + call("awaited"))
    (first, _), (second, _) = results(emulator)
    assert "3" in first and "7" in second


def test_tools_that_all_run_sessions_with_tools_do_not_starve(emulator, engine):
    meeting = threading.Barrier(16)
    leaf = engine.create_agent("leaf", tools=[cortex.ToolWrapper(lambda: "leaf", "leaf")])

    def branch(number: int):
        meeting.wait(60)
        return leaf.start_session().run_sync("CALL_LEAF: {}").metadata.steps_taken

    session = engine.create_agent("root", tools=[branch]).start_session()
    session.run_sync("\n".join(call("branch", number=number) for number in range(16)))
    assert results(emulator) == [("1", False)] * 16


@every_way
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_tool_that_calls_its_own_session_is_told_that_it_is_busy(emulator, start, ask, kind):
    holder = []

    def plain():
        return holder[0].run_sync("hello")

    async def awaited():
        return await holder[0].run("hello")

    holder.append(start(cortex.ToolWrapper(plain if kind == "plain" else awaited, "again")))
    response = ask(holder[0], call("again") + "\nTHEN\nSAY: Busy.")
    assert response.content.endswith("Busy.")
    ((text, is_error),) = results(emulator)
    assert is_error and text.startswith("SessionBusyError")


def test_nothing_is_left_of_turns_with_tools(start):
    import cortex._calls

    def calls_alive():
        gc.collect()
        return sum(type(item) is cortex._calls.Calls for item in gc.get_objects())

    async def awaited(x: int):
        return x

    session = start(cortex.ToolWrapper(lambda x: x, "plain"), awaited)
    text = call("plain", x=1) + "\n" + call("awaited", x=2)
    session.run_sync(text)
    gc.collect()
    before = threading.active_count()
    kept = calls_alive()
    for _ in range(30):
        session.run_sync(text)
        asyncio.run(session.run(text))
    gc.collect()
    assert not cortex._calls._tasks
    assert calls_alive() <= kept
    assert threading.active_count() <= before + 4


def test_a_forked_child_has_threads_of_its_own(emulator, python):
    done = python("""
        import os, cortex
        def session():
            engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-test"}}, orchestrator_model="claude-opus-4-6")
            return engine.create_agent("a", tools=[cortex.ToolWrapper(lambda: "x", "probe")]).start_session()
        print(session().run_sync("CALL_PROBE: {}").metadata.steps_taken, flush=True)
        child = os.fork()
        if child == 0:
            print(session().run_sync("CALL_PROBE: {}").metadata.steps_taken, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
    """)
    assert done.stdout == "1\n1\n", done.stderr
