"""Tools in turns: awaited, streamed, blocking and on uvloop alike."""

import asyncio
import contextvars
import dataclasses
import enum
import json
import logging
import threading
from typing import Annotated

import pytest

import cortex

from tools_support import WAYS, call, every_way, results


@pytest.fixture
def start(engine):
    """A session of an agent with these tools."""

    def make(*tools, **options):
        return engine.create_agent("shop", "Be brief.", tools=list(tools), **options).start_session(user_id="ada", session_id="sess_test")

    return make


@cortex.tool(description="Adds two numbers.")
def add(a: int, b: int) -> int:
    return a + b


@cortex.tool(description="Adds two numbers, in time.")
async def later(a: int, b: int) -> int:
    await asyncio.sleep(0)
    return a + b


@every_way
@pytest.mark.parametrize("tool", [add, later], ids=["plain", "async"])
def test_the_model_gets_what_the_function_returns(emulator, start, ask, tool):
    response = ask(start(tool), call(tool.name, a=2, b=3))
    assert results(emulator) == [("5", False)]
    assert "5" in response.content
    assert response.metadata.steps_taken == 1
    assert response.metadata.tools_called == [tool.name]
    assert response.metadata.finish_reason == "stop"


@every_way
def test_several_rounds_and_calls_come_in_order(emulator, start, ask):
    response = ask(start(add, later), "\n".join([call("add", a=1, b=1), call("later", a=2, b=2), call("add", a=3, b=3), "THEN",
                                                 call("later", a=4, b=4), "THEN", "SAY: Done."]))
    assert results(emulator) == [("2", False), ("4", False), ("6", False), ("8", False)]
    assert response.content.endswith("Done.")
    assert response.metadata.steps_taken == 2
    assert response.metadata.tools_called == ["add", "later", "add", "later"]


def test_the_request_lists_the_tools_as_described(emulator, start):
    start(add, later).run_sync("hello")
    (request,) = emulator.requests()
    assert [(tool["name"], tool["description"], tool["input_schema"]) for tool in request["json"]["tools"]] == [
        (tool.name, tool.description, tool.parameters) for tool in (add, later)]


class Unit(enum.Enum):
    METRE = "m"


@dataclasses.dataclass
class Place:
    name: str
    at: tuple[int, int] = (0, 0)


@every_way
def test_arguments_arrive_as_the_hints_promise(emulator, start, ask):
    got = []

    def probe(place: Place, unit: Unit, tags: set[str], ratio: float = 1.0, *, context: cortex.ToolContext):
        got.append((place, unit, tags, ratio, context.session_id, context.user_id, bool(context.call_id), context.cancelled))
        return place

    ask(start(probe), call("probe", place={"name": "x", "at": [1, 2]}, unit="m", tags=["a", "b"], ratio=2))
    assert got == [(Place("x", (1, 2)), Unit.METRE, {"a", "b"}, 2.0, "sess_test", "ada", True, False)]
    assert results(emulator) == [('{"name": "x", "at": [1, 2]}', False)]


def test_every_schema_that_the_package_makes_is_one_that_the_engine_checks(engine):
    pydantic = pytest.importorskip("pydantic")
    import datetime
    import decimal
    import uuid
    from typing import Any, Literal, NamedTuple, Optional, TypedDict

    class Pair(NamedTuple):
        a: int
        b: str = "x"

    class Named(TypedDict, total=False):
        key: list[Pair]

    @dataclasses.dataclass
    class Tree:
        children: "list[Tree]"

    class Model(pydantic.BaseModel):
        part: "Optional[Model]" = None
        price: decimal.Decimal = decimal.Decimal(1)
        mail: str = pydantic.Field(pattern="^[^@]+@[^@]+$", json_schema_extra={"x-a": 1})
        when: datetime.datetime
        kind: Literal["a", "b"] = "a"
        link: pydantic.HttpUrl | None = None
        secret: pydantic.SecretStr | None = None
        raw: bytes = b""
        span: datetime.timedelta | None = None
        identity: uuid.UUID | None = None
        numbers: dict[int, set[float]] = {}
        pair: tuple[int, str] = (1, "a")

    def probe(a: Pair, b: Named, c: Tree, d: Model, e: dict[int, Any], f: tuple[int, Unit] | None,
              g: Annotated[str, {"pattern": "^a+$"}], h: datetime.date, i: decimal.Decimal, j: Annotated[int, pydantic.Field(gt=0)],
              k: tuple[()], m: dict[Literal["x"], int], **rest: int): ...

    assert engine.create_agent("a", tools=[probe]).tools[0].parameters["$defs"].keys() == {"Tree", "Model"}


