"""One agent, three ways to Claude: Anthropic's API, Amazon Bedrock, Google Vertex AI. Only the provider's settings differ.

usage: 05_three_ways.py [api|bedrock|vertex]..."""

import asyncio
import sys

import cortex

WAYS = {
    "api": {},  # ANTHROPIC_API_KEY
    "bedrock": {"bedrock": True, "aws_region": "us-east-1"},  # AWS's credential chain
    "vertex": {"vertex_ai": True, "project": "my-project-1234", "location": "global"},  # Google's ADC
}


async def ask(way):
    engine = cortex.Engine(
        providers={"anthropic": WAYS[way]},
        orchestrator_model="claude-opus-4-6",
        worker_model="claude-haiku-4-5",
    )
    provider = engine.providers[0]
    print(f"{way}, {provider.auth_mode} {provider.status}")

    async with engine.create_agent(name="analyst").start_session() as session:
        async for chunk in session.run_stream("Good morning!"):
            print(chunk.content, end="", flush=True)
    print()


async def main():
    for way in sys.argv[1:]:
        await ask(way)


asyncio.run(main())
