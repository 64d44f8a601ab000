"""Each vendor times each fault times each phase of an answer: what a turn raises, repeats, moves elsewhere and books. docs/faults.md is its table."""

import asyncio
import pathlib
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

import pytest

import cortex

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from fault_server import FIRST, INPUT, OUTPUT, TEXT, WIRES, FaultServer, Plan  # noqa: E402
from vendors import WAYS, Way  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::cortex.Notice")

VENDORS = {"anthropic": WAYS["anthropic"], "openai-responses": WAYS["openai-responses"], "openai-chat": WAYS["openai-chat"],
           "azure": WAYS["azure-deployment"], "gemini": WAYS["gemini"], "server": WAYS["server"],
           "vertex": Way("anthropic", {"vertex_ai": True, "project": "p", "api_key": "ya29.good-0001", "base_url": "{base}/v1"}, "claude-opus-4-6", "claude-haiku-4-5", ":streamRawPredict"),
           "bedrock": Way("anthropic", {"bedrock": True, "aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "aws_region": "us-east-1", "base_url": "{base}"},
                          "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "/invoke")}
WIRES["vertex"] = WIRES["anthropic"]   # the same stream, at another address
WIRES["bedrock"] = replace(WIRES["anthropic"], framed=True)

BROKEN = ("ended", "closed", "reset", "hang", "garbage")
PHASES = {
    "connect": ("refused", "closed", "reset", "hang"),
    "head": ("closed", "reset", "hang", "garbage", "503", "429"),
    "begun": (*BROKEN, "error_event", "error_body"),
    "text": (*BROKEN, "error_event"),
    "tool": (*BROKEN, "error_event"),
    "end": (*BROKEN, "error_event"),
}
# What does not stand there makes no sense: nobody is refused or limited in mid-answer, a body has no end before its head, and an answer
# that is not streamed has no events.
ERRORS = {"refused": cortex.NetworkError, "closed": cortex.NetworkError, "reset": cortex.NetworkError, "ended": cortex.NetworkError,
          "hang": cortex.TimeoutError, "garbage": cortex.ProtocolError, "503": cortex.ServiceUnavailableError, "429": cortex.RateLimitError,
          "error_event": cortex.ServiceUnavailableError, "error_body": cortex.ServiceUnavailableError}
SHORT, LONG = 2, 60   # seconds: of the one deadline that a silent server meets, and of the others


@dataclass(frozen=True)
class Cell:
    way: str
    phase: str
    fault: str

    @property
    def streamed(self):
        return self.way == "run_stream"

    @property
    def shown(self):
        """The text that a user has seen when it breaks."""
        return {"text": FIRST, "end": TEXT}.get(self.phase, "") if self.streamed else ""

    @property
    def passing(self):
        """Asking again, there or elsewhere, may help; and no text was shown that would be said twice."""
        return self.fault != "garbage" and not self.shown

    @property
    def deadline(self):
        """Which of the engine's deadlines ends a silence."""
        return "connect_timeout" if self.phase == "connect" else "idle_timeout" if self.streamed else "call_timeout"


CELLS = [Cell(way, phase, fault) for way in ("run_stream", "run") for phase, faults in PHASES.items() for fault in faults
         if way == "run_stream" or fault != "error_event"]
cells = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.way}-{cell.phase}-{cell.fault}")
vendors = pytest.mark.parametrize("vendor", list(VENDORS))


@dataclass
class Outcome:
    """How a turn went."""

    text: str = ""
    error: Exception | None = None
    response: object = None
    asked: int = 0       # connections that the first provider saw
    backup: int = 0      # and the second
    tool_runs: list = field(default_factory=list)
    costs: dict = field(default_factory=dict)


async def ask(vendor, cell, *plans, backup=False, max_retries=0):
    way, outcome = VENDORS[vendor], Outcome()

    @cortex.tool
    def add(a: int, b: int) -> int:
        outcome.tool_runs.append((a, b))
        return a + b

    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(FaultServer(WIRES[vendor], *plans))
        providers = way.providers(first.url)
        if backup:
            second = await stack.enter_async_context(FaultServer(WIRES["backup"]))
            providers["backup"] = {"base_url": f"{second.url}/v1", "default_model": "second-model"}
        deadlines = {name: LONG for name in ("connect_timeout", "idle_timeout", "call_timeout")}
        if cell.fault == "hang":
            deadlines[cell.deadline] = SHORT
        engine = cortex.Engine(providers=providers, orchestrator_model=way.orchestrator, max_retries=max_retries, **deadlines)
        session = engine.create_agent("a", tools=[add]).start_session()
        try:
            if cell.streamed:
                stream = session.run_stream("Hello")
                async for chunk in stream:
                    outcome.text += chunk.content
                outcome.response = stream.response
            else:
                outcome.response = await session.run("Hello")
                outcome.text = outcome.response.content
        except cortex.Error as error:
            outcome.error = error
        outcome.asked, outcome.backup = first.connections, second.connections if backup else 0
        outcome.costs = engine.costs()
    return outcome


@pytest.fixture(scope="module")
def outcomes():
    """How the turns of all cells went, by cell and vendor. They run side by side, for silence takes its time, when the first test needs one."""
    known = {}

    def run(name, start, of=CELLS):
        if name not in known:
            known[name] = asyncio.run(all_at_once(start, of))
        return known[name]

    return run


async def all_at_once(start, of):
    seats = asyncio.Semaphore(48)

    async def one(cell, vendor):
        async with seats:
            return (cell, vendor), await start(cell, vendor)

    return dict(await asyncio.gather(*(one(cell, vendor) for cell in of for vendor in VENDORS)))


def alone(cell, vendor):
    return ask(vendor, cell, plan_of(cell))


def again(cell, vendor):
    return ask(vendor, cell, plan_of(cell), max_retries=1)


def other(cell, vendor):
    return ask(vendor, cell, plan_of(cell), backup=True)


def tool_again(cell, vendor):
    return ask(vendor, cell, CALL, plan_of(cell), max_retries=1)


def tool_other(cell, vendor):
    return ask(vendor, cell, CALL, plan_of(cell), backup=True)


def plan_of(cell):
    return Plan(cell.fault, cell.phase, tool=cell.phase == "tool")


def raised(outcome, cell, vendor):
    assert type(outcome.error) is ERRORS[cell.fault], outcome.error
    assert outcome.error.provider == VENDORS[vendor].name and outcome.error.model == VENDORS[vendor].orchestrator
    assert outcome.error.retryable is (cell.fault != "garbage")
    assert outcome.text == outcome.error.partial_content == cell.shown
    assert outcome.response is None


def requests(cell, repeats=0):
    """Connections that the server sees; one that it does not take it cannot count."""
    return 0 if cell.phase == "connect" and cell.fault in ("refused", "hang") else 1 + repeats


# --- One provider -----------------------------------------------------------------------------------------------------------------


def it_ends_with_its_exception_and_the_text_that_was_shown(outcomes, cell, vendor):
    outcome = outcomes("alone", alone)[cell, vendor]
    raised(outcome, cell, vendor)
    assert outcome.asked == requests(cell)
    assert outcome.tool_runs == []
    if cell.fault == "hang":
        assert {"connect_timeout": "connect deadline", "idle_timeout": "idle-gap deadline", "call_timeout": "total deadline"}[cell.deadline] in str(outcome.error)
    if cell.fault in ("503", "429"):
        assert outcome.error.http_status == int(cell.fault)


def it_is_repeated_only_before_the_first_text(outcomes, cell, vendor):
    outcome = outcomes("again", again)[cell, vendor]
    assert outcome.tool_runs == []
    if cell.passing and requests(cell):
        assert outcome.error is None and outcome.text == TEXT
        assert [attempt.outcome for attempt in outcome.response.metadata.attempts] == [ERRORS[cell.fault].code, "ok"]
    else:
        raised(outcome, cell, vendor)
    assert outcome.asked == requests(cell, repeats=int(cell.passing))


def begun(cell, vendor):
    """Of an answer that is not streamed a part had come; of a stream an event, whole. Where a call is one event, one that breaks within it has sent
    nothing yet."""
    if cell.streamed and cell.phase == "tool" and WIRES[vendor].whole_calls and cell.fault not in ("garbage", "error_event"):
        return False
    return cell.phase in ("text", "tool", "end")


def what_it_used_is_booked(outcomes, cell, vendor):
    outcome = outcomes("alone", alone)[cell, vendor]
    total = outcome.costs["total"]
    assert total["calls"] == 1
    assert total["input_tokens"] == (WIRES[vendor].told if cell.streamed and begun(cell, vendor) else 0)
    if cell.shown:
        assert 0 < total["output_tokens"] < OUTPUT
    else:
        assert total["output_tokens"] <= 1   # Claude's first event counts one
    # An answer that had begun is charged, and nobody knows how much.
    assert total["unknown_cost_calls"] == int(begun(cell, vendor))
    assert total["cost_usd"] == (None if begun(cell, vendor) else 0.0)


# --- A second one that is well ----------------------------------------------------------------------------------------------------


def a_second_provider_answers_only_before_the_first_text(outcomes, cell, vendor):
    outcome = outcomes("other", other)[cell, vendor]
    assert outcome.asked == requests(cell) and outcome.tool_runs == []
    if not cell.passing:
        raised(outcome, cell, vendor)
        assert outcome.backup == 0 and outcome.costs["total"]["calls"] == 1
        return
    assert outcome.error is None and outcome.text == TEXT and outcome.backup == 1
    metadata = outcome.response.metadata
    assert (metadata.provider, metadata.model_used, metadata.finish_reason) == ("backup", "second-model", "stop")
    assert [(attempt.provider, attempt.outcome) for attempt in metadata.attempts] == [(VENDORS[vendor].name, ERRORS[cell.fault].code), ("backup", "ok")]
    assert any(VENDORS[vendor].orchestrator in sentence and "second-model" in sentence for sentence in metadata.degraded)
    booked = {line["provider"]: line for line in outcome.costs["by_provider"]}
    assert booked[VENDORS[vendor].name]["calls"] == booked["backup"]["calls"] == 1
    assert (booked["backup"]["input_tokens"], booked["backup"]["output_tokens"]) == (INPUT, OUTPUT)


@cells
@vendors
def test_a_fault_at_a_moment_of_an_answer(outcomes, cell, vendor):
    it_ends_with_its_exception_and_the_text_that_was_shown(outcomes, cell, vendor)
    what_it_used_is_booked(outcomes, cell, vendor)
    it_is_repeated_only_before_the_first_text(outcomes, cell, vendor)
    a_second_provider_answers_only_before_the_first_text(outcomes, cell, vendor)


# --- After a tool ran -------------------------------------------------------------------------------------------------------------

CALL = Plan(tool=True)
SECOND_ROUND = [cell for cell in CELLS if cell.phase in ("head", "text") and cell.fault in ("503", "429", "reset", "ended", "error_event")]
second_round = pytest.mark.parametrize("cell", SECOND_ROUND, ids=lambda cell: f"{cell.way}-{cell.phase}-{cell.fault}")


@second_round
@vendors
def test_a_tool_that_ran_is_not_run_again(outcomes, cell, vendor):
    repeated = outcomes("tool_again", tool_again, SECOND_ROUND)[cell, vendor]
    moved = outcomes("tool_other", tool_other, SECOND_ROUND)[cell, vendor]
    assert repeated.tool_runs == moved.tool_runs == [(2, 3)]
    if cell.passing:
        assert repeated.text == moved.text == TEXT
        assert (repeated.asked, moved.asked, moved.backup) == (3, 2, 1)
        assert repeated.response.metadata.tools_called == moved.response.metadata.tools_called == ["add"]
    else:
        raised(repeated, cell, vendor)
        raised(moved, cell, vendor)
        assert (repeated.asked, moved.asked, moved.backup) == (2, 2, 0)


CHATS = ("openai-chat", "azure", "server")


@pytest.mark.parametrize("vendor", ("anthropic", *CHATS))
@pytest.mark.parametrize("fault", ("ended", "closed"))
def test_the_first_of_two_end_marks_is_enough_for_chat_where_the_body_ends_properly(vendor, fault):
    cell = Cell("run_stream", "mark", fault)
    outcome = asyncio.run(ask(vendor, cell, Plan(fault, "mark"), backup=True))
    assert outcome.text == TEXT and (outcome.asked, outcome.backup) == (1, 0)
    if vendor in CHATS and fault == "ended":
        assert outcome.error is None and outcome.response.metadata.finish_reason == "stop"
        assert outcome.costs["total"]["unknown_cost_calls"] == 1   # the counts would have come after it
    else:
        assert type(outcome.error) is cortex.NetworkError and outcome.error.partial_content == TEXT


@vendors
def test_an_answer_that_does_not_break_is_whole(vendor):
    """Else all of the above could come from a server that nobody understands."""
    for way in ("run_stream", "run"):
        outcome = asyncio.run(ask(vendor, Cell(way, "", ""), CALL))
        assert outcome.error is None and outcome.text == TEXT and outcome.tool_runs == [(2, 3)] and outcome.asked == 2
        total = outcome.costs["total"]
        assert (total["calls"], total["input_tokens"], total["output_tokens"]) == (2, 2 * INPUT, 2 * OUTPUT)
