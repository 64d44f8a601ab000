"""Answers that come from the user's own functions, plain or async: keys, and leave to spend more."""

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


async def ask_budget(on_budget, question):
    """((usd, tokens), None), or what went wrong in place of None: then the limit stays."""
    try:
        answer = on_budget(question)
        if hasattr(answer, "__await__"):
            answer = await answer
        return _amount(answer), None
    except Exception as failure:
        return (None, None), failure


def ask_budget_sync(on_budget, question):
    """The same for the blocking calls."""
    try:
        answer = on_budget(question)
        if hasattr(answer, "__await__"):
            answer = run_alone(answer, "on_budget function")
        return _amount(answer), None
    except Exception as failure:
        return (None, None), failure


def _amount(answer):
    """(usd, tokens) of what `on_budget` returned."""
    if answer is None:
        return None, None
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return float(answer), None
    if isinstance(answer, dict) and set(answer) <= {"usd", "tokens"}:
        usd, tokens = answer.get("usd"), answer.get("tokens")
        if _is_number(usd, (int, float)) and _is_number(tokens, int):
            return None if usd is None else float(usd), tokens
    raise TypeError(f'on_budget returned {answer!r}; expected None, an amount of US dollars, or {{"usd": ..., "tokens": ...}}')


def _is_number(value, kinds):
    return value is None or (isinstance(value, kinds) and not isinstance(value, bool))


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
