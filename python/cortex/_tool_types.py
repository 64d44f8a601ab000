"""Type hints as JSON Schema, and JSON values as the Python values that the hints promise."""

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import inspect
import pathlib
import types
import typing
import uuid

from . import _pydantic
from ._errors import ConfigError
from ._tool_results import ResultError, plain

_LISTS = (list, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Collection, collections.abc.Iterable)
_SETS = (set, collections.abc.Set, collections.abc.MutableSet)
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_WRAPPERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_ARTICLES = {str: "text", bool: "true or false", int: "an integer", float: "a number", type(None): "null"}


class Mismatch(ValueError):
    """A JSON value that does not fit the hint; the text begins with where it is."""

    for_model = "Invalid arguments"


class Unsupported(Exception):
    """A hint that has no JSON Schema; the text says which and what would help."""


class Codec:
    """One hint: its schema, and `decode(value, path)`, which returns the Python value or raises Mismatch."""

    __slots__ = ("schema", "decode")

    def __init__(self, schema, decode):
        self.schema = schema
        self.decode = decode


def mismatch(path, expected, value):
    shown = repr(value)
    if len(shown) > 60:
        shown = shown[:60] + "..."
    return Mismatch(f"{path}: expected {expected}, got {shown}")


def with_default(schema, value):
    """The schema with its default, where the default has a JSON form."""
    if value is None or value is dataclasses.MISSING or value is inspect.Parameter.empty:
        return schema
    try:
        return {**schema, "default": plain(value)}
    except (ResultError, TypeError, ValueError, RecursionError):
        return schema


