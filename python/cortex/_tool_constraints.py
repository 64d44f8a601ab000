"""What stands beside a type in `Annotated`: texts, limits, raw keywords."""

import collections.abc
import re

from ._tool_types import Codec, Mismatch, Unsupported, mismatch

_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "multiple_of": "multipleOf"}
_LENGTHS = {"min_length": "min", "max_length": "max"}
_UNITS = {"string": "Length", "array": "Items", "object": "Properties"}
_CHECKS = {
    "ge": (lambda value, limit: value >= limit, "at least"),
    "gt": (lambda value, limit: value > limit, "above"),
    "le": (lambda value, limit: value <= limit, "at most"),
    "lt": (lambda value, limit: value < limit, "below"),
    "multiple_of": (lambda value, limit: value % limit == 0, "a multiple of"),
    "min_length": (lambda value, limit: len(value) >= limit, "of a length of at least"),
    "max_length": (lambda value, limit: len(value) <= limit, "of a length of at most"),
    "pattern": (lambda value, limit: re.search(limit, value) is not None, "text that matches"),
}


def constrained(codec, metadata):
    """The codec with the limits and descriptions of `Annotated[...]`, duck-typed: annotated_types, pydantic, or one's own."""
    schema = dict(codec.schema)
    checks = []
    for item in metadata:
        _apply(item, schema, checks)
    inner = codec.decode

    def decode(value, path):
        value = inner(value, path)
        for name, limit in checks:
            holds, words = _CHECKS[name]
            try:
                if value is None or holds(value, limit):
                    continue
            except TypeError:
                continue  # another member of a union
            raise mismatch(path, f"{words} {limit}", value)
        return value

    return Codec(schema, decode if checks else inner)


def description_of(metadata):
    """The text about a parameter, or None."""
    schema = {}
    for item in metadata:
        _describe(item, schema)
    return schema.get("description")


def _apply(item, schema, checks):
    _describe(item, schema)
    if isinstance(item, collections.abc.Mapping):
        schema.update(item)
        return
    for name in _CHECKS:
        limit = getattr(item, name, None)
        if limit is None or callable(limit):
            continue
        if name == "pattern":
            limit = getattr(limit, "pattern", limit)  # a compiled expression
        for place in _places(schema, name):
            if name in _LIMITS:
                place[_LIMITS[name]] = limit
            elif name == "pattern":
                place["pattern"] = limit
            else:
                place[_LENGTHS[name] + _UNITS[place["type"]]] = limit
        checks.append((name, limit))
    for inner in getattr(item, "metadata", ()) or ():  # pydantic's Field(...)
        _apply(inner, schema, checks)


def _describe(item, schema):
    said = item if isinstance(item, str) else getattr(item, "description", None) or getattr(item, "documentation", None)
    if isinstance(said, str):
        schema["description"] = said
    examples = getattr(item, "examples", None)
    if isinstance(examples, (list, tuple)):
        schema["examples"] = list(examples)


def _places(schema, name):
    """The parts of a schema that a limit is about: the whole, or the members of a union that have the kind for it."""
    if "anyOf" in schema:
        schema["anyOf"] = members = [dict(member) for member in schema["anyOf"]]
        found = [member for member in members if _fits(member, name)]
    else:
        found = [schema] if _fits(schema, name) else []
    if not found:
        raise Unsupported(f"the limit {name} does not fit a value of type {schema.get('type', 'any')}")
    return found


def _fits(schema, name):
    kind = schema.get("type")
    if name in _LENGTHS:
        return kind in _UNITS
    if name == "pattern":
        return kind == "string"
    return kind in ("integer", "number") or kind is None


__all__ = ["Mismatch", "constrained", "description_of"]
