"""A key shows nowhere, not even eight characters of it."""

import asyncio
import contextlib
import gc
import traceback

import pytest
from conftest import KEY

import cortex

SLICES = [KEY[at:at + 8] for at in range(len("sk-ant-api03-"), len(KEY) - 7)]


def shown(value):
    parts = [repr(value), str(value), repr(getattr(value, "__dict__", ""))]
    if hasattr(value, "to_dict"):
        parts.append(repr(value.to_dict()))
    if isinstance(value, BaseException):
        parts += ["".join(traceback.format_exception(value)), repr(value.args)]
        for name in ("provider", "model", "request_id", "partial_content", "code"):
            parts.append(repr(getattr(value, name, "")))
    return "\n".join(parts)


def assert_hidden(*values):
    for value in values:
        text = shown(value)
        assert not [part for part in SLICES if part in text], f"a {type(value).__name__} shows the key"


def test_the_search_would_find_a_key():
    with pytest.raises(AssertionError, match="shows the key"):
        assert_hidden(KEY)


def test_no_object_shows_the_key(engine):
    agent = engine.create_agent("a")
    session = agent.start_session()
    response = session.run_sync("hello")
    stream = session.run_stream_sync("hello")
    chunks = list(stream)
    providers = asyncio.run(engine.verify())
    assert_hidden(engine, agent, session, response, response.metadata, response.metadata.attempts, stream, *chunks, *engine.providers,
                  *providers, *engine.models(), session.preview("hello"), session.close_sync())


def test_no_error_shows_the_key_even_if_the_vendor_repeats_it(emulator, session):
    for status in (400, 401, 403, 404, 429, 500):
        emulator.script({"error": {"status": status, "message": f"the key {KEY} is no good"}})
        with pytest.raises(cortex.Error) as caught:
            session.run_sync("hello")
        assert_hidden(caught.value)


def test_no_configuration_error_shows_the_key():
    for providers in ({"anthropic": {"api_kye": KEY}}, {"anthropic": {"api_key": KEY, "base_url": 7}}, {"anthropic": KEY},
                      {"anthropic": {"api_key": KEY, "bedrock": True, "vertex_ai": True}}, [KEY]):
        with pytest.raises((cortex.Error, TypeError)) as caught:
            cortex.Engine(providers=providers)
        text = f"{caught.value!r} {caught.value}"
        assert not [part for part in SLICES if part in text]


def test_nothing_is_printed_or_logged_at_trace(emulator, python):
    run = python(f"""
        import cortex
        session = cortex.Engine(providers={{"anthropic": {{"api_key": "{KEY}"}}}}).create_agent("a").start_session()
        print(session.run_sync("hello").content)
        try:
            cortex.Engine(providers={{"anthropic": {{"api_key": "{KEY}", "base_url": "http://127.0.0.1:9"}}}},
                          max_retries=0).create_agent("a").start_session().run_sync("hello")
        except cortex.NetworkError as error:
            print(error)
    """, CORTEX_LOG="trace")
    assert run.returncode == 0, run.stderr
    assert not [part for part in SLICES if part in run.stdout + run.stderr]


def test_the_engine_keeps_no_copy_of_the_key_that_python_could_reach(engine):
    with contextlib.suppress(TypeError):  # it has no __dict__
        assert KEY not in repr(vars(engine))
    for name in dir(engine):
        if not name.startswith("__"):
            assert_hidden(getattr(engine, name))
    assert not [held for held in gc.get_referents(engine) if held == KEY]
