"""Failures: one family of exceptions, with what a caller may want to know on the base class. Blocking, for scripts."""

import cortex

engine = cortex.Engine(providers={"anthropic": {"default_model": "claude-sonnet-4-5"}}, max_retries=0)
session = engine.create_agent(name="careful").start_session()

for question in ("This one meets a refused key.", "This one meets an overloaded server.", "And this one is answered."):
    try:
        print(session.run_sync(question).content)
    except cortex.ProviderAuthError as error:
        print(f"check the key of {error.provider} (HTTP {error.http_status})")
    except cortex.Error as error:
        print(f"{type(error).__name__}, retryable: {error.retryable}")

session.close_sync()
