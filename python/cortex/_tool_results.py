"""What a tool returned, as the model will read it."""

import json

from ._core import Attachment, Response
from ._errors import Error


class ResultError(Error):
    """A tool returned what no model can read."""

    for_model = "The result cannot be passed on"


def outcome(value):
    """(text, attachments) of what a tool returned.

    A str is the text itself; everything else is JSON. An `Attachment` stands behind the text, alone or in a list with others.
    """
    if isinstance(value, str):
        return value, ()
    if isinstance(value, Attachment):
        return "", (value,)
    if isinstance(value, Response):
        return value.content, ()
    if isinstance(value, (list, tuple)) and any(isinstance(part, Attachment) for part in value):
        texts = [outcome(part)[0] for part in value if not isinstance(part, Attachment)]
        return "\n".join(texts), tuple(part for part in value if isinstance(part, Attachment))
    return text(plain(value)), ()


def text(value):
    """A plain value as JSON, with every letter readable."""
    return json.dumps(value, ensure_ascii=False)


def plain(value):
    """The value made of what JSON knows; a ResultError where that is not possible."""
    kind = type(value)
    if value is None or kind in (str, int, float, bool):
        return value
    if kind is dict:
        return {_key(key): plain(item) for key, item in value.items()}
    if kind in (list, tuple):
        return [plain(item) for item in value]
    return _other(value)


def _key(key):
    if type(key) is str:
        return key
    key = plain(key)
    return key if isinstance(key, str) else text(key)


def _other(value):
    from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
    from dataclasses import fields, is_dataclass
    from datetime import date, time, timedelta
    from enum import Enum

    if isinstance(value, Enum):
        return plain(value.value)
    if hasattr(value, "model_dump"):  # pydantic
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (str, int, float)):  # a subclass
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise ResultError("bytes are not readable for a model: decode them to str, or return a cortex.Attachment")
    if isinstance(value, Attachment):
        raise ResultError("a cortex.Attachment must be the whole result or stand in a list that is")
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        try:
            return [plain(item) for item in sorted(value)]
        except TypeError:
            return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # arrays and their scalars
        return plain(value.tolist())
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, (Sequence, Iterator, ValuesView)):
        return [plain(item) for item in value]
    kind = type(value)
    if kind.__str__ is not object.__str__ or kind.__repr__ is not object.__repr__:
        return str(value)
    raise ResultError(f"an object of type {kind.__name__} has no text that tells anything: return str, a dict or a dataclass")


def failure_text(failure):
    """One sentence about an exception: its type and its text, never its traceback."""
    try:
        said = str(failure)
    except Exception:
        said = ""
    parts = getattr(failure, "exceptions", None)
    if parts:
        said += ": " + "; ".join(failure_text(part) for part in parts)
    name = getattr(type(failure), "for_model", type(failure).__name__)
    return f"{name}: {said}" if said else name
