"""Dataclasses, TypedDicts and NamedTuples as JSON objects."""

import collections.abc
import dataclasses
import typing

from ._docstrings import parse
from ._tool_types import Codec, Mismatch, mismatch, with_default


def dataclass(types, kind):
    hints = types.hints(kind)
    fields, required = {}, []
    for field in dataclasses.fields(kind):
        if not field.init:
            continue
        codec = types.codec(hints[field.name])
        schema = codec.schema
        if said := field.metadata.get("description"):
            schema = {**schema, "description": said}
        if field.default is not dataclasses.MISSING:
            schema = with_default(schema, field.default)
        elif field.default_factory is dataclasses.MISSING:
            required.append(field.name)
        fields[field.name] = Codec(schema, codec.decode)
    return _record(kind, fields, required, lambda values: kind(**values), kind)


def named_tuple(types, kind):
    hints = types.hints(kind)
    fields = {}
    for name in kind._fields:
        codec = types.codec(hints.get(name, typing.Any))
        fields[name] = Codec(with_default(codec.schema, kind._field_defaults.get(name)), codec.decode)
    required = [name for name in kind._fields if name not in kind._field_defaults]
    return _record(kind, fields, required, lambda values: kind(**values), kind)


def typed_dict(types, kind):
    fields = {name: types.codec(hint) for name, hint in types.hints(kind).items()}
    required = [name for name in fields if name in kind.__required_keys__]
    return _record(kind, fields, required, lambda values: values, None)


def _record(kind, fields, required, make, instance):
    said = parse(_own_doc(kind))[1]
    properties = {}
    for name, codec in fields.items():
        schema = codec.schema
        if name in said and "description" not in schema:
            schema = {**schema, "description": said[name]}
        properties[name] = schema
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required

    def decode(value, path):
        if instance is not None and isinstance(value, instance):
            return value
        if not isinstance(value, collections.abc.Mapping):
            raise mismatch(path, "an object", value)
        for name in value:
            if name not in fields:
                raise Mismatch(f"{path}.{name}: there is no such field")
        for name in required:
            if name not in value:
                raise Mismatch(f"{path}.{name}: it is missing")
        return make({name: fields[name].decode(part, f"{path}.{name}") for name, part in value.items()})

    return Codec(schema, decode)


def _own_doc(kind):
    """The docstring that somebody wrote: dataclasses and NamedTuples make up one of their own."""
    doc = kind.__dict__.get("__doc__")
    return None if doc is None or doc.startswith(kind.__name__ + "(") else doc
