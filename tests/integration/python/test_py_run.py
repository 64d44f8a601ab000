"""What a turn gives back, awaited, streamed and blocking."""

import asyncio
import json
import warnings

import pytest

import cortex

FIELDS = {
    "model_used", "provider", "tokens_used", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "thinking_tokens",
    "latency_ms", "overhead_ms", "finish_reason", "cost_usd", "request_id", "attempts", "thinking", "routing", "notices", "degraded",
    "steps_taken", "tools_called", "goal_progress", "drift_score", "loop_detected",
}


def test_a_response_has_content_and_metadata(session):
    response = asyncio.run(session.run("hello"))
    metadata = response.metadata
    assert isinstance(response.content, str) and response.content
    assert metadata.provider == "anthropic"
    assert metadata.finish_reason == "stop"
    assert metadata.tokens_used == metadata.input_tokens + metadata.output_tokens > 0
    assert metadata.latency_ms >= metadata.overhead_ms >= 0
    assert metadata.thinking.enabled is False
    assert [attempt.outcome for attempt in metadata.attempts] == ["ok"]
    assert metadata.attempts[0].http_status == 200


def test_values_convert_to_plain_dicts_that_json_can_write(session):
    response = session.run_sync("hello")
    plain = response.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert set(plain["metadata"]) == FIELDS
    assert plain["content"] == response.content
    assert dict(response.metadata.thinking) == plain["metadata"]["thinking"]
    assert response.metadata["thinking"]["enabled"] is False
    with pytest.raises(KeyError, match="thinkin"):
        response.metadata["thinkin"]


def test_a_part_of_a_response_outlives_it(session):
    attempt = session.run_sync("hello").metadata.attempts[0]
    assert attempt.provider == "anthropic"


def test_a_stream_says_what_run_says_and_ends_with_the_metadata(emulator, engine):
    agent = engine.create_agent("a")
    whole = agent.start_session().run_sync("Tell me about rivers.")

    async def main():
        stream = agent.start_session().run_stream("Tell me about rivers.")
        assert stream.response is None
        return stream, [chunk async for chunk in stream]

    stream, chunks = asyncio.run(main())
    assert all(isinstance(chunk.content, str) for chunk in chunks)
    assert "".join(chunk.content for chunk in chunks if chunk.chunk_type == "content") == whole.content
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert len(chunks) > 2
    last = chunks[-1]
    assert (last.finish_reason, last.model) == ("stop", whole.metadata.model_used)
    assert last.metadata.tokens_used == whole.metadata.tokens_used
    assert all(chunk.metadata is None and chunk.finish_reason is None for chunk in chunks[:-1])
    assert stream.response.content == whole.content
    assert stream.metadata.model_used == last.model


def test_the_blocking_stream_says_the_same(session):
    stream = session.run_stream_sync("Tell me about rivers.")
    text = "".join(chunk.content for chunk in stream)
    assert text == stream.response.content
    assert list(stream) == []


def test_a_stream_of_a_session_that_nobody_else_holds_reaches_its_end(engine):
    async def main():
        return [chunk async for chunk in engine.create_agent("a").start_session().run_stream("hello")]

    assert asyncio.run(main())[-1].is_final


def test_a_stream_that_is_never_read_asks_nothing(emulator, session):
    session.run_stream("hello")
    session.run_stream_sync("hello")
    assert emulator.requests() == []


def test_the_second_turn_sees_the_first(emulator, session):
    async def main():
        await session.run("My name is Ada.")
        async for _ in session.run_stream("What is my name?"):
            pass

    asyncio.run(main())
    first, second = [request["json"]["messages"] for request in emulator.requests()]
    assert [message["role"] for message in second] == ["user", "assistant", "user"]
    assert "Ada" in json.dumps(second[0])