@every_way
def test_plain_functions_run_at_once_on_threads(emulator, start, ask):
    meeting = threading.Barrier(8)

    def meet(number: int):
        meeting.wait(timeout=60)
        return threading.current_thread() is not threading.main_thread()

    ask(start(meet), "\n".join(call("meet", number=number) for number in range(8)))
    assert results(emulator) == [("true", False)] * 8


@every_way
def test_async_functions_run_at_once_in_one_event_loop(emulator, start, ask):
    arrived, loops = [], set()
    everybody = {}

    async def meet(number: int):
        loop = asyncio.get_running_loop()
        loops.add(loop)
        arrived.append(number)
        event = everybody.setdefault(loop, asyncio.Event())
        if len(arrived) == 8:
            event.set()
        await asyncio.wait_for(event.wait(), 60)
        return number

    ask(start(meet), "\n".join(call("meet", number=number) for number in range(8)))
    assert results(emulator) == [(str(number), False) for number in range(8)]
    assert len(loops) == 1


def test_the_loop_of_async_functions_is_the_runs(start):
    seen = []

    async def probe():
        seen.append(asyncio.get_running_loop())

    async def main():
        await start(probe).run(call("probe"))
        return asyncio.get_running_loop()

    assert seen == [] and [asyncio.run(main())] == seen


@every_way
def test_a_tool_sees_the_context_of_its_caller(emulator, start, ask):
    tenant = contextvars.ContextVar("tenant", default="nobody")

    def plain():
        return tenant.get()

    async def awaited():
        return tenant.get()

    session = start(plain, awaited)
    contextvars.copy_context().run(lambda: (tenant.set("ada"), ask(session, call("plain") + "\n" + call("awaited"))))
    assert results(emulator) == [("ada", False), ("ada", False)]


@every_way
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_failing_tool_is_an_error_result_without_traceback(emulator, start, ask, kind, caplog):
    def fail():
        raise LookupError("no such book: é")

    async def fail_later():
        fail()

    tool = cortex.ToolWrapper(fail if kind == "plain" else fail_later, "fail")
    with caplog.at_level(logging.WARNING, "cortex"):
        response = ask(start(tool), call("fail") + "\nTHEN\nSAY: I see.")
    assert results(emulator) == [("LookupError: no such book: é", True)]
    assert response.content.endswith("I see.")
    (record,) = caplog.records
    assert record.exc_info[0] is LookupError and "fail" in record.getMessage()


@every_way
def test_whatever_a_tool_raises_or_returns_the_turn_goes_on(emulator, start, ask):
    def leave():
        raise SystemExit(3)

    async def leave_later():
        raise SystemExit(4)

    async def cancel_itself():
        raise asyncio.CancelledError

    def give_bytes():
        return b"\xff"

    def surrogate():
        return "a\ud800b"

    def hidden():
        async def inside():
            return "awaited after all"

        return inside()

    names = ["leave", "leave_later", "cancel_itself", "give_bytes", "surrogate", "hidden"]
    ask(start(leave, leave_later, cancel_itself, give_bytes, surrogate, hidden), "\n".join(map(call, names)))
    texts = results(emulator)
    assert [is_error for _, is_error in texts] == [True, True, True, True, False, False]
    assert texts[0][0] == "SystemExit: 3" and texts[1][0] == "SystemExit: 4" and "CancelledError" in texts[2][0]
    assert "bytes" in texts[3][0]
    assert texts[4][0][0] == "a" and texts[4][0][-1] == "b" and "\ufffd" in texts[4][0]
    assert texts[5][0] == "awaited after all"


@every_way
def test_arguments_that_do_not_fit_never_reach_the_function(emulator, start, ask):
    called = []

    def probe(limit: Annotated[int, {"maximum": 5}]):
        called.append(limit)

    emulator.script({"tool_calls": [{"name": "probe", "input": {"limit": 60}}, {"name": "probe", "input": {"limit": "x"}},
                                    {"name": "probe", "input": {}}, {"name": "nobody", "input": {}}]},
                    {"text": "I see."})
    ask(start(probe), "go")
    texts = results(emulator)
    assert called == []
    assert [is_error for _, is_error in texts] == [True] * 4
    assert "limit" in texts[0][0] and "5" in texts[0][0] and "nobody" in texts[3][0]


def test_an_argument_that_only_the_hint_refuses_is_an_error_too(emulator, start):
    import datetime

    def probe(day: datetime.date): ...

    start(probe).run_sync(call("probe", day="yesterday"))
    assert results(emulator) == [("Invalid arguments: day: expected a date such as 2026-01-31, got 'yesterday'", True)]


def test_an_image_reaches_the_model_behind_the_text(emulator, start):
    image = cortex.Attachment(media_type="image/png", data=b"\x89PNG\r\n\x1a\n0000")
    start(cortex.ToolWrapper(lambda: ["A chart.", image], "chart")).run_sync(call("chart"))
    (block,) = [block for message in emulator.requests()[-1]["json"]["messages"] if isinstance(message["content"], list)
                for block in message["content"] if block["type"] == "tool_result"]
    assert [part["type"] for part in block["content"]] == ["text", "image"]


