#!/usr/bin/env python3
"""anthropic_sdk_driver.py URL MODES N: the same turns by the vendor's own Python SDK, bare and asynchronous.

It makes the same requests and has no sessions; what a session would do (history, metadata) is left out in its favour.
"""

import asyncio

import anthropic
import driver


async def main():
    url, modes, turns = driver.arguments(("json", "stream", "json100", "stream100"))
    client = anthropic.AsyncAnthropic(api_key="k", base_url=url)
    request = {
        "model": driver.MODEL,
        "max_tokens": 8192,
        "system": driver.SYSTEM_PROMPT,
        "messages": [{"role": "user", "content": driver.USER_MESSAGE}],
    }

    async def whole():
        message = await client.messages.create(**request)
        if message.stop_reason != "end_turn" or not message.content[0].text:
            driver.fail("an answer was wrong or empty")

    async def streamed():
        deltas = 0
        async with client.messages.stream(**request) as stream:
            async for text in stream.text_stream:
                if text:
                    deltas += 1
        if deltas != driver.DELTAS:
            driver.fail(f"a streamed answer came in {deltas} pieces")

    for mode in modes:
        await driver.measure(mode, streamed if mode.startswith("stream") else whole, turns, anthropic.__version__)


if __name__ == "__main__":
    asyncio.run(main())
