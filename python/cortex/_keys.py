"""Keys that come from the user's own function, plain or async."""

from ._errors import ConfigError


async def ask(keys, provider):
    """(key, None), or (None, what went wrong): then the engine ends the turn with a ProviderAuthError."""
    try:
        answer = keys[provider]()
        if hasattr(answer, "__await__"):
            answer = await answer
        return _checked(answer, provider), None
    except Exception as failure:
        return None, failure


def ask_sync(keys, provider):
    """The same for the blocking calls: an async function gets an event loop of its own for the moment."""
    try:
        answer = keys[provider]()
        if hasattr(answer, "__await__"):
            answer = run_alone(answer, "api_key function")
        return _checked(answer, provider), None
    except Exception as failure:
        return None, failure


def _checked(answer, provider):
    if answer is not None and not isinstance(answer, str):
        raise TypeError(f"the api_key function of provider {provider!r} returned {type(answer).__name__}, not str")
    return answer


def run_alone(awaitable, what):
    """Waits for an awaitable in a blocking call, on an event loop of its own."""
    import asyncio

    async def wait():
        return await awaitable

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(wait())
    if hasattr(awaitable, "close"):
        awaitable.close()
    raise ConfigError(f"An async {what} cannot be asked by a blocking call inside a running event loop: await it there.")
