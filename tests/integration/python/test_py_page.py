"""The documentation page's programs, as printed there: only ANTHROPIC_BASE_URL points them to the emulator."""

import ast
import asyncio
import json
import pathlib

import cortex

PAGE = pathlib.Path(__file__).resolve().parent / "page"


def run_snippet(name, **names):
    """Executes a fragment as the page prints it; a top-level `async for` is awaited. Returns the names that it leaves."""
    scope = {"cortex": cortex, **names}
    code = compile((PAGE / name).read_text(), name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    pending = eval(code, scope)
    if pending is not None:

        async def main():
            await pending

        asyncio.run(main())
    return scope


def answer_of(engine, text="hello"):
    return engine.create_agent(name="a").start_session().run_sync(text)


def test_the_key_passed_directly_is_used(emulator):
    engine = run_snippet("passed_directly.py")["engine"]
    assert answer_of(engine).content
    (request,) = emulator.requests()
    assert request["headers"]["x-api-key"] == "sk-ant-api03-..."


def test_the_key_of_the_environment_is_used_with_and_without_a_provider(emulator, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-from-environment")
    answer_of(cortex.Engine(providers={"anthropic": {}}))
    answer_of(cortex.Engine())
    assert [request["headers"]["x-api-key"] for request in emulator.requests()] == ["sk-ant-from-environment"] * 2


def test_the_key_passed_directly_beats_the_environment(emulator, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-from-environment")
    answer_of(run_snippet("passed_directly.py")["engine"])
    assert emulator.requests()[0]["headers"]["x-api-key"] == "sk-ant-api03-..."


def test_claude_is_another_name_for_anthropic(emulator):
    answer_of(cortex.Engine(providers={"claude": {"api_key": "sk-ant-..."}}))
    assert emulator.requests()[0]["target"].startswith("/v1/messages")


def test_the_chosen_orchestrator_model_is_asked(emulator):
    engine = run_snippet("choose_a_model.py")["engine"]
    response = answer_of(engine, "Analyze the pros and cons of microservices architecture, and plan step by step how to move there.")
    assert emulator.requests()[0]["json"]["model"] == "claude-opus-4-6"
    assert response.metadata.model_used == "claude-opus-4-6"


def test_without_any_model_the_default_is_asked(emulator):
    response = answer_of(cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}}))
    assert emulator.requests()[0]["json"]["model"] == response.metadata.model_used
    assert response.metadata.model_used.startswith("claude-sonnet-")


def test_the_snippet_on_extended_thinking_answers(emulator):
    response = answer_of(run_snippet("extended_thinking.py")["engine"])
    assert response.metadata.model_used == "claude-sonnet-4-5"
    assert response.metadata.thinking.enabled is False


def test_the_program_prints_answer_model_and_tokens(emulator, python):
    run = python((PAGE / "run_a_message.py").read_text())
    assert run.returncode == 0, run.stderr
    assert run.stderr == "" or "Notice: The model claude-sonnet-4-5 retire" in run.stderr  # nothing but its end of life
    assert "Traceback" not in run.stderr
    *content, model, tokens = run.stdout.splitlines()
    assert "".join(content)
    assert model == "Model: claude-sonnet-4-5"
    assert int(tokens.removeprefix("Tokens: ")) > 0
    (request,) = emulator.requests()
    assert "You are a thorough business analyst." in json.dumps(request["json"]["system"])
    assert "stream" not in request["json"] or request["json"]["stream"] is False


def test_the_streaming_snippet_prints_the_answer(emulator, session, capsys):
    run_snippet("stream_responses.py", session=session)
    printed = capsys.readouterr().out
    (request,) = emulator.requests()
    assert request["json"]["stream"] is True
    emulator.reset()
    again = session._engine.create_agent("analyst", "You are a thorough business analyst.").start_session()
    assert printed == again.run_sync("Explain quantum computing in simple terms.").content


def test_the_provider_list_shows_what_is_configured_without_a_request(emulator):
    engine = run_snippet("extended_thinking.py")["engine"]
    (provider,) = engine.providers
    assert provider.name == "anthropic"
    assert provider.auth_mode == "api_key"
    assert provider.status == "present"
    assert provider.default_model == "claude-sonnet-4-5"
    assert emulator.requests() == []


def test_verify_asks_one_free_request_of_each_provider(emulator):
    engine = run_snippet("extended_thinking.py")["engine"]
    (provider,) = asyncio.run(engine.verify())
    assert provider.status == "verified"
    (request,) = emulator.requests()
    assert request["method"] == "GET" and request["target"].startswith("/v1/models")
    assert engine.verify_sync()[0].status == "verified"


def test_verify_shows_a_refused_key(emulator):
    engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-wrong"}})
    (provider,) = asyncio.run(engine.verify())
    assert provider.status == "rejected"
    assert provider.detail
