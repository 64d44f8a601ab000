"""One suite over every way to a model: what differs between them is a dict of settings and two names."""

import asyncio
import itertools
import pathlib
import sys

import pytest

import cortex

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from vendors import WAYS, google_login, model_of, turns  # noqa: E402

ORDER = ("thinking", "tool_execution", "tool_result", "content")


@pytest.fixture(params=list(WAYS))
def way(request, emulator, monkeypatch, tmp_path):
    if request.param == "gemini-vertex":
        for name, value in google_login(emulator, tmp_path).items():
            monkeypatch.setenv(name, value)
    return WAYS[request.param]


@pytest.fixture
def engine(way, emulator):
    return cortex.Engine(providers=way.providers(emulator.base_url), orchestrator_model=way.orchestrator, worker_model=way.worker, max_retries=0)


@pytest.fixture
def calls():
    return []


@pytest.fixture
def tools(calls):
    @cortex.tool
    def add(a: int, b: int) -> int:
        """Adds two numbers."""
        calls.append(("add", a, b))
        return a + b

    @cortex.tool
    async def shout(text: str) -> str:
        """Says it louder."""
        await asyncio.sleep(0)
        calls.append(("shout", text))
        return text.upper()

    return [add, shout]


def test_a_turn_is_one_request_with_what_came_of_it_in_the_metadata(way, engine, emulator):
    response = engine.create_agent("a", "Be brief.").start_session().run_sync("Hello")
    metadata = response.metadata
    assert "Hello" in response.content
    (request,) = turns(emulator)
    assert way.path in request["target"] and model_of(request) == way.worker
    assert metadata.provider == way.name and metadata.model_used.startswith(way.worker)
    assert metadata.finish_reason == "stop" and metadata.steps_taken == 0 and metadata.tools_called == []
    assert metadata.tokens_used == metadata.input_tokens + metadata.output_tokens > 0
    assert metadata.cost_usd is None if way.name == "vllm" else metadata.cost_usd > 0
    (attempt,) = metadata.attempts
    assert (attempt.provider, attempt.outcome, attempt.http_status) == (way.name, "ok", 200)


def test_a_stream_has_the_same_chunks_in_the_same_order(way, engine):
    session = engine.create_agent("a").start_session()
    chunks = list(session.run_stream_sync("ANSWER_WORDS: 60"))
    whole = engine.create_agent("a").start_session().run_sync("ANSWER_WORDS: 60")
    assert "".join(chunk.content for chunk in chunks) == whole.content
    assert all(isinstance(chunk.content, str) for chunk in chunks)
    kinds = [chunk.chunk_type for chunk in chunks]
    assert kinds == sorted(kinds, key=ORDER.index) and set(kinds) <= {"thinking", "content"}
    assert sum(bool(chunk.content) for chunk in chunks) > 1
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    last = chunks[-1]
    assert last.finish_reason == last.metadata.finish_reason == "stop" and last.model == last.metadata.model_used
    assert last.metadata.provider == way.name and last.metadata.tokens_used > 0


def test_history_goes_with_the_next_turn(way, engine, emulator):
    session = engine.create_agent("a", "Be brief.").start_session()
    session.run_sync("My number is 4711.")
    session.run_sync("Thanks!")
    assert len(turns(emulator)) == 2
    assert "4711" in turns(emulator)[1]["body"] and "Be brief." in turns(emulator)[1]["body"]


def test_python_functions_are_called_and_the_worker_gets_their_results(way, engine, emulator, tools, calls):
    session = engine.create_agent("a", tools=tools).start_session()
    response = session.run_sync('CALL_ADD: {"a": 2, "b": 3}\nCALL_SHOUT: {"text": "hey"}\nTHEN\nCALL_ADD: {"a": 5, "b": 6}\nTHEN\nSAY: Eleven, HEY.')
    assert response.content.endswith("Eleven, HEY.")
    assert sorted(calls[:2]) == [("add", 2, 3), ("shout", "hey")] and calls[2:] == [("add", 5, 6)]
    assert response.metadata.steps_taken == 2 and response.metadata.tools_called == ["add", "shout", "add"]
    asked = turns(emulator)
    assert [request["status"] for request in asked] == [200] * 3
    assert [model_of(request) for request in asked[1:]] == [way.worker] * 2


