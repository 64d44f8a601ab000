#!/usr/bin/env python3
"""google_sdk_driver.py URL MODES N: the same turns by Google's own Python SDK, bare and asynchronous: `gemini.*`."""

import asyncio

import driver
from google import genai
from google.genai import types


async def main():
    url, modes, turns = driver.arguments(tuple(mode for mode in driver.VENDOR_MODES if mode.startswith("gemini")))
    client = genai.Client(api_key="k", vertexai=False, http_options=types.HttpOptions(base_url=url, api_version="v1beta"))
    request = {"model": "gemini-2.5-pro", "contents": driver.USER_MESSAGE,
               "config": types.GenerateContentConfig(system_instruction=driver.SYSTEM_PROMPT, max_output_tokens=8192)}

    async def whole():
        answer = await client.aio.models.generate_content(**request)
        if answer.candidates[0].finish_reason != "STOP" or not answer.text:
            driver.fail("an answer was wrong or empty")

    async def streamed():
        deltas = 0
        async for piece in await client.aio.models.generate_content_stream(**request):
            if piece.text:
                deltas += 1
        if deltas != driver.DELTAS:
            driver.fail(f"a streamed answer came in {deltas} pieces")

    for mode in modes:
        await driver.measure(mode, streamed if mode.endswith("stream") else whole, turns, genai.__version__)


if __name__ == "__main__":
    asyncio.run(main())
