#!/usr/bin/env python3
"""anthropic_sdk_driver.py URL MODES N: the same turns by the vendor's own Python SDK, bare and asynchronous.

It makes the same requests and has no sessions; what a session would do (history, metadata) is left out in its favour.
"""

import asyncio

import anthropic
import driver


ADD = {
    "name": "add",
    "description": "Adds two whole numbers.",
    "input_schema": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    },
}


def add(a, b):
    return a + b


async def main():
    url, modes, turns = driver.arguments(("json", "stream", "json100", "stream100", "tool"))
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

    async def with_tool():
        """The loop that the vendor's documentation shows: arguments are not checked, the tool runs on the loop's thread."""
        messages = [{"role": "user", "content": driver.ADD_MESSAGE}]
        tool_request = {**request, "tools": [ADD], "messages": messages}
        rounds = 0
        while (message := await client.messages.create(**tool_request)).stop_reason == "tool_use":
            results = [
                {"type": "tool_result", "tool_use_id": block.id, "content": str(add(**block.input))}
                for block in message.content
                if block.type == "tool_use"
            ]
            messages += [{"role": "assistant", "content": message.content}, {"role": "user", "content": results}]
            rounds += 1
        if rounds != 1 or results[0]["content"] != "42" or not message.content[0].text:
            driver.fail("an answer was wrong or empty")

    for mode in modes:
        turn = with_tool if mode == "tool" else streamed if mode.startswith("stream") else whole
        await driver.measure(mode, turn, turns, anthropic.__version__)


if __name__ == "__main__":
    asyncio.run(main())
