"""A function's signature as a tool: the schema for the model, and the arguments for the function."""

import functools
import inspect

from ._docstrings import parse
from ._errors import ConfigError
from ._pydantic import must_decide
from ._tool_types import Codec, Mismatch, Types, Unsupported, mismatch, resolve, with_default

_MISSING = inspect.Parameter.empty


class Signature:
    """What a model may pass to a function, and how its arguments become the function's."""

    __slots__ = ("schema", "_parameters", "_required", "_context", "_rest", "_raw")

    def __init__(self, function, tool, bound, given, local_names, context_type):
        """`bound`: the first parameter is an object that is passed anyway. `given` is a schema of the user's own, or None.

        Raises NameError where a hint names something that is not there yet.
        """
        what = f"Tool {tool!r}"
        parameters = _parameters(function, what, bound)
        hints = _hints(function, parameters, what, local_names)
        self._raw = given is not None
        self._parameters = {}  # name -> (codec, parameter, default that the function does not know of)
        self._required = []
        self._context = [name for name, hint in hints.items() if _bare(hint) is context_type]
        self._rest = None
        types = Types(local_names)
        said = parse(inspect.getdoc(function) or "")[1]
        properties = {}
        for parameter in parameters:
            name, hint = parameter.name, hints[parameter.name]
            if name in self._context:
                continue
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                if self._raw:
                    continue
                raise ConfigError(f"{what}: *{name} cannot be filled by a model, which names its arguments: take a list instead.")
            default = parameter.default
            field = default if hasattr(default, "get_default") and hasattr(default, "metadata") else None  # pydantic's Field(...)
            try:
                codec = self._codec(types, hint, default, field)
            except Unsupported as failure:
                if not self._raw:
                    raise ConfigError(f"{what}: parameter {name!r}: {failure}; or give the schema yourself, "
                                      "@cortex.tool(parameters={...}).") from None
                codec = types.codec(_MISSING)
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                self._rest = codec
                continue
            schema = codec.schema
            if name in said and "description" not in schema:
                schema = {**schema, "description": said[name]}
            if field is not None and field.is_required() or default is _MISSING:
                self._required.append(name)
                extra = _MISSING
            else:
                extra = _MISSING if field is None else field.get_default(call_default_factory=True)
                schema = with_default(schema, default if field is None else extra)
            properties[name] = schema
            self._parameters[name] = (codec, parameter, extra)
        self.schema = given if self._raw else self._assembled(properties, types.definitions)

    def _codec(self, types, hint, default, field):
        if field is not None:
            return types.codec(_annotated(hint, field))
        codec = types.codec(hint)
        if default is not None or hint in (_MISSING,) or not codec.schema:
            return codec
        try:
            codec.decode(None, "")
            return codec
        except Mismatch:
            # `limit: int = None`: models say null for it.
            decode = codec.decode
            return Codec({"anyOf": [codec.schema, {"type": "null"}]}, lambda value, path: None if value is None else decode(value, path))

    def _assembled(self, properties, definitions):
        schema = {"type": "object", "properties": properties}
        if self._required:
            schema["required"] = self._required
        schema["additionalProperties"] = False if self._rest is None else self._rest.schema or True
        if definitions:
            schema["$defs"] = definitions
        return schema

    def bind(self, arguments, context):
        """(positional, keyword) arguments for the function, made of what the model wrote; Mismatch where that cannot be."""
        positional, keywords = [], {name: context for name in self._context}
        for name, value in arguments.items():
            if name in self._parameters:
                codec = self._parameters[name][0]
                keywords[name] = value if self._raw else codec.decode(value, name)
            elif self._rest is not None and name not in keywords:
                keywords[name] = value if self._raw else self._rest.decode(value, name)
            else:
                raise Mismatch(f"{name}: there is no such parameter")
        for name, (_, parameter, extra) in self._parameters.items():
            if name not in keywords:
                if name in self._required:
                    raise Mismatch(f"{name}: it is missing")
                if extra is not _MISSING:
                    keywords[name] = extra
        for name, (_, parameter, _) in self._parameters.items():
            if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
                if name not in keywords and parameter.default is _MISSING:
                    break
                positional.append(keywords.pop(name, parameter.default))
        return positional, keywords


def summary(function):
    """The first paragraph of the function's own docstring."""
    return parse(getattr(function, "__doc__", None) or "")[0]


def is_async(function):
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(type(function), "__call__", None))


def check_callable(function, tool):
    """Refuses what cannot be called once for one result."""
    plain = function
    while isinstance(plain, functools.partial):
        plain = plain.func
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        raise ConfigError(f"Tool {tool!r}: a generator gives many results and a tool gives one: return a list, or the text.")
    if inspect.isclass(plain):
        raise ConfigError(f"Tool {tool!r} is a class: give a function or a method.")


def is_method(function):
    """Whether this is a method without its object: a function of a class body whose first parameter is called self or cls."""
    return (inspect.isfunction(function) and function.__code__.co_argcount > 0 and function.__code__.co_varnames[0] in ("self", "cls")
            and "." in function.__qualname__)


def check_schema(given, tool):
    """The user's own schema, which must be one of an object."""
    from ._pydantic import schema_json

    what = f"Tool {tool!r}: parameters"
    if not isinstance(given, dict):
        raise ConfigError(f"{what} must be a dict with a JSON Schema, not {type(given).__name__}.")
    try:
        schema_json(given)
    except (TypeError, ValueError, RecursionError) as failure:
        raise ConfigError(f"{what}: not a JSON Schema: {failure}.") from None
    if "type" not in given and ("properties" in given or not given):
        given = {"type": "object", **given}
    if given.get("type") != "object":
        raise ConfigError(f"{what}: the schema is of type {given.get('type')!r}; tools take an object: "
                          '{"type": "object", "properties": {...}, "required": [...]}.')
    return given


def _parameters(function, what, bound):
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as failure:
        raise ConfigError(f"{what}: its parameters cannot be read ({failure}): wrap it in a function of your own.") from None
    if bound:
        found = found[1:]
    fixed = set()
    while isinstance(function, functools.partial):
        fixed.update(function.keywords)
        function = function.func
    return [parameter for parameter in found if parameter.name not in fixed]


def _hints(function, parameters, what, local_names):
    written = {parameter.name: parameter.annotation for parameter in parameters}
    known = {name: hint for name, hint in written.items() if hint is not _MISSING}
    plain = inspect.unwrap(function)
    while isinstance(plain, functools.partial):
        plain = inspect.unwrap(plain.func)
    if not hasattr(plain, "__globals__"):
        plain = getattr(plain, "__func__", None) or getattr(type(plain), "__call__", plain)
    closed_over = {}
    if getattr(plain, "__closure__", None):
        for name, cell in zip(plain.__code__.co_freevars, plain.__closure__):
            try:
                closed_over[name] = cell.cell_contents
            except ValueError:
                pass
    found = resolve(known, getattr(plain, "__globals__", {}), {**(local_names or {}), **closed_over}, what)
    return {name: found.get(name, _MISSING) for name in written}


def _bare(hint):
    return getattr(hint, "__origin__", hint) if hasattr(hint, "__metadata__") else hint


def _annotated(hint, field):
    from typing import Annotated, Any

    return Annotated[Any if hint is _MISSING else hint, field]


__all__ = ["Mismatch", "Signature", "check_callable", "check_schema", "is_async", "is_method", "mismatch", "must_decide", "summary"]
