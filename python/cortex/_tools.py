"""Tools: functions that a model may call. What reads hints and docstrings is loaded with the first tool, not with the package."""

from ._errors import ConfigError

_registered = {}


class ToolContext:
    """About one call. A parameter with this annotation is filled in, and the model does not see it.

    `cancelled` turns True when nobody waits for the result any more: the call's time is over, or its turn. A function that
    runs in a thread should look at it now and then, or `wait`; an async function is cancelled instead.
    """

    __slots__ = ("session_id", "user_id", "call_id", "_cancelled", "_event", "__weakref__")

    def __init__(self, session_id="", user_id="", call_id=""):
        self.session_id = session_id
        self.user_id = user_id
        self.call_id = call_id
        self._cancelled = False
        self._event = None

    @property
    def cancelled(self):
        return self._cancelled

    def wait(self, timeout=None):
        """Blocks for so many seconds, or until the call is cancelled; returns `cancelled`. For threads."""
        from threading import Event

        if self._event is None:
            self._event = Event()
        if not self._cancelled:
            self._event.wait(timeout)
        return self._cancelled

    def _cancel(self):
        self._cancelled = True
        event = self._event
        if event is not None:
            event.set()

    def __repr__(self):
        return f"ToolContext(session_id={self.session_id!r}, user_id={self.user_id!r}, call_id={self.call_id!r}, cancelled={self.cancelled})"


class ToolCall:
    """What an `approve` function decides about."""

    __slots__ = ("name", "arguments", "call_id", "session_id", "user_id")

    def __init__(self, name, arguments, call_id="", session_id="", user_id=""):
        self.name = name
        self.arguments = arguments  # a dict, as the model wrote them
        self.call_id = call_id
        self.session_id = session_id
        self.user_id = user_id

    def __repr__(self):
        return f"ToolCall(name={self.name!r}, arguments={self.arguments!r}, call_id={self.call_id!r})"


class Approval:
    """The answer of an `approve` function: allow, deny with a reason that the model reads, or allow with other arguments."""

    __slots__ = ("allowed", "reason", "arguments")

    def __init__(self, allowed=False, reason="", arguments=None):
        self.allowed = allowed
        self.reason = reason
        self.arguments = arguments

    @classmethod
    def allow(cls):
        return cls(True)

    @classmethod
    def deny(cls, reason=""):
        return cls(False, reason)

    @classmethod
    def edit(cls, arguments):
        return cls(True, "", arguments)

    def __repr__(self):
        return f"Approval(allowed={self.allowed!r}, reason={self.reason!r}, arguments={self.arguments!r})"


