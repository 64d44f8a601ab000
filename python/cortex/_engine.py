"""Engine and Agent: what is configured once and shared by all conversations."""

from . import _core
from ._errors import ConfigError
from ._session import Session


class Engine(_core.Engine):
    """Providers, models and threads. Construction makes no request; keys are tried by the first turn, or by `verify`.

    `providers` maps names to dicts, the default one first: `{"anthropic": {"api_key": "..."}}`. Without it, every provider
    whose credential is in the environment is taken. `api_key` may be a function, plain or async, which is then asked before
    every request. The other keywords are those of `cortex.toml`.
    """

    __slots__ = ("_keys", "_told")

    def __init__(self, providers=None, orchestrator_model=None, worker_model=None, **fields):
        keys = {}
        if orchestrator_model is not None:
            fields["orchestrator_model"] = orchestrator_model
        if worker_model is not None:
            fields["worker_model"] = worker_model
        super().__init__(providers, fields, keys)
        self._keys = keys
        self._told = set()

    def create_agent(self, name, system_prompt=""):
        """A template for sessions. Makes no request."""
        return Agent(self, name, system_prompt)

    async def verify(self):
        """One free request to each provider; returns the list of `providers` with what came of it."""
        from ._loop import verify

        return await verify(self, self._keys)

    def verify_sync(self):
        """`verify` for scripts: blocks."""
        from ._keys import ask_sync

        return self._verify({provider: ask_sync(self._keys, provider)[0] for provider in self._keys})

    def __repr__(self):
        return f"Engine(providers={[provider.name for provider in self.providers]!r})"


class Agent(_core.Agent):
    """A name and a system prompt, from which independent conversations start."""

    __slots__ = ("_engine",)

    def __init__(self, engine, name, system_prompt):
        super().__init__(engine, name, system_prompt)
        self._engine = engine

    def start_session(self, user_id="default", session_id=None):
        """A new conversation. Makes no request. Without `session_id` it gets a name of its own, `sess_...`."""
        return Session(self, user_id, session_id)

    def __repr__(self):
        return f"Agent(name={self.name!r})"


def quick_agent(name="agent", system_prompt="You are a helpful assistant.", tools=None, user_id="default", **engine_fields):
    """An agent and a session of it, on an engine made of the other keywords: `agent, session = cortex.quick_agent()`."""
    if tools:
        raise ConfigError("tools are not supported by this version: leave the argument out.")
    agent = Engine(**engine_fields).create_agent(name, system_prompt)
    return agent, agent.start_session(user_id)
