"""Who answers when a provider fails: the next one, once, and the metadata tell; what another provider cannot cure is raised."""

import pytest

import cortex

KEY = "sk-ant-api03-Zq7vKx2mWp9RtY4nLc8BdF1hGs6JuE3a"
NOBODY = "http://127.0.0.1:1"
DOWN = {"error": {"status": 503}, "times": "always"}


@pytest.fixture
def second(server):
    """The emulator behind the second provider, a server of one's own."""
    return server()


@pytest.fixture
def make(emulator, second):
    def engine(first_url=None, **fields):
        providers = {"anthropic": {"api_key": KEY, "base_url": first_url or emulator.base_url, "default_model": "claude-opus-4-6"},
                     "vllm": {"base_url": f"{second.base_url}/v1", "default_model": "second-model"}}
        return cortex.Engine(providers=providers, **{"orchestrator_model": "claude-opus-4-6", "max_retries": 0, **fields})

    return engine


def ask(engine, **options):
    return engine.create_agent("a").start_session().run_sync("Hello", **options)


def outcomes(response):
    return [(attempt.provider, attempt.model, attempt.outcome) for attempt in response.metadata.attempts]


def answered_by_the_second(response, outcome):
    assert response.content == "You said: Hello"
    assert (response.metadata.provider, response.metadata.model_used) == ("vllm", "second-model")
    assert outcomes(response) == [("anthropic", "claude-opus-4-6", outcome), ("vllm", "second-model", "ok")]
    assert any("claude-opus-4-6" in sentence and "second-model" in sentence for sentence in response.metadata.degraded)


@pytest.mark.parametrize("status, outcome", [(503, "unavailable"), (529, "unavailable"), (500, "unavailable"), (429, "rate_limit")])
def test_a_provider_that_is_down_or_full_is_stood_in_for(make, emulator, second, status, outcome):
    emulator.script({"error": {"status": status}, "times": "always"})
    response = ask(make())
    answered_by_the_second(response, outcome)
    assert [attempt.http_status for attempt in response.metadata.attempts] == [status, 200]
    assert len(emulator.requests()) == len(second.requests()) == 1


def test_a_provider_that_nobody_reaches_is_stood_in_for(make):
    answered_by_the_second(ask(make(NOBODY)), "network")


def test_a_provider_that_does_not_answer_in_time_is_stood_in_for(make, emulator):
    emulator.script({"text": "too late", "delay_ms": 60_000})
    answered_by_the_second(ask(make(call_timeout=0.3)), "timeout")


def test_a_wait_above_the_cap_is_not_slept(make, emulator):
    emulator.script({"error": {"status": 429, "headers": {"retry-after": "3600"}}, "times": "always"})
    answered_by_the_second(ask(make(max_retries=2)), "rate_limit")
    assert len(emulator.requests()) == 1


def test_a_stream_moves_before_its_first_text(make, emulator):
    emulator.script(DOWN)
    chunks = list(make().create_agent("a").start_session().run_stream_sync("Hello"))
    assert "".join(chunk.content for chunk in chunks) == "You said: Hello"
    assert chunks[-1].model == "second-model" and chunks[-1].metadata.provider == "vllm"


def test_a_stream_stays_after_its_first_text(make, emulator, second):
    emulator.script({"text": "A long story. " * 50, "cut_after_bytes": 1500})
    text = ""
    with pytest.raises(cortex.NetworkError) as caught:
        for chunk in make().create_agent("a").start_session().run_stream_sync("Hello"):
            text += chunk.content
    assert text and caught.value.partial_content == text and second.requests() == []


def test_by_wish_the_next_model_goes_on_where_the_text_ended(make, emulator, second):
    emulator.script({"text": "A long story. " * 50, "cut_after_bytes": 1500})
    second.script({"text": "And so it ends."})
    chunks = list(make(continue_in_midstream=True).create_agent("a").start_session().run_stream_sync("Hello"))
    kinds = [chunk.chunk_type for chunk in chunks]
    assert kinds.count("continuation") == 1
    at = kinds.index("continuation")
    assert chunks[at].model == "second-model" and chunks[at].content == ""
    before, after = ("".join(chunk.content for chunk in part) for part in (chunks[:at], chunks[at:]))
    assert before.startswith("A long story.") and after == "And so it ends."
    assert chunks[-1].model == "second-model" and sum(chunk.is_final for chunk in chunks) == 1
    assert before in second.requests()[0]["body"]


@pytest.mark.parametrize("status, kind", [(400, cortex.InvalidRequestError), (401, cortex.ProviderAuthError), (402, cortex.ProviderError),
                                          (403, cortex.ProviderAuthError), (404, cortex.ModelNotFoundError), (413, cortex.InvalidRequestError)])
def test_what_only_the_user_can_cure_is_raised_and_nobody_else_asked(make, emulator, second, status, kind):
    emulator.script({"error": {"status": status}, "times": "always"})
    with pytest.raises(kind) as caught:
        ask(make())
    assert caught.value.http_status == status and caught.value.provider == "anthropic"
    assert len(emulator.requests()) == 1 and second.requests() == []


