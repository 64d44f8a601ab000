"""Several providers: who answers when one fails, and what all of it may use."""

import asyncio

import cortex

engine = cortex.Engine(
    providers={"anthropic": {}, "openai": {}, "gemini": {}},  # keys come from the environment
    orchestrator_model="claude-opus-4-6",
    max_retries=0,  # to see the change at once; else it is asked twice more
    fallback_models=["gpt-5.4", "gemini-3.8-flash"],  # in this order
    budgets={"session_usd": 0.50, "session_tokens": 20_000},
)


async def ask(session, question):
    try:
        response = await session.run(question)
    except cortex.BudgetExceededError:
        print("refused before it was sent: the session may not use so much")
        return
    metadata = response.metadata
    failed = [f", after {attempt.provider}: {attempt.outcome}" for attempt in metadata.attempts if attempt.outcome != "ok"]
    print(f"{response.content}\n  answered by {metadata.model_used} of {metadata.provider}{''.join(failed)}")


async def main():
    session = engine.create_agent(name="reliable").start_session(user_id="ann")
    await ask(session, "This one finds Anthropic overloaded.")
    await ask(session, "This one finds a rate limit there, and OpenAI broken.")
    await ask(session, "This one is far too long: " + "." * 200_000)
    for line in engine.costs()["by_provider"]:
        print(f"{line['provider']}: {line['calls']} call{'s' if line['calls'] != 1 else ''}, {'answered' if line['output_tokens'] else 'never answered'}")


asyncio.run(main())
