"""The stubs, as a strict type checker reads them."""

import pathlib
import subprocess
import sys

import pytest

PROGRAM = '''
from typing import Any
import cortex

@cortex.tool
def add(a: int, b: int = 2) -> int:
    return a + b

async def ask(call: cortex.ToolCall) -> bool:
    return bool(call.arguments["x"])

@cortex.tool(name="later", approve=ask, timeout=5, max_parallel=2)
async def later(x: int, context: cortex.ToolContext) -> str:
    return context.session_id

class Point:
    x: int

class Shop:
    @cortex.tool()
    def hours(self, day: str) -> str:
        return day

def plain(q: str) -> str:
    return q

total: int = add(1, b=3)
add("x")  # type: ignore[arg-type]
text: str = add.execute(a=1)
definition: dict[str, Any] = add.to_definition()

async def main() -> None:
    engine = cortex.Engine({"anthropic": {"api_key": "x"}}, allow_thinking=False, tool_threads=3)
    registry = cortex.ToolRegistry("r")
    registry.register(plain)
    agent = engine.create_agent("a", tools=[add, later, plain, Shop().hours, registry], max_tool_rounds=3)
    engine.create_agent("a", tools=[1])  # type: ignore[list-item]
    session = agent.start_session()
    response = await session.run("x", temperature=0.1, show_thinking=True)
    need: float = response.metadata.routing.need
    async for chunk in session.run_stream("x"):
        if chunk.tool_call_delta is not None:
            print(chunk.tool_call_delta["tools"])
        thought: str | None = chunk.thinking_delta
    first: str = await later.execute(x=1)
    second: str = await later(1, cortex.ToolContext())
    print(session.get_dual_process_stats()["system1_count"])
    agent, session = cortex.quick_agent(tools=[add])
    cautious = cortex.Engine({"openai": {"organization": "o"}, "azure": {"azure_endpoint": "https://x", "azure_deployment": "d"}},
                             fallback_models=["gpt-5"], failover=True, failover_on_auth_error=False, continue_in_midstream=True, hedge_after=2.5, hedge_budget=0.2,
                             budgets={"session_usd": 1.5, "user_tokens": 1000})
    value: Point = await session.run_structured("x", Point, max_tokens=5)
    anything: Any = session.run_structured_sync("x", {"type": "object"}, timeout=1.5)
    session.run_structured_sync("x", {"type": "object"}, nonesuch=1)  # type: ignore[call-overload]
    cortex.Engine(on_budget=lambda question: question.needed)
    refused: type[Exception] = cortex.AuthenticationError
    spent: float | None = cautious.costs()["by_user"][0]["cost_usd"]
    cautious.costs()["nonesuch"]  # type: ignore[typeddict-item]
    if cautious.providers[0].health == "failing":
        print(spent)
'''


def test_a_program_with_tools_passes_a_strict_type_checker(tmp_path, monkeypatch):
    pytest.importorskip("mypy")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    package = pathlib.Path(__file__).resolve().parents[3] / "python"
    monkeypatch.setenv("MYPYPATH", str(package))
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)],
                          capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
