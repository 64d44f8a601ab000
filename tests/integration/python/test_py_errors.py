"""Failures are exceptions with properties, and what is wrong before a request costs none."""

import asyncio
import builtins
import pickle

import pytest

import cortex

STATUSES = [
    (400, "invalid_request_error", "messages: bad", cortex.InvalidRequestError),
    (400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum", cortex.ContextLengthError),
    (401, "authentication_error", "invalid x-api-key", cortex.ProviderAuthError),
    (402, "billing_error", "no credit", cortex.ProviderError),
    (403, "permission_error", "not yours", cortex.ProviderAuthError),
    (404, "not_found_error", "model: nothing", cortex.ModelNotFoundError),
    (413, "request_too_large", "too large", cortex.InvalidRequestError),
    (422, "invalid_request_error", "unprocessable", cortex.InvalidRequestError),
    (429, "rate_limit_error", "slow down", cortex.RateLimitError),
    (500, "api_error", "broken", cortex.ServiceUnavailableError),
    (529, "overloaded_error", "busy", cortex.ServiceUnavailableError),
]


@pytest.mark.parametrize(("status", "kind", "message", "expected"), STATUSES)
def test_a_status_becomes_its_exception(emulator, session, status, kind, message, expected):
    emulator.script({"error": {"status": status, "type": kind, "message": message, "headers": {"retry-after": "7"}}, "times": 2})
    for attempt in (lambda: asyncio.run(session.run("hello")), lambda: list(session.run_stream_sync("hello"))):
        with pytest.raises(cortex.ProviderError) as caught:
            attempt()
        error = caught.value
        assert type(error) is expected
        assert error.provider == "anthropic" and "anthropic" in str(error)
        assert error.model == "claude-opus-4-6"
        assert error.http_status == status
        assert error.request_id
        assert error.retryable is (status in (429, 500, 529))
        if status == 429:
            assert error.retry_after == 7.0
    assert len(emulator.requests()) == 2


def test_a_wrong_key_raises_on_the_first_run_and_costs_exactly_one_request(emulator):
    engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-wrong"}})
    session = engine.create_agent("a").start_session()
    assert emulator.requests() == []
    with pytest.raises(cortex.ProviderAuthError) as caught:
        asyncio.run(session.run("hello"))
    assert caught.value.http_status == 401
    assert len(emulator.requests()) == 1


def test_a_wrong_key_raises_on_the_first_pull_of_a_stream(emulator):
    engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-wrong"}})
    stream = engine.create_agent("a").start_session().run_stream("hello")

    async def main():
        with pytest.raises(cortex.AuthenticationError):
            await anext(stream)

    asyncio.run(main())
    assert len(emulator.requests()) == 1


@pytest.mark.parametrize("settings", [{}, None, {"api_key": ""}, {"api_key": None}])
def test_a_missing_key_names_the_variable_and_costs_no_request(emulator, settings):
    engine = cortex.Engine(providers={"anthropic": settings})
    with pytest.raises(cortex.ProviderAuthError, match="ANTHROPIC_API_KEY"):
        engine.create_agent("a").start_session().run_sync("hello")
    assert emulator.requests() == []


def test_without_any_provider_the_first_run_says_what_was_looked_for(emulator):
    with pytest.raises(cortex.ProviderAuthError, match="ANTHROPIC_API_KEY"):
        cortex.Engine().create_agent("a").start_session().run_sync("hello")
    assert emulator.requests() == []


@pytest.mark.parametrize(("arguments", "hint"), [
    ({"orchestrater_model": "x"}, "orchestrator_model"),
    ({"orchestrater_model": None}, "orchestrator_model"),
    ({"providers": {"anthropic": {"api_kye": "x"}}}, "api_key"),
    ({"providers": {"anthropic": {"aws_regoin": None}}}, "aws_region"),
    ({"providers": {"anthropic": 3}}, "providers.anthropic"),
    ({"providers": "anthropic"}, "providers"),
    ({"providers": {"anthropic": {"bedrock": "yes"}}}, "bedrock"),
    ({"providers": {"anthropic": {"base_url": ["x"]}}}, "base_url"),
    ({"max_retries": "many"}, "max_retries"),
    ({"max_retries": 1 << 80}, "max_retries"),
])
def test_a_wrong_argument_of_the_engine_names_the_right_one(arguments, hint):
    with pytest.raises((cortex.ConfigError, TypeError), match=hint):
        cortex.Engine(**arguments)


@pytest.mark.parametrize(("options", "hint"), [
    ({"thinking": "sometimes"}, "thinking"), ({"thinking": True}, "thinking"), ({"thinking": 5}, "thinking"),
    ({"timeout": 0}, "timeout"), ({"timeout": float("nan")}, "timeout"), ({"timeout": "1"}, "timeout"), ({"max_cost": "1"}, "max_cost"),
    ({"max_cost": -1}, "max_cost"), ({"max_tokens": 1.5}, "max_tokens"), ({"max_tokens": 0}, "max_tokens"),
    ({"attachments": "x"}, "attachments"), ({"attachments": [{"data": "x"}]}, "data"), ({"attachments": [{"medai_type": "x"}]}, "media_type"),
])
def test_a_wrong_option_of_a_turn_is_named_and_costs_no_request(emulator, session, options, hint):
    with pytest.raises(cortex.ConfigError, match=hint):
        session.run_sync("hello", **options)
    with pytest.raises(cortex.ConfigError, match=hint):
        asyncio.run(session.run("hello", **options))
    assert emulator.requests() == []
    assert session.run_sync("and the session is free").content


@pytest.mark.parametrize("text", ["", None, 3, b"bytes", "\ud800"])
def test_a_message_that_is_no_text_is_refused(emulator, session, text):
    with pytest.raises((cortex.ConfigError, TypeError)):
        session.run_sync(text)
    assert emulator.requests() == []


def test_an_unknown_keyword_of_run_is_a_type_error(session):
    with pytest.raises(TypeError, match="thinkin"):
        session.run_sync("hello", thinkin="off")


def test_a_stream_that_breaks_gives_its_text_first(emulator, session):
    emulator.script({"text": "one two three four five six seven eight nine ten", "sse_error": {"after_deltas": 2}})
    got = []
    with pytest.raises(cortex.ServiceUnavailableError) as caught:
        for chunk in session.run_stream_sync("hello"):
            got.append(chunk.content)
    assert "".join(got)
    assert caught.value.partial_content == "".join(got)


def test_an_unreachable_server_is_a_network_error(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}}, max_retries=0)
    with pytest.raises(cortex.NetworkError) as caught:
        engine.create_agent("a").start_session().run_sync("hello")
    assert caught.value.http_status is None and caught.value.retryable