class Types:
    """Makes codecs. Recursive types become definitions, which belong to the root of the schema."""

    def __init__(self, local_names=None):
        self.definitions = {}
        self._local_names = local_names or {}
        self._open = {}  # types under way -> their name in `definitions`, once they were met inside themselves
        self._closed = {}

    def codec(self, hint):
        if hint in (typing.Any, object, inspect.Parameter.empty):
            return Codec({}, lambda value, path: value)
        if hint is None:
            hint = type(None)
        if isinstance(hint, str):
            raise Unsupported(f"the name {hint!r} cannot be found")
        if hasattr(hint, "__value__"):  # `type Name = ...`
            return self._named(hint, lambda: self.codec(hint.__value__))
        if hasattr(hint, "__supertype__"):  # NewType
            return self.codec(hint.__supertype__)
        if isinstance(hint, typing.TypeVar):
            return self.codec(hint.__bound__ or typing.Union[hint.__constraints__ or (typing.Any,)])
        origin = typing.get_origin(hint)
        if origin is not None:
            return self._generic(hint, origin, typing.get_args(hint))
        if isinstance(hint, type):
            return self._class(hint)
        raise self._unsupported(hint)

    def hints(self, kind):
        """The hints of a class's fields. NameError where one names what is not there (yet)."""
        return typing.get_type_hints(kind, None, {**self._local_names, kind.__name__: kind}, include_extras=True)

    # --- types with parameters

    def _generic(self, hint, origin, arguments):
        if origin is typing.Annotated:
            return self._annotated(hint, arguments[0], hint.__metadata__)
        if origin in (typing.Union, types.UnionType):
            # Which of several models fits best is for pydantic to say.
            if sum(isinstance(member, type) and _pydantic.knows(member) for member in arguments) > 1:
                return self._by_pydantic(hint)
            return self._union(arguments)
        if origin is typing.Literal or getattr(origin, "_name", None) == "Literal":
            return self._literal(arguments)
        if getattr(origin, "_name", None) in _WRAPPERS or origin in (typing.Final, typing.ClassVar):
            return self.codec(arguments[0])
        if origin is tuple:
            return self._tuple(arguments)
        if origin in _LISTS:
            return self._array(arguments[0], list)
        if origin in _SETS:
            return self._array(arguments[0], set)
        if origin is frozenset:
            return self._array(arguments[0], frozenset)
        if origin in _MAPPINGS:
            return self._mapping(*arguments)
        if isinstance(origin, type) and _pydantic.knows(origin):
            return self._by_pydantic(hint)
        if isinstance(origin, type) and (dataclasses.is_dataclass(origin) or _is_record(origin)):
            return self._class(origin)
        raise self._unsupported(hint)

    def _annotated(self, hint, base, metadata):
        if any(_pydantic.must_decide(item) for item in metadata):
            return self._by_pydantic(hint)
        from ._tool_constraints import constrained

        return constrained(self.codec(base), metadata)

    def _union(self, members):
        codecs = [self.codec(member) for member in members]
        schemas = [codec.schema for codec in codecs]

        def decode(value, path):
            failures = []
            for codec in codecs:
                try:
                    return codec.decode(value, path)
                except Mismatch as failure:
                    if codec.schema != {"type": "null"}:
                        failures.append(str(failure))
            said = "; or ".join(failures)
            raise Mismatch(said if len(said) <= 500 else said[:500] + "...")  # unions inside unions multiply

        return Codec({"anyOf": schemas} if len(schemas) > 1 else schemas[0], decode)

    def _literal(self, members):
        values = {}
        for member in members:
            value = member.value if isinstance(member, enum.Enum) else member
            if type(value) not in _KINDS:
                raise Unsupported(f"a Literal of {type(value).__name__} has no JSON form")
            values[type(value), value] = member
        return self._choice(values)

    def _choice(self, values):
        """`values` maps (type, JSON value) to what it stands for; the type keeps True and 1 apart."""
        allowed = [value for _, value in values]
        kinds = sorted({_KINDS[kind] for kind, _ in values})
        schema = {"type": kinds[0]} if len(kinds) == 1 else {}
        schema["enum"] = allowed

        def decode(value, path):
            kind = type(value)
            if (kind, value) in values if kind in _KINDS else False:
                return values[kind, value]
            if kind is float and value.is_integer() and (int, int(value)) in values:
                return values[int, int(value)]
            if any(value is meaning for meaning in values.values()):
                return value
            raise mismatch(path, "one of " + ", ".join(map(repr, allowed)), value)

        return Codec(schema, decode)

    def _array(self, item, make):
        inner = self.codec(item)
        schema = {"type": "array", "items": inner.schema}
        if make is not list:
            schema["uniqueItems"] = True

        def decode(value, path):
            if not isinstance(value, (list, tuple, make)):
                raise mismatch(path, "an array", value)
            return make([inner.decode(part, f"{path}[{index}]") for index, part in enumerate(value)])

        return Codec(schema, decode)

    def _tuple(self, arguments):
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            inner = self._array(arguments[0], list)
            return Codec(inner.schema, lambda value, path: tuple(inner.decode(value, path)))
        codecs = [self.codec(argument) for argument in arguments]
        count = len(codecs)
        schema = {"type": "array", "prefixItems": [codec.schema for codec in codecs], "items": False, "minItems": count,
                  "maxItems": count}
        if not codecs:
            schema = {"type": "array", "maxItems": 0}

        def decode(value, path):
            if not isinstance(value, (list, tuple)) or len(value) != count:
                raise mismatch(path, f"an array of {count}", value)
            return tuple(codec.decode(part, f"{path}[{index}]") for index, (codec, part) in enumerate(zip(codecs, value)))

        return Codec(schema, decode)

    def _mapping(self, key, item):
        inner = self.codec(item)
        schema = {"type": "object", "additionalProperties": inner.schema or True}
        if key in (str, typing.Any):
            def decode_key(text, path):
                return text
        elif key is int:
            schema["propertyNames"] = {"pattern": "^-?[0-9]+$"}

            def decode_key(text, path):
                try:
                    return int(text)
                except ValueError:
                    raise mismatch(path, "an integer as key", text) from None
        else:
            keys = self.codec(key)
            if keys.schema.get("type") != "string":
                raise Unsupported(f"a dict whose keys are {_shown(key)}: keys are text in JSON, so str, int, Literal or Enum")
            schema["propertyNames"] = {name: what for name, what in keys.schema.items() if name != "type"}
            decode_key = keys.decode

        def decode(value, path):
            if not isinstance(value, collections.abc.Mapping):
                raise mismatch(path, "an object", value)
            return {decode_key(name, path): inner.decode(part, f"{path}.{name}") for name, part in value.items()}

        return Codec(schema, decode)

    # --- classes

    def _class(self, hint):
        if hint in _KINDS:
            return _scalar(hint)
        if hint in _STANDARD:
            return _STANDARD[hint]
        if hint in _LISTS:
            return self._array(typing.Any, list)
        if hint is tuple:
            return self._tuple((typing.Any, ...))
        if hint in _SETS or hint is frozenset:
            return self._array(typing.Any, frozenset if hint is frozenset else set)
        if hint in _MAPPINGS:
            return self._mapping(str, typing.Any)
        if _pydantic.knows(hint):
            return self._by_pydantic(hint)
        if issubclass(hint, enum.Enum):
            return self._enum(hint)
        from ._tool_records import dataclass, named_tuple, typed_dict

        if dataclasses.is_dataclass(hint):
            return self._named(hint, lambda: dataclass(self, hint))
        if typing.is_typeddict(hint) or hasattr(hint, "__total__"):
            return self._named(hint, lambda: typed_dict(self, hint))
        if issubclass(hint, tuple) and hasattr(hint, "_fields"):
            return self._named(hint, lambda: named_tuple(self, hint))
        raise self._unsupported(hint)

    def _enum(self, hint):
        members = list(hint)
        if not members:
            raise Unsupported(f"the enum {hint.__name__} has no member")
        if all(isinstance(member.value, tuple(_KINDS)) for member in members):
            values = [next(kind(member.value) for kind in (bool, str, int, float) if isinstance(member.value, kind))
                      if member.value is not None else None for member in members]
        else:
            values = [member.name for member in members]  # values without a JSON form: the names stand for them
        return self._choice({(type(value), value): member for value, member in zip(values, members)})

    def _by_pydantic(self, hint):
        schema, decode = _pydantic.adapt(hint, self.definitions)
        return Codec(schema, decode)

    def _named(self, hint, make):
        """A type that may hold itself: then it is a definition, and its places refer to it."""
        if hint in self._closed:
            return self._closed[hint]
        if hint in self._open:
            name = self._open[hint] or _pydantic.free_name(hint.__name__, self.definitions)
            self._open[hint] = name
            self.definitions.setdefault(name, True)  # takes the name
            return Codec({"$ref": f"#/$defs/{name}"}, lambda value, path: self._closed[hint].decode(value, path))
        self._open[hint] = None
        codec = make()
        name = self._open.pop(hint)
        if name:
            self.definitions[name] = codec.schema
            codec = Codec({"$ref": f"#/$defs/{name}"}, codec.decode)
        self._closed[hint] = codec
        return codec

    @staticmethod
    def _unsupported(hint):
        help = {bytes: "take str (base64, say) instead", bytearray: "take str (base64, say) instead",
                complex: "take two floats instead"}.get(hint, "take a dataclass, a TypedDict or plain values instead")
        return Unsupported(f"{_shown(hint)} has no JSON form: {help}")