def test_a_long_result_is_cut_and_says_so(emulator, start):
    start(cortex.tool("long", max_result_bytes=1000)(lambda: "x" * 5000)).run_sync(call("long"))
    ((text, is_error),) = results(emulator)
    assert text.startswith("xxxx") and len(text) < 2000 and not is_error
    assert "4000" in text.replace(",", "") or "5000" in text.replace(",", "")


def test_a_stream_tells_about_tools_as_they_run(start):
    async def main():
        return [chunk async for chunk in start(add, later).run_stream(call("add", a=1, b=2) + "\n" + call("later", a="x", b=2))]

    chunks = asyncio.run(main())
    kinds = [chunk.chunk_type for chunk in chunks if chunk.tool_call_delta is not None]
    assert kinds == ["tool_execution", "tool_result", "tool_result"]
    (running,) = [chunk for chunk in chunks if chunk.chunk_type == "tool_execution"]
    assert running.tool_call_delta == {"tools": ["add", "later"]}
    done = {chunk.tool_call_delta["tool_name"]: chunk.tool_call_delta for chunk in chunks if chunk.chunk_type == "tool_result"}
    assert done["add"]["success"] is True and done["later"]["success"] is False and done["add"]["tool_call_id"]
    assert all(chunk.content == "" for chunk in chunks if chunk.chunk_type != "content")
    assert running.to_dict()["tool_call_delta"] == {"tools": ["add", "later"]}
    assert [chunk.is_final for chunk in chunks].count(True) == 1
    assert json.loads(json.dumps([chunk.to_dict() for chunk in chunks]))


def test_thinking_is_shown_on_request(start):
    async def main(**options):
        stream = start(add).run_stream(call("add", a=1, b=2), thinking=2048, **options)
        return [chunk async for chunk in stream], stream.response

    chunks, response = asyncio.run(main(show_thinking=True))
    thoughts = [chunk.thinking_delta for chunk in chunks if chunk.chunk_type == "thinking"]
    assert thoughts and all(thoughts)
    assert "".join(chunk.content for chunk in chunks if chunk.chunk_type == "content").endswith(response.content)
    chunks, _ = asyncio.run(main())
    assert all(chunk.thinking_delta is None and chunk.chunk_type != "thinking" for chunk in chunks)


def test_temperature_reaches_the_request(emulator, engine):
    session = engine.create_agent("a").start_session()
    session.run_sync("hello", temperature=0.25)
    assert emulator.requests()[0]["json"]["temperature"] == 0.25
    with pytest.raises(cortex.ConfigError, match="temperature"):
        session.run_sync("hello", temperature=7)
    with pytest.raises(cortex.ConfigError, match="show_thinking"):
        session.run_sync("hello", show_thinking="yes")


def test_rounds_are_capped_and_then_an_answer_is_asked_for(emulator, start):
    response = start(add, max_tool_rounds=2).run_sync(call("add", a=1, b=1) + "\nREPEAT")
    assert response.metadata.steps_taken == 2
    last = emulator.requests()[-1]["json"]
    assert last["tool_choice"] == {"type": "none"} and last["tools"]


def test_the_session_counts_its_decisions(start):
    session = start(add)
    empty = {"system1_count": 0, "system2_count": 0, "system2_ratio": 0.0, "total_decisions": 0}
    assert session.get_dual_process_stats() == empty
    session.run_sync(call("add", a=1, b=1))
    session.run_sync("hello")
    stats = session.get_dual_process_stats()
    assert stats["total_decisions"] == 2 == stats["system1_count"] + stats["system2_count"]


def test_an_agent_takes_tools_of_any_form(engine):
    class Shop:
        def hours(self, day: str): ...

    def plain(x: int): ...

    registry = cortex.ToolRegistry("more")
    registry.register(cortex.ToolWrapper(plain, "more"))
    agent = engine.create_agent("a", tools=[add, plain, Shop().hours, registry, cortex.ToolWrapper(plain, "wrapped")])
    assert [tool.name for tool in agent.tools] == ["add", "plain", "hours", "more", "wrapped"]
    assert engine.create_agent("a", tools=registry).tools == registry.get_all()
    assert engine.create_agent("a").tools == engine.create_agent("a", tools=[]).tools == []