class ToolWrapper:
    """A function as a tool. It can still be called as the function that it is."""

    def __init__(self, func, name=None, description=None, parameters=None, *, timeout=30.0, max_parallel=0, max_result_bytes=100_000,
                 approve=None, _local_names=None):
        from . import _tool_schema as schemas

        self._binding = None
        if isinstance(func, ToolWrapper):
            func = func.func
        if isinstance(func, (staticmethod, classmethod)):
            self._binding = "class" if isinstance(func, classmethod) else None
            func = func.__func__
        elif not callable(func):
            raise ConfigError(f"A tool is made of a function, not of {type(func).__name__}.")
        elif schemas.is_method(func):
            self._binding = "object"
        if name is None:
            name = _name_of(func)
        _check_name(name)
        schemas.check_callable(func, name)
        self.func = func
        self.name = name
        self.description = schemas.summary(func) if description is None else _text(description, name, "description")
        self.timeout = timeout
        self.max_parallel = max_parallel
        self.max_result_bytes = max_result_bytes
        self.approve = approve
        if approve is not None and not callable(approve):
            raise ConfigError(f"Tool {name!r}: approve is of type {type(approve).__name__}; expected a function that takes the call.")
        self.is_async = schemas.is_async(func)
        self._given = None if parameters is None else schemas.check_schema(parameters, name)
        self._made = None
        try:
            self._make(_local_names)
        except NameError:
            pass  # a hint names something that comes later in the file: tried again when the tool is used
        for attribute in ("__module__", "__qualname__", "__doc__"):
            if (value := getattr(func, attribute, None)) is not None:
                setattr(self, attribute, value)
        self.__name__ = getattr(func, "__name__", name)
        self.__wrapped__ = func

    def _make(self, local_names=None):
        from ._tool_schema import Signature

        self._made = Signature(self.func, self.name, self._binding is not None, self._given, local_names, ToolContext)

    @property
    def _signature(self):
        if self._made is None:
            try:
                self._make()
            except NameError as failure:
                raise ConfigError(f"Tool {self.name!r}: a type hint cannot be found: {failure}.") from failure
        return self._made

    @property
    def parameters(self):
        """The JSON Schema of the arguments."""
        return self._signature.schema

    @property
    def _schema_json(self):
        """`parameters` as text, which is what the engine checks calls by."""
        from ._pydantic import schema_json

        return schema_json(self.parameters)

    def to_definition(self):
        """What a model is told: a dict with name, description and parameters."""
        return {"name": self.name, "description": self.description, "parameters": self.parameters}

    def execute(self, /, **arguments):
        """Runs the tool with what a model would write, and returns what the model would read. Never raises: an error is a text.

        Nobody is asked for approval. The result can be awaited; that of an async function must be, where an event loop runs.
        """
        if not self.is_async:
            return Text(self._executed(arguments))
        import asyncio

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return Text(asyncio.run(self._awaited(arguments)))
        return self._awaited(arguments)

    def _executed(self, arguments):
        from ._tool_results import failure_text, outcome

        try:
            value = self._call(arguments, ToolContext())
            if hasattr(value, "__await__"):
                return self._finished(value)
            return outcome(value)[0]
        except Exception as failure:
            return failure_text(failure)

    def _finished(self, awaitable):
        from ._keys import run_alone

        return _text_of(run_alone(awaitable, f"tool {self.name!r}"))

    async def _awaited(self, arguments):
        from ._tool_results import failure_text

        try:
            return _text_of(await self._call(arguments, ToolContext()))
        except Exception as failure:
            return failure_text(failure)

    def _call(self, arguments, context):
        positional, keywords = self._signature.bind(arguments, context)
        return self.func(*positional, **keywords)

    def __call__(self, /, *args, **kwargs):
        return self.func(*args, **kwargs)

    def __get__(self, instance, owner=None):
        if self._binding is None or instance is None and self._binding == "object":
            return self
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._made = self._signature
        bound._binding = None
        bound.func = self.func.__get__(owner if self._binding == "class" else instance, owner)
        return bound

    def __repr__(self):
        return f"ToolWrapper(name={self.name!r})"


class Text(str):
    """A result that is there already and can be awaited all the same."""

    __slots__ = ()

    def __await__(self):
        return self
        yield


class ToolRegistry:
    """A named set of tools: `create_agent(tools=registry)`, or a part of a list of tools."""

    def __init__(self, name="tools"):
        self.name = name
        self._tools = {}

    def register(self, tool):
        """Adds a tool or a function, and returns it as a ToolWrapper; usable as a decorator. A name can be taken once."""
        wrapper = as_tool(tool)
        if self._tools.get(wrapper.name, wrapper) is not wrapper:
            raise ConfigError(f"The registry {self.name!r} already has a tool {wrapper.name!r}: give one of them another name.")
        self._tools[wrapper.name] = wrapper
        return wrapper

    def get(self, name):
        """The tool of that name, or None."""
        return self._tools.get(name)

    def get_all(self):
        """All tools, in the order in which they were registered."""
        return list(self._tools.values())

    def clear(self):
        self._tools.clear()

    def import_from(self, source):
        """Adds the tools of another registry, of a list, or of a module or object whose attributes are tools; returns how many."""
        if not isinstance(source, (ToolRegistry, list, tuple, set, frozenset)):
            source = [value for value in (getattr(source, name, None) for name in dir(source)) if isinstance(value, ToolWrapper)]
        before = len(self._tools)
        for tool in source:
            self.register(tool)
        return len(self._tools) - before

    def __iter__(self):
        return iter(self.get_all())

    def __len__(self):
        return len(self._tools)

    def __contains__(self, name):
        return name in self._tools

    def __repr__(self):
        return f"ToolRegistry({self.name!r}, tools={list(self._tools)!r})"


