#!/usr/bin/env python3
"""turn_driver.py URL MODES N: what one turn of the Python package `cortex` costs. The contract is in README.md."""

import asyncio
import sys
import time

import cortex
import driver


def _construct(engine, count):
    agent_count = max(20, count // 50)
    start = time.perf_counter()
    agents = [engine.create_agent(name="bench", system_prompt=driver.SYSTEM_PROMPT) for _ in range(agent_count)]
    agent_us = (time.perf_counter() - start) / agent_count * 1e6

    before = driver.rss_mb()
    start = time.perf_counter()
    sessions = [agents[0].start_session() for _ in range(count)]
    session_us = (time.perf_counter() - start) / count * 1e6
    after = driver.rss_mb()
    if not all(session.session_id for session in sessions):
        driver.fail("a session has no id")
    driver.report(
        {
            "mode": "construct",
            "agent_us": round(agent_us, 3),
            "session_us": round(session_us, 3),
            "sessions": count,
            "mb_per_10000_sessions": round((after - before) / count * 1e4, 2),
            "rss_mb": round(after, 1),
            "version": cortex.__version__,
        }
    )


runs = 0


@cortex.tool()
def add(a: int, b: int) -> int:
    """Adds two whole numbers."""
    global runs
    runs += 1
    return a + b


@cortex.tool(name="add")
async def add_async(a: int, b: int) -> int:
    """Adds two whole numbers."""
    global runs
    runs += 1
    return a + b


async def main():
    url, modes, turns = driver.arguments(("json", "stream", "json100", "stream100", "tool", "tool_async", "construct", *driver.VENDOR_MODES))
    provider, model, path = driver.VENDORS.get(modes[0].partition(".")[0], ("anthropic", driver.MODEL, ""))
    engine = cortex.Engine(
        providers={provider: {"api_key": "k", "base_url": url + path}},
        orchestrator_model=model,
        worker_model=model,
    )
    agent = engine.create_agent(name="bench", system_prompt=driver.SYSTEM_PROMPT)

    adder = engine.create_agent(name="adder", system_prompt=driver.SYSTEM_PROMPT, tools=[add])
    async_adder = engine.create_agent(name="adder", system_prompt=driver.SYSTEM_PROMPT, tools=[add_async])

    async def whole():
        response = await agent.start_session().run(driver.USER_MESSAGE)
        if not response.content or response.metadata.finish_reason != "stop":
            driver.fail("an answer was wrong or empty")

    async def streamed():
        deltas = 0
        async for chunk in agent.start_session().run_stream(driver.USER_MESSAGE):
            if chunk.content and chunk.chunk_type == "content":
                deltas += 1
        if deltas != driver.DELTAS:
            driver.fail(f"a streamed answer came in {deltas} pieces")

    def with_tool(calling):
        async def turn():
            before = runs
            response = await calling.start_session().run(driver.ADD_MESSAGE)
            if not response.content or response.metadata.finish_reason != "stop" or runs != before + 1:
                driver.fail("an answer was wrong or empty")

        return turn

    kinds = {"tool": with_tool(adder), "tool_async": with_tool(async_adder)}
    for mode in modes:
        if mode == "construct":
            _construct(engine, turns)
        else:
            turn = kinds.get(mode) or (streamed if "stream" in mode else whole)
            await driver.measure(mode, turn, turns, cortex.__version__)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except cortex.Error as error:
        sys.exit(str(error))