@pytest.mark.parametrize(("tools", "words"), [
    ([add, add], "add"), (add, "must be a list"), ("add", "holds str"), ([1], "holds int"), (5, "of type int"),
    ([cortex.ToolWrapper(lambda **_: 1, "odd", parameters={"type": "object", "propertees": {}})], "propertees"),
    ([cortex.ToolWrapper(lambda: 1, "odd", timeout=0)], "timeout"), ([cortex.ToolWrapper(lambda: 1, "odd", timeout="x")], "odd.timeout"),
    ([cortex.ToolWrapper(lambda: 1, "odd", max_parallel=-1)], "max_parallel"),
])
def test_tools_that_cannot_be_used_are_told_when_the_agent_is_made(emulator, engine, tools, words):
    with pytest.raises(cortex.ConfigError, match=words):
        engine.create_agent("a", tools=tools)
    assert emulator.requests() == []


def test_a_method_without_its_object_is_told(engine):
    class Shop:
        @cortex.tool
        def hours(self): ...

    with pytest.raises(cortex.ConfigError, match="object.hours"):
        engine.create_agent("a", tools=[Shop.hours])


@pytest.mark.parametrize("field", ["goal_tracking", "loop_prevention", "allow_thinking", "max_tool_rounds", "max_parallel_tools"])
def test_an_agents_other_keywords_are_checked(engine, field):
    with pytest.raises(cortex.ConfigError, match=field):
        engine.create_agent("a", **{field: "x"})


# --- many


@pytest.mark.parametrize("ask", [WAYS["run"], WAYS["run_sync"]], ids=["run", "run_sync"])
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_thousand_calls_keep_to_the_cap_and_their_order(emulator, start, ask, kind):
    lock, now, most = threading.Lock(), 0, 0

    def enter():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)

    def leave():
        nonlocal now
        with lock:
            now -= 1

    def plain(number: int):
        enter()
        leave()
        return number

    async def awaited(number: int):
        enter()
        await asyncio.sleep(0)
        leave()
        return number

    tool = cortex.ToolWrapper(plain if kind == "plain" else awaited, "count")
    emulator.script({"tool_calls": [{"name": "count", "input": {"number": number}} for number in range(1000)]})
    response = ask(start(tool, max_parallel_tools=50), "go")
    assert results(emulator) == [(str(number), False) for number in range(1000)]
    assert len(response.metadata.tools_called) == 1000
    assert 1 <= most <= 50


@pytest.mark.parametrize("ask", [WAYS["run"], WAYS["run_sync"]], ids=["run", "run_sync"])
def test_a_tools_own_cap_holds(emulator, start, ask):
    now, most = [], []

    async def one_at_a_time(number: int):
        now.append(number)
        most.append(len(now))
        await asyncio.sleep(0)
        now.remove(number)
        return number

    ask(start(cortex.ToolWrapper(one_at_a_time, "count", max_parallel=1)), "\n".join(call("count", number=number) for number in range(20)))
    assert results(emulator) == [(str(number), False) for number in range(20)]
    assert set(most) == {1}


def test_a_hundred_sessions_with_tools_run_at_once(engine):
    agent = engine.create_agent("a", tools=[add, later])

    async def main():
        sessions = [agent.start_session() for _ in range(100)]
        return await asyncio.gather(*[session.run(call("add", a=number, b=1) + "\n" + call("later", a=number, b=2))
                                      for number, session in enumerate(sessions)])

    for number, response in enumerate(asyncio.run(main())):
        assert f"{number + 1}" in response.content and f"{number + 2}" in response.content


@every_way
def test_a_result_of_a_hundred_megabytes_is_cut(emulator, start, ask):
    size = 100_000_000
    tool = cortex.ToolWrapper(lambda: "x" * size, "huge", timeout=None)
    assert ask(start(tool), call("huge") + "\nTHEN\nSAY: Long.").content.endswith("Long.")
    ((text, is_error),) = results(emulator)
    assert len(text) < 200_000 and not is_error


def test_long_arguments_arrive_and_too_long_ones_are_told_to_the_model(emulator, start):
    got = []
    emulator.script({"tool_calls": [{"name": "probe", "input": {"text": "y" * size}} for size in (500_000, 2_000_000)]})

    def probe(text: str):
        got.append(len(text))

    start(probe).run_sync("go")
    assert got == [500_000]
    (_, first), (text, second) = results(emulator)
    assert (first, second) == (False, True) and "bytes" in text


def test_keys_from_a_function_and_tools_work_in_one_turn(emulator):
    asked = []

    async def key():
        asked.append(1)
        return "sk-ant-from-function"

    engine = cortex.Engine(providers={"anthropic": {"api_key": key}}, orchestrator_model="claude-opus-4-6")
    session = engine.create_agent("a", tools=[add, later]).start_session()
    text = call("add", a=1, b=2) + "\n" + call("later", a=3, b=4)
    asyncio.run(session.run(text))
    assert results(emulator) == [("3", False), ("7", False)]
    assert {request["headers"]["x-api-key"] for request in emulator.requests()} == {"sk-ant-from-function"} and len(asked) == 2
    session.run_sync(text)
    assert len(asked) == 4