def tool(name=None, description=None, parameters=None, *, timeout=30.0, max_parallel=0, max_result_bytes=100_000, approve=None):
    """Makes a function a tool: `@cortex.tool()`, `@cortex.tool(name="search")`, or without parentheses.

    The name is the function's, the description its docstring's first paragraph, the schema comes from its type hints; each can
    be given instead. `timeout` is in seconds and for one call; `max_parallel` limits the calls of this tool that run at once in
    a turn (0: no limit of its own); a result above `max_result_bytes` is cut. `approve` is a function, plain or async, that is
    asked before each call with a `ToolCall` and answers True, False, a reason for denial, a dict of other arguments, or an
    `Approval`.
    """
    from sys import _getframe

    def decorate(function, local_names=None):
        if local_names is None:
            local_names = _getframe(1).f_locals
        wrapper = ToolWrapper(function, name, description, parameters, timeout=timeout, max_parallel=max_parallel,
                              max_result_bytes=max_result_bytes, approve=approve, _local_names=local_names)
        if wrapper._binding is None:
            _registered[wrapper.name] = wrapper
        return wrapper

    if name is None or isinstance(name, str):
        return decorate
    function, name = name, None
    return decorate(function, _getframe(1).f_locals)


def as_tool(given):
    """A ToolWrapper of what a user calls a tool."""
    if isinstance(given, ToolWrapper):
        return given
    if not callable(given):
        raise ConfigError(f"tools holds {type(given).__name__}; expected functions, tools of @cortex.tool, or a cortex.ToolRegistry.")
    return ToolWrapper(given)


def all_tools(given):
    """The flat list of what `create_agent(tools=...)` got."""
    if given is None:
        return []
    if isinstance(given, ToolWrapper) or callable(given) and not isinstance(given, ToolRegistry):
        raise ConfigError("tools must be a list: tools=[...].")
    try:
        items = iter(given)
    except TypeError:
        raise ConfigError(f"tools is of type {type(given).__name__}; expected a list of functions, or a cortex.ToolRegistry.") from None
    found = []
    for item in items:
        found.extend(item.get_all() if isinstance(item, ToolRegistry) else [as_tool(item)])
    for wrapper in found:
        if wrapper._binding is not None:
            raise ConfigError(f"Tool {wrapper.name!r} is a method without its object: give object.{wrapper.__name__}.")
    return found


def get_registered_tools():
    """Every function that was decorated with `@cortex.tool`, methods apart; the newest of each name."""
    return list(_registered.values())


def get_tool(name):
    """The decorated function of that name, or None."""
    return _registered.get(name)


def clear_tools():
    """Forgets what was decorated. Agents keep their tools."""
    _registered.clear()


def _name_of(func):
    found = getattr(func, "__name__", None)
    if found is None:
        inner = getattr(func, "func", None)  # functools.partial
        return _name_of(inner) if inner is not None else type(func).__name__
    return found


def _check_name(name):
    if not isinstance(name, str):
        raise ConfigError(f"A tool's name is of type {type(name).__name__}; expected str.")
    if not 1 <= len(name) <= 64 or not all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in name):
        raise ConfigError(f"{name!r} cannot be a tool's name: 1 to 64 of a-z, A-Z, 0-9, '_' and '-'. Give another one: "
                          '@cortex.tool(name="...").')


def _text(value, name, what):
    if not isinstance(value, str):
        raise ConfigError(f"Tool {name!r}: {what} is of type {type(value).__name__}; expected str.")
    return value


def _text_of(value):
    from ._tool_results import outcome

    return outcome(value)[0]
