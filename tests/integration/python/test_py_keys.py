"""Keys that come from the user's own function."""

import asyncio

import pytest

import cortex


def engine_with(key, **fields):
    return cortex.Engine(providers={"anthropic": {"api_key": key}}, **fields)


def keys_of(emulator):
    return [request["headers"]["x-api-key"] for request in emulator.requests()]


def plain(keys):
    return lambda: next(keys)


def awaited(keys):
    async def key():
        await asyncio.sleep(0)
        return next(keys)

    return key


@pytest.mark.parametrize("form", [plain, awaited])
@pytest.mark.parametrize("face", ["run", "run_stream", "run_sync", "run_stream_sync"])
def test_a_function_is_asked_before_every_request(emulator, form, face):
    engine = engine_with(form(iter(["key-A", "key-B"])))
    session = engine.create_agent("a").start_session()

    async def pull():
        async for _ in session.run_stream("hello"):
            pass

    for _ in range(2):
        if face == "run":
            asyncio.run(session.run("hello"))
        elif face == "run_stream":
            asyncio.run(pull())
        elif face == "run_sync":
            session.run_sync("hello")
        else:
            list(session.run_stream_sync("hello"))
    assert keys_of(emulator) == ["key-A", "key-B"]


def test_a_repeat_asks_again(emulator):
    emulator.script({"error": {"status": 529, "type": "overloaded_error", "headers": {"retry-after-ms": "1"}}})
    engine = engine_with(plain(iter(["key-A", "key-B"])), max_retries=1)
    response = asyncio.run(engine.create_agent("a").start_session().run("hello"))
    assert [attempt.outcome for attempt in response.metadata.attempts] == ["unavailable", "ok"]
    assert keys_of(emulator) == ["key-A", "key-B"]


def test_a_function_runs_on_the_loop_of_the_run(emulator):
    seen = []

    async def key():
        seen.append(asyncio.get_running_loop())
        return "key-A"

    session = engine_with(key).create_agent("a").start_session()

    async def main():
        await session.run("hello")
        return asyncio.get_running_loop()

    assert seen == [asyncio.run(main())]


@pytest.mark.parametrize("face", ["run", "run_sync"])
def test_a_function_that_fails_ends_the_turn_and_is_the_cause(emulator, face):
    def key():
        raise LookupError("the vault is sealed")

    session = engine_with(key).create_agent("a").start_session()
    with pytest.raises(cortex.ProviderAuthError) as caught:
        asyncio.run(session.run("hello")) if face == "run" else session.run_sync("hello")
    assert isinstance(caught.value.__cause__, LookupError)
    assert emulator.requests() == []


@pytest.mark.parametrize("answer", [None, "", 7, b"key"])
def test_a_function_that_gives_no_key_costs_no_request(emulator, answer):
    session = engine_with(lambda: answer).create_agent("a").start_session()
    with pytest.raises(cortex.ProviderAuthError, match="anthropic"):
        session.run_sync("hello")
    assert emulator.requests() == []


def test_cancelling_while_the_key_is_awaited_sends_nothing(emulator):
    async def main():
        asked = asyncio.Event()

        async def key():
            asked.set()
            await asyncio.Event().wait()

        session = engine_with(key).create_agent("a").start_session()
        task = asyncio.create_task(session.run("hello"))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert emulator.requests() == []


def test_an_async_function_cannot_be_asked_by_a_blocking_call_inside_a_loop(emulator):
    async def key():
        return "key-A"

    session = engine_with(key).create_agent("a").start_session()

    async def main():
        with pytest.raises(cortex.ProviderAuthError) as caught:
            session.run_sync("hello")
        assert isinstance(caught.value.__cause__, cortex.ConfigError)

    asyncio.run(main())


@pytest.mark.parametrize("form", [plain, awaited])
def test_verify_asks_the_function(emulator, form):
    engine = engine_with(form(iter(["key-A", "key-B"])))
    assert asyncio.run(engine.verify())[0].status == "verified"
    assert engine.verify_sync()[0].status == "verified"
    assert keys_of(emulator) == ["key-A", "key-B"]


def test_the_alias_of_a_provider_finds_its_function(emulator):
    engine = cortex.Engine(providers={"claude": {"api_key": lambda: "key-A"}})
    assert engine.create_agent("a").start_session().run_sync("hello").content
    assert keys_of(emulator) == ["key-A"]
