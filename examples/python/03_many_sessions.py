"""Many conversations at once under one event loop."""

import asyncio

import cortex


async def main():
    engine = cortex.Engine(providers={"anthropic": {"default_model": "claude-haiku-4-5"}})
    agent = engine.create_agent(name="clerk", system_prompt="You answer in one line.")

    async def one(number):
        async with agent.start_session(user_id=f"user_{number}") as session:
            return (await session.run("What is your name?")).content

    answers = await asyncio.gather(*(one(number) for number in range(50)))
    print(f"{sum(bool(answer) for answer in answers)} of {len(answers)} sessions were answered")


asyncio.run(main())