def test_options_of_one_turn_reach_the_request(emulator, engine):
    session = engine.create_agent("a").start_session()
    response = session.run_sync("hello", thinking=2048, max_tokens=4096, timeout=30.5, max_cost=2)
    (request,) = emulator.requests()
    assert request["json"]["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert request["json"]["max_tokens"] > 2048
    assert response.metadata.thinking.enabled is True
    assert response.metadata.thinking.budget == 2048


def test_an_attachment_goes_with_the_message(emulator, session):
    image = cortex.Attachment(media_type="image/png", data=b"\x89PNG\r\n\x1a\n0000")
    session.run_sync("What is this?", attachments=[image])
    session.run_sync("And this?", attachments=[{"media_type": "image/png", "url": "https://example.com/a.png"}])
    first, second = emulator.requests()
    assert [block["type"] for block in first["json"]["messages"][0]["content"]].count("image") == 1
    assert "https://example.com/a.png" in json.dumps(second["json"])
    assert "9 bytes" not in repr(image) and "12 bytes" in repr(image)


def test_a_preview_shows_the_request_and_sends_nothing(emulator, session):
    preview = session.preview("hello")
    assert preview.method == "POST" and preview.url.endswith("/v1/messages")
    assert json.loads(preview.body)["messages"][0]["role"] == "user"
    assert preview.decisions
    assert emulator.requests() == []


def test_close_returns_statistics_and_can_be_repeated(session):
    async def main():
        await session.run("hello")
        first = await session.close()
        assert await session.close() == first
        with pytest.raises(cortex.CancelledError, match="close"):
            await session.run("again")
        with pytest.raises(cortex.CancelledError, match="close"):
            async for _ in session.run_stream("again"):
                pass
        return first

    stats = asyncio.run(main())
    assert stats["session_id"] == session.session_id
    assert stats["turns"] == 1
    assert stats["total_tokens"] > 0
    assert stats["duration_seconds"] >= 0


def test_blocks_close_their_session(engine):
    async def main():
        async with engine.create_agent("a").start_session() as session:
            await session.run("hello")
        with pytest.raises(cortex.CancelledError):
            await session.run("again")

    asyncio.run(main())
    with engine.create_agent("a").start_session() as session:
        session.run_sync("hello")
    with pytest.raises(cortex.CancelledError):
        session.run_sync("again")


def test_sessions_have_ids_of_their_own(engine):
    agent = engine.create_agent("a")
    ids = {agent.start_session().session_id for _ in range(50)}
    assert len(ids) == 50
    assert all(id.startswith("sess_") and int(id[5:], 16) >= 0 and id == id.lower() for id in ids)
    assert agent.start_session(session_id="mine").session_id == "mine"


def test_construction_and_start_session_make_no_request(emulator, session):
    assert emulator.requests() == []


def test_a_notice_is_a_warning_once(emulator):
    engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}}, orchestrator_model="claude-sonnet-4-5")
    agent = engine.create_agent("a")
    with pytest.warns(cortex.Notice) as told:
        response = agent.start_session().run_sync("hello")
    assert [str(warning.message) for warning in told] == response.metadata.notices
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        agent.start_session().run_sync("hello")


def test_quick_agent_gives_an_agent_and_its_session(emulator):
    agent, session = cortex.quick_agent(providers={"anthropic": {"api_key": "sk-ant-..."}}, user_id="ada")
    assert (agent.name, agent.system_prompt, session.user_id) == ("agent", "You are a helpful assistant.", "ada")
    assert session.run_sync("hello").content
    agent, _ = cortex.quick_agent(tools=[cortex.ToolWrapper(lambda: 1, "one")], providers={"anthropic": {"api_key": "sk-ant-..."}})
    assert [tool.name for tool in agent.tools] == ["one"]


def test_the_catalogue_is_a_list_of_plain_objects(engine):
    models = {model.id: model for model in engine.models()}
    assert models["claude-haiku-4-5"].context_window == 200_000
    assert {model.id for model in cortex.models()} == set(models)
    assert json.dumps(models["claude-opus-4-6"].to_dict())