def test_a_refused_key_is_passed_over_by_wish(make, emulator):
    emulator.script({"error": {"status": 401}, "times": "always"})
    answered_by_the_second(ask(make(failover_on_auth_error=True)), "auth")


def test_without_failover_the_failure_is_raised(make, emulator, second):
    emulator.script(DOWN)
    with pytest.raises(cortex.ServiceUnavailableError):
        ask(make(failover=False))
    assert second.requests() == []


def test_when_all_are_down_one_error_names_each(make, emulator, second):
    emulator.script(DOWN)
    second.script({"error": {"status": 500}, "times": "always"})
    with pytest.raises(cortex.ServiceUnavailableError) as caught:
        ask(make())
    for word in ("claude-opus-4-6", "anthropic", "second-model", "vllm"):
        assert word in str(caught.value)
    assert caught.value.retryable
    assert len(emulator.requests()) == len(second.requests()) == 1


def test_the_list_says_in_which_order(make, emulator, second):
    emulator.script({"match": {"model": "claude-opus-4-6"}, **DOWN}, {"match": {"model": "claude-haiku-4-5"}, **DOWN})
    response = ask(make(fallback_models=["claude-haiku-4-5", "second-model"]))
    assert outcomes(response) == [("anthropic", "claude-opus-4-6", "unavailable"), ("anthropic", "claude-haiku-4-5", "unavailable"), ("vllm", "second-model", "ok")]
    assert len(emulator.requests()) == 2 and len(second.requests()) == 1


def test_a_later_turn_goes_on_with_the_history(make, emulator, second):
    session = make().create_agent("a").start_session()
    session.run_sync("My number is 4711.")
    emulator.script(DOWN)
    assert session.run_sync("Thanks!").metadata.provider == "vllm"
    assert "4711" in second.requests()[0]["body"]


def test_tools_run_once_when_the_provider_of_a_round_fails(make, emulator):
    calls = []

    @cortex.tool
    def add(a: int, b: int) -> int:
        calls.append((a, b))
        return a + b

    emulator.script({"tool_calls": [{"name": "add", "input": {"a": 2, "b": 3}}]}, DOWN)
    response = make().create_agent("a", tools=[add]).start_session().run_sync("Add two and three.")
    assert response.content == "The result of add is: 5." and calls == [(2, 3)]
    assert response.metadata.provider == "vllm" and response.metadata.tools_called == ["add"]


def test_a_provider_that_keeps_failing_is_shown_and_passed_over(make, emulator):
    engine = make()
    emulator.script(DOWN)
    for _ in range(4):
        assert ask(engine).metadata.provider == "vllm"
    assert [provider.health for provider in engine.providers] == ["failing", "healthy"]
    assert len(emulator.requests()) == 3
    assert "health='failing'" in repr(engine.providers[0])


@pytest.mark.parametrize("chain, words", [
    (["claude-haiku-4-5", "claude-haiku-4-5"], ["claude-haiku-4-5", "twice", "same", "once"]),
    (["claude-opus-4-6"], ["claude-opus-4-6"]),
    (["gpt-5.4"], ["gpt-5.4", "anthropic"]),
])
def test_a_chain_that_leads_nowhere_is_a_config_error(emulator, chain, words):
    with pytest.raises(cortex.ConfigError) as caught:
        cortex.Engine(providers={"anthropic": {"api_key": KEY}}, orchestrator_model="claude-opus-4-6", fallback_models=chain)
    assert words[0] in str(caught.value) and any(word in str(caught.value) for word in words[1:] or words)
    assert emulator.requests() == []


def test_a_second_model_answers_while_the_first_is_silent(make, emulator, second):
    emulator.script({"text": "too late", "delay_ms": 60_000})
    response = ask(make(hedge_after=0.2))
    assert response.content == "You said: Hello"
    assert response.metadata.provider == "vllm"
    assert sorted(outcomes(response)) == [("anthropic", "claude-opus-4-6", "cancelled"), ("vllm", "second-model", "ok")]
    assert any("said nothing for 200 ms" in sentence for sentence in response.metadata.degraded)
    assert len(emulator.requests()) == len(second.requests()) == 1


def test_a_first_model_that_answers_in_time_is_asked_alone(make, emulator, second):
    response = ask(make(hedge_after=30))
    assert response.metadata.provider == "anthropic" and len(response.metadata.attempts) == 1
    assert second.requests() == []


def test_second_requests_are_rationed(make, emulator, second):
    engine = make(hedge_after=0.1, hedge_budget=0.01)
    emulator.script({"text": "too late", "delay_ms": 60_000}, {"text": "slow", "delay_ms": 500})
    assert ask(engine).metadata.provider == "vllm"
    assert ask(engine).content == "slow"  # the one in hand is gone
    assert len(second.requests()) == 1


@pytest.mark.parametrize("fields, words", [
    ({"hedge_after": 0}, "above 0"), ({"hedge_after": "soon"}, "number of seconds"), ({"hedge_after": 1, "hedge_budget": 2}, "at most 1"),
    ({"hedge_after": 1, "failover": False}, "failover is off"),
])
def test_a_hedge_that_cannot_be_is_a_config_error(make, fields, words):
    with pytest.raises(cortex.ConfigError, match=words):
        make(**fields)
