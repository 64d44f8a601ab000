#!/usr/bin/env python3
"""openai_sdk_driver.py URL MODES N: the same turns by OpenAI's own Python SDK, bare and asynchronous: `responses.*` and `chat.*`."""

import asyncio

import driver
import openai


async def main():
    url, modes, turns = driver.arguments(tuple(mode for mode in driver.VENDOR_MODES if not mode.startswith("gemini")))
    client = openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1")
    by_responses = {"model": "gpt-5.4", "max_output_tokens": 8192, "instructions": driver.SYSTEM_PROMPT, "input": driver.USER_MESSAGE, "store": False}
    by_chat = {"model": "gpt-4o", "max_completion_tokens": 8192,
               "messages": [{"role": "system", "content": driver.SYSTEM_PROMPT}, {"role": "user", "content": driver.USER_MESSAGE}]}

    async def responses_json():
        response = await client.responses.create(**by_responses)
        if response.status != "completed" or not response.output_text:
            driver.fail("an answer was wrong or empty")

    async def responses_stream():
        deltas = 0
        async for event in await client.responses.create(**by_responses, stream=True):
            if event.type == "response.output_text.delta" and event.delta:
                deltas += 1
        if deltas != driver.DELTAS:
            driver.fail(f"a streamed answer came in {deltas} pieces")

    async def chat_json():
        answer = await client.chat.completions.create(**by_chat)
        if answer.choices[0].finish_reason != "stop" or not answer.choices[0].message.content:
            driver.fail("an answer was wrong or empty")

    async def chat_stream():
        deltas = 0
        async for piece in await client.chat.completions.create(**by_chat, stream=True, stream_options={"include_usage": True}):
            if piece.choices and piece.choices[0].delta.content:
                deltas += 1
        if deltas != driver.DELTAS:
            driver.fail(f"a streamed answer came in {deltas} pieces")

    kinds = {"responses.json": responses_json, "responses.stream": responses_stream, "chat.json": chat_json, "chat.stream": chat_stream}
    for mode in modes:
        await driver.measure(mode, kinds[mode], turns, openai.__version__)


if __name__ == "__main__":
    asyncio.run(main())