def _is_record(kind):
    return hasattr(kind, "__total__") or issubclass(kind, tuple) and hasattr(kind, "_fields")


def _shown(hint):
    return hint.__name__ if isinstance(hint, type) else str(hint)


def _scalar(kind):
    def decode(value, path):
        found = type(value)
        if found is kind or kind is not bool and isinstance(value, kind) and found is not bool:
            return value
        if kind is float and found is int:
            return float(value)
        if kind is int and found is float and value.is_integer():
            return int(value)
        raise mismatch(path, _ARTICLES[kind], value)

    return Codec({"type": _KINDS[kind]}, decode)


def _text_form(kind, expected, read, **schema):
    def decode(value, path):
        if isinstance(value, kind):
            return value
        try:
            if isinstance(value, str):
                return read(value)
        except (ValueError, ArithmeticError):
            pass
        raise mismatch(path, expected, value)

    return Codec({"type": "string", **schema}, decode)


def _decimal():
    def decode(value, path):
        try:
            if isinstance(value, (str, int, float, decimal.Decimal)) and not isinstance(value, bool):
                return decimal.Decimal(str(value))
        except decimal.InvalidOperation:
            pass
        raise mismatch(path, "a number", value)

    return Codec({"anyOf": [{"type": "number"}, {"type": "string"}]}, decode)


def _seconds():
    number = _scalar(float)

    def decode(value, path):
        if isinstance(value, datetime.timedelta):
            return value
        try:
            return datetime.timedelta(seconds=number.decode(value, path))
        except OverflowError:
            raise mismatch(path, "a number of seconds", value) from None

    return Codec({"type": "number", "description": "In seconds."}, decode)


_STANDARD = {
    datetime.datetime: _text_form(datetime.datetime, "a date and time such as 2026-01-31T12:00:00Z",
                                  datetime.datetime.fromisoformat, format="date-time"),
    datetime.date: _text_form(datetime.date, "a date such as 2026-01-31", datetime.date.fromisoformat, format="date"),
    datetime.time: _text_form(datetime.time, "a time such as 12:00:00", datetime.time.fromisoformat, format="time"),
    datetime.timedelta: _seconds(),
    decimal.Decimal: _decimal(),
    uuid.UUID: _text_form(uuid.UUID, "a UUID", uuid.UUID, format="uuid"),
    pathlib.Path: _text_form(pathlib.Path, "a path", pathlib.Path),
    pathlib.PurePath: _text_form(pathlib.PurePath, "a path", pathlib.PurePath),
}


def resolve(hints, namespace, local_names, what):
    """The hints with their names replaced by what they mean. NameError where a name is not known (yet)."""
    try:
        return typing.get_type_hints(types.SimpleNamespace(__annotations__=hints), namespace, local_names, include_extras=True)
    except NameError:
        raise
    except Exception as failure:
        raise ConfigError(f"{what}: its type hints cannot be read: {failure}") from failure