def test_chunks_of_a_turn_with_tools_come_in_the_same_order(engine, tools):
    session = engine.create_agent("a", tools=tools).start_session()
    chunks = list(session.run_stream_sync('CALL_ADD: {"a": 2, "b": 3}\nTHEN\nSAY: Five.'))
    kinds = [chunk.chunk_type for chunk in chunks if chunk.chunk_type != "thinking" and (chunk.content or chunk.chunk_type != "content")]
    assert [kind for kind, _ in itertools.groupby(kinds)] == ["content", "tool_execution", "tool_result", "content"]
    execution, result = (next(chunk for chunk in chunks if chunk.chunk_type == kind).tool_call_delta for kind in ("tool_execution", "tool_result"))
    assert execution == {"tools": ["add"]} and result["tool_name"] == "add" and result["success"] is True
    assert "".join(chunk.content for chunk in chunks).endswith("Five.") and chunks[-1].is_final


def test_a_wrong_key_raises_after_exactly_one_request(way, emulator):
    if not way.wrong:
        pytest.skip("a server of one's own refuses nobody")
    engine = cortex.Engine(providers=way.providers(emulator.base_url, **way.wrong), orchestrator_model=way.orchestrator, worker_model=way.worker)
    with pytest.raises(cortex.ProviderAuthError) as caught:
        engine.create_agent("a").start_session().run_sync("Hello")
    assert caught.value.provider == way.name and way.name in str(caught.value) and not caught.value.retryable
    assert len(turns(emulator)) == 1
    assert way.wrong.get("api_key", "wrong-0001") not in str(caught.value)


def test_a_limit_of_the_answer_ends_it_as_length(way, engine):
    response = engine.create_agent("a").start_session().run_sync("ANSWER_WORDS: 900", thinking="off", max_tokens=300)
    assert response.metadata.finish_reason == "length"
    assert 0 < len(response.content.split()) < 900


def test_a_refusal_raises(way, engine, emulator):
    emulator.script({"text": "No.", "stop_reason": "refusal"})
    with pytest.raises(cortex.ContentFilterError) as caught:
        engine.create_agent("a").start_session().run_sync("Hello")
    assert caught.value.provider == way.name


def test_costs_tell_who_was_paid(way, engine):
    agent = engine.create_agent("a")
    for user in ("ann", "bob", "ann"):
        agent.start_session(user_id=user).run_sync("Hello")
    costs = engine.costs()
    assert costs["total"]["calls"] == 3
    (line,) = costs["by_provider"]
    assert line["provider"] == way.name and line["calls"] == 3 and line["input_tokens"] > 0 and line["output_tokens"] > 0
    assert [(one["user_id"], one["calls"]) for one in sorted(costs["by_user"], key=lambda one: one["user_id"])] == [("ann", 2), ("bob", 1)]
    if way.name == "vllm":
        assert line["cost_usd"] is None and line["unknown_cost_calls"] == 3
    else:
        assert line["cost_usd"] > 0 and line["unknown_cost_calls"] == 0


def test_providers_names_each_way_and_asks_nobody(way, engine, emulator):
    (provider,) = engine.providers
    assert provider.name == way.name and provider.status == "present" and provider.health == "healthy"
    assert provider.base_url.startswith(emulator.base_url) and "good-0001" not in repr(provider)
    assert emulator.requests() == []


def test_verify_asks_each_way_once_for_nothing(way, engine, emulator, server):
    if way.name == "vllm":  # it lists its models to everybody
        emulator = server("--local")
        engine = cortex.Engine(providers=way.providers(emulator.base_url), orchestrator_model=way.orchestrator)
    (provider,) = engine.verify_sync()
    assert provider.status == "verified", provider
    assert turns(emulator) == [] and len([request for request in emulator.requests() if request["target"] != "/token"]) == 1
