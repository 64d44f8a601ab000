"""What the Python drivers share: the command line, the clocks, and the line that they print for each mode."""

import json
import resource
import sys
import time

WARM_UP = 100
AT_ONCE = 100
DELTAS = 50
MODEL = "claude-sonnet-5"
# A mode of another vendor has its name before a dot; a run of a driver keeps to one of them.
VENDORS = {"responses": ("openai", "gpt-5.4", "/v1"), "chat": ("openai", "gpt-4o", "/v1"), "gemini": ("gemini", "gemini-2.5-pro", "")}
VENDOR_MODES = tuple(f"{vendor}.{form}" for vendor in VENDORS for form in ("json", "stream"))
USER_MESSAGE = "What does a good benchmark tell its reader?"
# What makes the upstream call the tool `add` once, and the tool `work` a thousand times.
ADD_MESSAGE = "CALL_ADD: What do 17 and 25 make?"
MANY_MESSAGE = "CALL_MANY: Do all of the work."
SYSTEM_PROMPT = (
    "You are a careful assistant for engineers. Answer in plain words and short sentences, and say first what the reader "
    "needs first. Where a number matters, give the number, its unit and where it comes from. Where you are not sure, say "
    "so and say what would settle it. Do not repeat the question, do not apologise, do not add a summary at the end, and "
    "keep any code that you show complete enough to be compiled as it stands."
)


def fail(message, code=1):
    """Ends the program: a failure must never be counted as speed."""
    print(message, file=sys.stderr)
    raise SystemExit(code)


def arguments(known):
    if len(sys.argv) != 4 or not sys.argv[3].isdigit() or int(sys.argv[3]) == 0:
        fail(f"usage: {sys.argv[0]} URL MODE[,MODE...] N", 2)
    url, modes, turns = sys.argv[1].rstrip("/"), sys.argv[2].split(","), int(sys.argv[3])
    if not url.startswith(("http://127.0.0.1:", "http://localhost:")):
        fail("the upstream must be on loopback: http://127.0.0.1:PORT", 2)
    for mode in modes:
        if mode not in known:
            fail(f"no such mode here: {mode}", 2)
    return url, modes, turns


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def rss_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def report(line):
    print(json.dumps(line, separators=(",", ":")), flush=True)


def _rank(ordered, part):
    return ordered[int(part * (len(ordered) - 1) + 0.5)]


async def measure(mode, turn, turns, version):
    """Runs `await turn()` as the mode says, and prints the mode's line."""
    import asyncio

    async def run(count, walls):
        left = iter(range(count))

        async def worker():
            for _ in left:
                start = time.perf_counter()
                await turn()
                walls.append((time.perf_counter() - start) * 1e3)

        if mode.endswith("100"):
            await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        else:
            await worker()

    await run(WARM_UP, [])
    walls = []
    cpu, start = cpu_ms(), time.perf_counter()
    await run(turns, walls)
    wall, cpu = time.perf_counter() - start, cpu_ms() - cpu
    walls.sort()
    report(
        {
            "mode": mode,
            "turns": turns,
            "cpu_ms_per_turn": round(cpu / turns, 4),
            "wall_ms_p50": round(_rank(walls, 0.50), 4),
            "wall_ms_p99": round(_rank(walls, 0.99), 4),
            "turns_per_s": round(turns / wall, 1),
            "rss_mb": round(rss_mb(), 1),
            "version": version,
        }
    )
