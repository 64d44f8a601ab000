"""Engine and Agent: what is configured once and shared by all conversations."""

from . import _core
from ._errors import ConfigError
from ._session import Session
from ._tools import all_tools


class Engine(_core.Engine):
    """Providers, models and threads. Construction makes no request; keys are tried by the first turn, or by `verify`.

    `providers` maps names to dicts, the default one first: `{"anthropic": {"api_key": "..."}}`. Without it, every provider
    whose credential is in the environment is taken. `api_key` may be a function, plain or async, which is then asked before
    every request. `fallback_models` says who answers when a provider fails, `budgets` what may be spent
    (`{"session_usd": 0.5, "user_tokens": 100_000}`), and `costs()` tells what was. `on_budget` is a function, plain or async,
    that is asked when a limit stops a turn: it takes a `BudgetQuestion` and returns by how much the limit is raised, as US
    dollars or `{"usd": ..., "tokens": ...}`; None leaves it. The other keywords are those of `cortex.toml`.
    """

    __slots__ = ("_keys", "_told", "_on_budget")

    def __init__(self, providers=None, orchestrator_model=None, worker_model=None, *, on_budget=None, **fields):
        if on_budget is not None and not callable(on_budget):
            raise ConfigError(f"on_budget is of type {type(on_budget).__name__}; expected a function that takes the question.")
        keys = {}
        if orchestrator_model is not None:
            fields["orchestrator_model"] = orchestrator_model
        if worker_model is not None:
            fields["worker_model"] = worker_model
        super().__init__(providers, fields, keys, on_budget is not None)
        self._on_budget = on_budget
        self._keys = keys
        self._told = set()

    def create_agent(self, name, system_prompt="", tools=None, goal_tracking=True, loop_prevention=True, max_tool_rounds=5,
                     max_parallel_tools=16, allow_thinking=True):
        """A template for sessions. Makes no request.

        `tools` is a list of what the model may call: functions, tools of `@cortex.tool`, a `cortex.ToolRegistry`. After
        `max_tool_rounds` rounds of one turn the model is asked to answer without them; `max_parallel_tools` is how many calls
        of a turn run at once. With `allow_thinking=False` no model is asked to think.
        """
        for field, value in (("goal_tracking", goal_tracking), ("loop_prevention", loop_prevention)):
            if not isinstance(value, bool):
                raise ConfigError(f"{field} is of type {type(value).__name__}; expected True or False.")
        return Agent(self, name, system_prompt, tools,
                     {"max_tool_rounds": max_tool_rounds, "max_parallel_tools": max_parallel_tools, "allow_thinking": allow_thinking})

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
    """A name, a system prompt and tools, from which independent conversations start."""

    __slots__ = ("_engine", "_tools")

    def __init__(self, engine, name, system_prompt, tools, limits):
        found = all_tools(tools)
        super().__init__(engine, name, system_prompt, found, limits)
        self._engine = engine
        self._tools = {tool.name: tool for tool in found}

    @property
    def tools(self):
        """The agent's tools, as `ToolWrapper`s."""
        return list(self._tools.values())

    def start_session(self, user_id="default", session_id=None):
        """A new conversation. Makes no request. Without `session_id` it gets a name of its own, `sess_...`."""
        return Session(self, user_id, session_id)

    def __repr__(self):
        return f"Agent(name={self.name!r})"


def quick_agent(name="agent", system_prompt="You are a helpful assistant.", tools=None, user_id="default", **engine_fields):
    """An agent and a session of it, on an engine made of the other keywords: `agent, session = cortex.quick_agent()`."""
    agent = Engine(**engine_fields).create_agent(name, system_prompt, tools)
    return agent, agent.start_session(user_id)