def test_a_turn_that_takes_too_long_is_both_kinds_of_timeout(emulator, session):
    emulator.script({"text": "late", "hang_after_bytes": 0})
    with pytest.raises(builtins.TimeoutError) as caught:
        session.run_sync("hello", timeout=0.2)
    assert type(caught.value) is cortex.TimeoutError


def test_a_second_turn_on_a_busy_session_is_refused(emulator, session):
    emulator.script({"text": "late", "hang_after_bytes": 0})

    async def main():
        first = asyncio.create_task(session.run("hello"))
        await asyncio.sleep(0)
        with pytest.raises(cortex.SessionBusyError):
            await session.run("hello")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)

    asyncio.run(main())


def test_the_family_of_exceptions():
    assert cortex.AuthenticationError is cortex.ProviderAuthError
    assert issubclass(cortex.ConfigError, ValueError)
    assert issubclass(cortex.TimeoutError, builtins.TimeoutError)
    names = [name for name in cortex.__all__ if name.endswith("Error")]
    assert len(names) == 19
    for name in names:
        assert issubclass(getattr(cortex, name), cortex.Error)
    for name in ("ProviderAuth", "RateLimit", "ServiceUnavailable", "ModelNotFound", "InvalidRequest", "ContextLength", "ContentFilter"):
        assert issubclass(getattr(cortex, name + "Error"), cortex.ProviderError)


def test_an_exception_survives_pickling():
    error = cortex.RateLimitError("slow down", provider="anthropic", http_status=429, retry_after=1.5, retryable=True)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is cortex.RateLimitError and str(copy) == "slow down"
    assert (copy.provider, copy.http_status, copy.retry_after, copy.retryable) == ("anthropic", 429, 1.5, True)
    timeout = cortex.TimeoutError("late", provider="anthropic")
    assert pickle.loads(pickle.dumps(timeout)).provider == "anthropic"
