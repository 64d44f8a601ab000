"""Two providers in one conversation: Claude plans and answers, Gemini runs the tools; each gets only what it may be sent."""

import pathlib
import sys

import pytest

import cortex

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from test_py_page import run_snippet  # noqa: E402
from vendors import model_of, turns  # noqa: E402

HARD = "Analyze the pros and cons of microservices architecture, and plan step by step how to move there."


@pytest.fixture
def engine(emulator, monkeypatch):
    """As the page prints it; the addresses come from the environment."""
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", emulator.base_url)
    return run_snippet("multi_provider.py")["engine"]


@pytest.fixture
def tools():
    @cortex.tool
    def add(a: int, b: int) -> int:
        return a + b

    @cortex.tool
    def fail() -> str:
        raise ValueError("the shop is closed")

    return [add, fail]


def path_of(request):
    return "gemini" if "/v1beta/models/" in request["target"] else "claude" if request["target"].startswith("/v1/messages") else request["target"]


def parts(request, kind):
    return [part[kind] for content in request["json"]["contents"] for part in content["parts"] if kind in part]


def blocks(request, kind):
    return [block for message in request["json"]["messages"] if isinstance(message["content"], list) for block in message["content"] if block["type"] == kind]


def test_a_plan_goes_to_claude_and_a_greeting_to_gemini(engine, emulator):
    agent = engine.create_agent("a")
    hard, easy = agent.start_session().run_sync(HARD), agent.start_session().run_sync("Hello")
    assert (hard.metadata.provider, hard.metadata.model_used) == ("anthropic", "claude-opus-4-6")
    assert (easy.metadata.provider, easy.metadata.model_used) == ("gemini", "gemini-3-flash-preview")
    assert [path_of(request) for request in turns(emulator)] == ["claude", "gemini"]
    assert [request["status"] for request in turns(emulator)] == [200, 200]


def test_gemini_runs_the_tool_rounds_that_claude_began(engine, emulator, tools):
    session = engine.create_agent("a", tools=tools).start_session()
    response = session.run_sync(HARD + '\nCALL_ADD: {"a": 2, "b": 3}\nTHEN\nCALL_ADD: {"a": 5, "b": 6}\nTHEN\nSAY: Five and eleven.')
    assert response.content.endswith("Five and eleven.") and response.metadata.tools_called == ["add", "add"]
    asked = turns(emulator)
    assert [request["status"] for request in asked] == [200] * 3
    assert [path_of(request) for request in asked] == ["claude", "gemini", "gemini"]
    assert [model_of(request) for request in asked] == ["claude-opus-4-6", "gemini-3-flash-preview", "gemini-3-flash-preview"]
    # Claude's thinking stays with Claude, and each result has its call.
    assert "thinking" not in str(asked[1]["json"]["contents"])
    for request, count in ((asked[1], 1), (asked[2], 2)):
        made, answered = parts(request, "functionCall"), parts(request, "functionResponse")
        assert [call["name"] for call in made] == [result["name"] for result in answered] == ["add"] * count
        assert [call.get("id") for call in made] == [result.get("id") for result in answered]


def test_claude_goes_on_with_what_gemini_called(engine, emulator, tools):
    session = engine.create_agent("a", tools=tools).start_session()
    assert session.run_sync('CALL_ADD: {"a": 2, "b": 3}\nCALL_FAIL: {}').metadata.provider == "gemini"
    emulator.reset()
    response = session.run_sync("That is wrong. " + HARD)
    assert response.metadata.provider == "anthropic"
    (request,) = turns(emulator)
    assert request["status"] == 200
    made, answered = blocks(request, "tool_use"), blocks(request, "tool_result")
    assert [block["id"] for block in made] == [block["tool_use_id"] for block in answered]
    assert [block["name"] for block in made] == ["add", "fail"]
    assert len({block["id"] for block in made}) == 2
    assert "thoughtSignature" not in request["body"] and blocks(request, "thinking") == []


def test_a_stream_over_both_has_one_end(engine, tools):
    session = engine.create_agent("a", tools=tools).start_session()
    chunks = list(session.run_stream_sync(HARD + '\nCALL_ADD: {"a": 2, "b": 3}\nTHEN\nSAY: Five.'))
    kinds = [chunk.chunk_type for chunk in chunks]
    assert [kind for kind in kinds if kind.startswith("tool_")] == ["tool_execution", "tool_result"]
    assert "".join(chunk.content for chunk in chunks).endswith("Five.")
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].metadata.provider == "gemini"


def test_the_costs_are_those_of_both(engine, tools):
    session = engine.create_agent("a", tools=tools).start_session()
    response = session.run_sync(HARD + '\nCALL_ADD: {"a": 2, "b": 3}')
    costs = engine.costs()
    assert {line["provider"]: line["calls"] for line in costs["by_provider"]} == {"anthropic": 1, "gemini": 1}
    assert response.metadata.cost_usd == pytest.approx(costs["total"]["cost_usd"])
    assert [attempt.provider for attempt in response.metadata.attempts] == ["anthropic", "gemini"]


def test_each_stands_in_for_the_other(engine, emulator):
    agent = engine.create_agent("a")
    emulator.script({"match": {"path": "/v1/messages"}, "error": {"status": 400, "message": "no"}})
    with pytest.raises(cortex.InvalidRequestError):
        agent.start_session().run_sync(HARD)
    emulator.reset()
    emulator.script({"match": {"model": "gemini-3-flash-preview"}, "error": {"status": 503}, "times": "always"})
    response = agent.start_session().run_sync("Hello")
    assert response.metadata.provider == "anthropic" and response.metadata.attempts[0].provider == "gemini"
