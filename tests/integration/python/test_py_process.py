"""Forks, and the end of the interpreter at a bad moment."""

import pytest

SETUP = """
import asyncio, os, sys, threading
import cortex
engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}})
session = engine.create_agent("a").start_session()
"""
SILENT = {"text": "never", "hang_after_bytes": 0, "times": 100}


def program(body):
    import textwrap

    return SETUP + textwrap.dedent(body)


def test_a_forked_child_gets_a_clear_error_and_ends(emulator, python):
    run = python(program("""
        session.run_sync("hello")
        child = os.fork()
        if child == 0:
            for use in (lambda: session.run_sync("hello"), lambda: engine.providers, lambda: engine.create_agent("b"),
                        lambda: asyncio.run(session.run("hello")), lambda: list(session.run_stream_sync("hello")), session.close_sync):
                try:
                    use()
                    print("no error", flush=True)
                except cortex.ForkError as error:
                    assert isinstance(error, cortex.Error) and "fork" in str(error), error
            fresh = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}}).create_agent("c").start_session()
            assert fresh.run_sync("hello").content
            print("child done", flush=True)
            sys.exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert session.run_sync("hello").content
        print("child ended with", code)
    """))
    assert (run.returncode, run.stdout) == (0, "child done\nchild ended with 0\n"), run.stderr


def test_a_fork_in_the_middle_of_a_turn_hurts_neither_side(emulator, python):
    emulator.script({"text": "late", "delay_ms": 300})
    run = python(program("""
        async def main():
            task = asyncio.create_task(session.run("hello"))
            await asyncio.sleep(0.1)
            child = os.fork()
            if child == 0:
                del task
                os._exit(0)
            os.waitpid(child, 0)
            print((await task).content)
        asyncio.run(main())
    """))
    assert (run.returncode, run.stdout) == (0, "late\n"), run.stderr


@pytest.mark.parametrize("body", [
    # runs that nobody waits for any more
    "stream = session.run_stream_sync('hello'); run = session._start('hello', True)",
    # a loop that was stopped in the middle, with its tasks still pending
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(session.run("hello"))
    loop.call_later(0.2, loop.stop)
    loop.run_forever()
    """,
    # a daemon thread inside a blocking call
    """
    thread = threading.Thread(target=lambda: session.run_sync("hello"), daemon=True)
    thread.start()
    thread.join(0.2)
    """,
    # an exit from inside a coroutine
    """
    async def main():
        asyncio.create_task(session.run("hello"))
        await asyncio.sleep(0.2)
        sys.exit(0)
    asyncio.run(main())
    """,
    # a reference cycle that only the very end breaks
    "class Keep: pass\nkeep = Keep(); keep.me = keep; keep.run = session._start('hello', True); del session",
    # use from an atexit function that runs after ours
    """
    import atexit
    run = session._start("hello", True)
    class Late:
        def __del__(self):
            try:
                session.session_id
            except Exception:
                pass
    late = Late()
    sys.modules["late"] = late
    """,
])
def test_the_interpreter_ends_while_turns_run(emulator, python, body):
    emulator.script(SILENT)
    run = python(program(body))
    assert run.returncode == 0, run.stderr
    assert "Fatal" not in run.stderr and "terminate" not in run.stderr


def test_an_engine_that_never_ran_starts_no_thread(python):
    run = python(program("print(len(os.listdir('/proc/self/task')))"))
    assert run.stdout == "1\n", run.stderr
