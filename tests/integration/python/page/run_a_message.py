import asyncio
import cortex


async def main():
    engine = cortex.Engine(
        providers={"anthropic": {"api_key": "sk-ant-..."}},
        orchestrator_model="claude-sonnet-4-5",
        worker_model="claude-haiku-4-5",
    )

    agent = engine.create_agent(
        name="analyst",
        system_prompt="You are a thorough business analyst.",
    )

    session = agent.start_session(user_id="user_123")
    response = await session.run("Analyze the pros and cons of microservices architecture.")

    print(response.content)
    print(f"Model: {response.metadata.model_used}")
    print(f"Tokens: {response.metadata.tokens_used}")

    await session.close()


asyncio.run(main())
