#!/usr/bin/env python3
"""tool_calls.py URL [ROUNDS]: an answer that calls a Python tool a thousand times, of which at most 50 run at once: wall and CPU time of a
call, beside the bare functions under `asyncio.gather` with a semaphore (async) and in a `ThreadPoolExecutor` (plain).

One function does nothing; the other waits until 50 calls are in it, so that it ends only if so many really run at once.
"""

import asyncio
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cortex
import driver

CALLS = 1000
AT_ONCE = 50
TURNS = 2  # a round


async def nothing(number: int) -> str:
    """Does one piece of the work."""
    return "done"


def plain_nothing(number: int) -> str:
    """Does one piece of the work."""
    return "done"


class Neighbours:
    """Lets callers go in groups of 50."""

    def __init__(self):
        self._waiting = 0
        self._full = None

    async def work(self, number: int) -> str:
        """Does one piece of the work."""
        if self._waiting == 0:
            self._full = asyncio.Event()
        self._waiting += 1
        if self._waiting < AT_ONCE:
            await self._full.wait()
        else:
            self._waiting = 0
            self._full.set()
        return "done"


class PlainNeighbours:
    def __init__(self):
        self._barrier = threading.Barrier(AT_ONCE)

    def work(self, number: int) -> str:
        """Does one piece of the work."""
        self._barrier.wait()
        return "done"


async def gathered(function):
    semaphore = asyncio.Semaphore(AT_ONCE)

    async def one(number):
        async with semaphore:
            return await function(number)

    return await asyncio.gather(*(one(number) for number in range(CALLS)))


async def threaded(pool, function):
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.run_in_executor(pool, function, number) for number in range(CALLS)))


def engine_turn(engine, function):
    agent = engine.create_agent(
        name="bench",
        system_prompt=driver.SYSTEM_PROMPT,
        tools=[cortex.tool(name="work")(function)],
        max_parallel_tools=AT_ONCE,
    )

    async def turn():
        response = await agent.start_session().run(driver.MANY_MESSAGE)
        if len(response.metadata.tools_called) != CALLS or response.metadata.finish_reason != "stop":
            driver.fail("a turn went wrong")

    return turn


def bare(run):
    async def turn():
        if await run() != ["done"] * CALLS:
            driver.fail("a bare run went wrong")

    return turn


async def main():
    if len(sys.argv) not in (2, 3):
        driver.fail(f"usage: {sys.argv[0]} URL [ROUNDS]", 2)
    rounds = int(sys.argv[2]) if len(sys.argv) == 3 else 9
    engine = cortex.Engine(
        providers={"anthropic": {"api_key": "k", "base_url": sys.argv[1].rstrip("/")}},
        orchestrator_model=driver.MODEL,
        worker_model=driver.MODEL,
    )
    pool = ThreadPoolExecutor(AT_ONCE)
    contenders = {
        "Python, an async tool that does nothing": engine_turn(engine, nothing),
        "bare `asyncio.gather` and a semaphore, the same function": bare(lambda: gathered(nothing)),
        "Python, an async tool that waits for 50 neighbours": engine_turn(engine, Neighbours().work),
        "bare `asyncio.gather` and a semaphore, the same function ": bare(lambda work=Neighbours().work: gathered(work)),
        "Python, a plain tool that does nothing": engine_turn(engine, plain_nothing),
        "bare `ThreadPoolExecutor`, the same function": bare(lambda: threaded(pool, plain_nothing)),
        "Python, a plain tool that waits for 50 neighbours": engine_turn(engine, PlainNeighbours().work),
        "bare `ThreadPoolExecutor`, the same function ": bare(lambda work=PlainNeighbours().work: threaded(pool, work)),
    }
    costs = {name: [] for name in contenders}
    for round_number in range(rounds + 1):
        for name, turn in contenders.items():
            cpu, start = driver.cpu_ms(), time.perf_counter()
            for _ in range(TURNS):
                await turn()
            wall, cpu = (time.perf_counter() - start) * 1e3, driver.cpu_ms() - cpu
            if round_number > 0:  # the first is for warmth
                costs[name].append((wall * 1e3 / TURNS / CALLS, cpu * 1e3 / TURNS / CALLS))

    print("| 1,000 calls, 50 at once | wall us a call | CPU us a call |\n|---|---|---|")
    for name, cost in costs.items():
        cells = (f"{statistics.median(v):.0f} ({min(v):.0f}-{max(v):.0f})" for v in zip(*cost))
        print(f"| {name.strip()} | {' | '.join(cells)} |")


if __name__ == "__main__":
    asyncio.run(main())
