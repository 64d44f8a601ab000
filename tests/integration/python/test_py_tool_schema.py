"""What a model is told about a function: the schema from hints, docstrings and `Annotated`."""

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import functools
import json
import pathlib
import re
import typing
import uuid
from typing import Annotated, Any, Literal, NamedTuple, Optional, TypedDict, Union

import pytest

import cortex


def schema_of(hint, default=...):
    """The schema of one parameter with this hint."""
    if default is ...:
        def probe(x): ...
    else:
        def probe(x=default): ...
    probe.__annotations__ = {"x": hint}
    parameters = cortex.ToolWrapper(probe).parameters
    found = parameters["properties"]["x"]
    return (found, parameters["$defs"]) if "$defs" in parameters else found


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Address:
    """Where somebody lives.

    Attributes:
        street: With the number.
        zip: Five digits.
    """

    street: str
    zip: str = "00000"
    notes: list[str] = dataclasses.field(default_factory=list, metadata={"description": "Anything else."})
    computed: int = dataclasses.field(default=0, init=False)


class Filter(TypedDict):
    field: str
    value: typing.NotRequired[float]


class Pair(NamedTuple):
    left: int
    right: int = 2


@dataclasses.dataclass
class Tree:
    value: int
    children: "list[Tree]" = dataclasses.field(default_factory=list)


Number = typing.NewType("Number", int)
Bounded = typing.TypeVar("Bounded", bound=str)


@pytest.mark.parametrize(("hint", "expected"), [
    (str, {"type": "string"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
    (None, {"type": "null"}),
    (Any, {}),
    (object, {}),
    (list, {"type": "array", "items": {}}),
    (list[int], {"type": "array", "items": {"type": "integer"}}),
    (typing.List[str], {"type": "array", "items": {"type": "string"}}),
    (collections.abc.Sequence[str], {"type": "array", "items": {"type": "string"}}),
    (typing.Iterable[str], {"type": "array", "items": {"type": "string"}}),
    (set[int], {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}),
    (frozenset, {"type": "array", "items": {}, "uniqueItems": True}),
    (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
    (tuple[int, str], {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False, "minItems": 2,
                       "maxItems": 2}),
    (dict, {"type": "object", "additionalProperties": True}),
    (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
    (dict[int, str], {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"pattern": "^-?[0-9]+$"}}),
    (dict[Literal["a", "b"], int], {"type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": {"enum": ["a", "b"]}}),
    (typing.Mapping[str, Any], {"type": "object", "additionalProperties": True}),
    (Optional[int], {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    (Union[int, str], {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (Literal[1, "b", None], {"enum": [1, "b", None]}),
    (Color, {"type": "string", "enum": ["red", "blue"]}),
    (Level, {"type": "integer", "enum": [1, 2]}),
    (Number, {"type": "integer"}),
    (Bounded, {"type": "string"}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (datetime.date, {"type": "string", "format": "date"}),
    (datetime.time, {"type": "string", "format": "time"}),
    (datetime.timedelta, {"type": "number", "description": "In seconds."}),
    (decimal.Decimal, {"anyOf": [{"type": "number"}, {"type": "string"}]}),
    (uuid.UUID, {"type": "string", "format": "uuid"}),
    (pathlib.Path, {"type": "string"}),
])
def test_a_hint_becomes_a_schema(hint, expected):
    assert schema_of(hint) == expected


def test_an_enum_whose_values_are_not_json_is_named_by_its_members():
    class Place(enum.Enum):
        HERE = (0, 0)
        THERE = (1, 1)

    assert schema_of(Place) == {"type": "string", "enum": ["HERE", "THERE"]}


def test_a_dataclass_becomes_an_object_with_its_descriptions_and_defaults():
    assert schema_of(Address) == {
        "type": "object",
        "properties": {
            "street": {"type": "string", "description": "With the number."},
            "zip": {"type": "string", "default": "00000", "description": "Five digits."},
            "notes": {"type": "array", "items": {"type": "string"}, "description": "Anything else."},
        },
        "additionalProperties": False,
        "required": ["street"],
    }


def test_typed_dicts_and_named_tuples_become_objects():
    found = schema_of(Filter)
    assert (found["properties"], found["required"]) == ({"field": {"type": "string"}, "value": {"type": "number"}}, ["field"])
    found = schema_of(Pair)
    assert found["properties"] == {"left": {"type": "integer"}, "right": {"type": "integer", "default": 2}}
    assert found["required"] == ["left"]


def test_a_type_that_holds_itself_becomes_a_definition():
    found, definitions = schema_of(Tree)
    assert found == {"$ref": "#/$defs/Tree"}
    assert definitions["Tree"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Tree"}


def test_parameters_without_default_are_required():
    def probe(a: int, b: str = "x", *, c: bool, d: float = 1.5): ...

    parameters = cortex.ToolWrapper(probe).parameters
    assert parameters["type"] == "object"
    assert parameters["required"] == ["a", "c"]
    assert list(parameters["properties"]) == ["a", "b", "c", "d"]
    assert parameters["properties"]["d"] == {"type": "number", "default": 1.5}
    assert parameters["additionalProperties"] is False


def test_a_function_without_parameters_takes_an_empty_object():
    assert cortex.ToolWrapper(lambda: 1, "one").parameters == {"type": "object", "properties": {}, "additionalProperties": False}


def test_a_default_of_none_allows_null():
    assert schema_of(int, None) == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schema_of(Optional[int], None) == {"anyOf": [{"type": "integer"}, {"type": "null"}]}


def test_a_default_without_a_json_form_is_left_out():
    assert schema_of(Any, object()) == {}
    assert schema_of(Color, Color.RED) == {"type": "string", "enum": ["red", "blue"], "default": "red"}
    assert schema_of(datetime.date, datetime.date(2026, 1, 31))["default"] == "2026-01-31"


class Limit:
    """A constraint of one's own, as simple as those of annotated_types."""

    def __init__(self, **limits):
        self.__dict__.update(limits)


@pytest.mark.parametrize(("hint", "expected"), [
    (Annotated[int, "How many"], {"type": "integer", "description": "How many"}),
    (Annotated[int, Limit(ge=1, le=50)], {"type": "integer", "minimum": 1, "maximum": 50}),
    (Annotated[float, Limit(gt=0), Limit(lt=1)], {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
    (Annotated[int, Limit(multiple_of=5)], {"type": "integer", "multipleOf": 5}),
    (Annotated[str, Limit(min_length=2, max_length=9)], {"type": "string", "minLength": 2, "maxLength": 9}),
    (Annotated[str, Limit(pattern="^a")], {"type": "string", "pattern": "^a"}),
    (Annotated[str, re.compile("^a")], {"type": "string", "pattern": "^a"}),
    (Annotated[list[int], Limit(max_length=3)], {"type": "array", "items": {"type": "integer"}, "maxItems": 3}),
    (Annotated[dict[str, int], Limit(min_length=1)], {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1}),
    (Annotated[Optional[int], Limit(ge=1)], {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}),
    (list[Annotated[int, "One"]], {"type": "array", "items": {"type": "integer", "description": "One"}}),
    (Annotated[str, {"format": "email"}], {"type": "string", "format": "email"}),
])
def test_annotated_adds_texts_and_limits(hint, expected):
    assert schema_of(hint) == expected


def test_the_constraints_of_annotated_types_are_understood():
    at = pytest.importorskip("annotated_types")
    assert schema_of(Annotated[int, at.Interval(ge=1, lt=9)]) == {"type": "integer", "minimum": 1, "exclusiveMaximum": 9}
    assert schema_of(Annotated[str, at.Len(1, 3)]) == {"type": "string", "minLength": 1, "maxLength": 3}


GOOGLE = """Looks for books.
    It knows them all.

    This paragraph is for people.

    Args:
        query: What to look
            for, in words.
        limit (int, optional): How many.
        **extra: Whatever.

    Returns:
        The books: all of them.
    """
NUMPY = """
    Looks for books.
    It knows them all.

    Parameters
    ----------
    query : str
        What to look
        for, in words.
    limit, other : int, optional
        How many.

    Returns
    -------
    list
        The books.
    """
REST = """Looks for books.
    It knows them all.

    :param query: What to look
        for, in words.
    :param int limit: How many.
    :type query: str
    :returns: The books.
    """


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, REST], ids=["google", "numpy", "rest"])
def test_a_docstring_describes_the_function_and_its_parameters(doc):
    def probe(query: str, limit: int = 5): ...

    probe.__doc__ = doc
    tool = cortex.ToolWrapper(probe)
    assert tool.description == "Looks for books. It knows them all."
    assert tool.parameters["properties"]["query"]["description"] == "What to look for, in words."
    assert tool.parameters["properties"]["limit"]["description"] == "How many."


@pytest.mark.parametrize(("doc", "description"), [
    (None, ""), ("", ""), ("One line.", "One line."), ("Note: this is text.", "Note: this is text."),
    ("Args:\n    x: Only a parameter.", ""), (":param x: Only a parameter.", ""), ("Steps:\n\nMore.", "Steps:"),
])
def test_odd_docstrings_are_read_as_far_as_they_go(doc, description):
    def probe(x: int): ...

    probe.__doc__ = doc
    assert cortex.ToolWrapper(probe).description == description


def test_annotated_beats_the_docstring():
    def probe(x: Annotated[int, "From the hint."]):
        """Does.

        Args:
            x: From the docstring.
        """

    assert cortex.ToolWrapper(probe).parameters["properties"]["x"]["description"] == "From the hint."


def test_name_description_and_parameters_can_be_given():
    given = {"type": "object", "properties": {"q": {"type": "string", "minLength": 1}}, "required": ["q"]}

    @cortex.tool(name="look-up", description="Looks up.", parameters=given)
    def probe(**arguments):
        return arguments["q"]

    assert probe.to_definition() == {"name": "look-up", "description": "Looks up.", "parameters": given}
    assert probe.execute(q="x") == "x"


def test_a_parameter_for_the_context_is_not_shown_to_the_model():
    def probe(x: int, context: cortex.ToolContext, other: Annotated[cortex.ToolContext, "me"] = None): ...

    assert list(cortex.ToolWrapper(probe).parameters["properties"]) == ["x"]


def test_keyword_arguments_are_additional_properties():
    def probe(x: int, **more: float): ...

    assert cortex.ToolWrapper(probe).parameters["additionalProperties"] == {"type": "number"}


def test_parameters_that_a_partial_fixes_are_not_shown():
    def probe(x: int, y: int, z: int): ...

    assert list(cortex.ToolWrapper(functools.partial(probe, 1, z=3)).parameters["properties"]) == ["y"]


def test_hints_as_text_are_found_where_the_function_was_written():
    class Local(enum.Enum):
        A = "a"

    @cortex.tool
    def probe(x: "Local", y: "list[Color]"): ...

    assert probe.parameters["properties"]["x"] == {"type": "string", "enum": ["a"]}
    assert probe.parameters["properties"]["y"]["items"]["enum"] == ["red", "blue"]


def test_a_hint_may_name_what_comes_later_in_the_file(tmp_path, monkeypatch):
    (tmp_path / "later.py").write_text("import cortex, dataclasses\n@cortex.tool\ndef probe(x: 'Late'): ...\n"
                                       "@dataclasses.dataclass\nclass Late:\n    y: 'Later'\n"
                                       "@dataclasses.dataclass\nclass Later:\n    z: int\n")
    monkeypatch.syspath_prepend(tmp_path)
    import later

    assert later.probe.parameters["properties"]["x"]["properties"]["y"]["properties"] == {"z": {"type": "integer"}}


def test_a_hint_that_nothing_defines_is_an_error_when_the_tool_is_used():
    @cortex.tool
    def probe(x: "Nowhere"): ...  # noqa: F821

    with pytest.raises(cortex.ConfigError, match="Nowhere"):
        probe.to_definition()


def generator(x: int):
    yield x


async def async_generator(x: int):
    yield x


@pytest.mark.parametrize(("function", "words"), [
    (lambda *args: 1, "a list instead"),
    (generator, "many results"),
    (async_generator, "many results"),
    (dict, "is a class"),
    (3, "not of int"),
])
def test_what_cannot_be_a_tool_is_refused(function, words):
    with pytest.raises(cortex.ConfigError, match=words):
        cortex.ToolWrapper(function, "probe")


@pytest.mark.parametrize("hint", [bytes, complex, typing.Callable, collections.abc.Callable[[int], int], dict[float, int], type(re)])
def test_a_hint_without_a_json_form_is_refused_with_the_place(hint):
    def probe(thing): ...

    probe.__annotations__ = {"thing": hint}
    with pytest.raises(cortex.ConfigError, match="Tool 'probe': parameter 'thing': .*@cortex.tool\\(parameters"):
        cortex.ToolWrapper(probe)


@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 65, "<lambda>", 5])
def test_a_name_that_no_provider_takes_is_refused(name):
    with pytest.raises(cortex.ConfigError, match="name"):
        cortex.ToolWrapper(lambda: 1, name)


@pytest.mark.parametrize(("given", "words"), [
    ([], "must be a dict"), ({"type": "array"}, "take an object"), ({"x": {"type": "string"}}, "take an object"),
    ({"type": "object", "default": object()}, "not a JSON Schema"), ({"type": "object", "minimum": float("nan")}, "not a JSON Schema"),
])
def test_a_schema_of_ones_own_must_be_one_of_an_object(given, words):
    with pytest.raises(cortex.ConfigError, match=words):
        cortex.ToolWrapper(lambda **_: 1, "probe", parameters=given)


def test_a_limit_on_a_type_that_has_no_such_limit_is_refused():
    with pytest.raises(cortex.ConfigError, match="min_length does not fit"):
        schema_of(Annotated[int, Limit(min_length=1)])


# --- pydantic


@pytest.fixture
def pydantic():
    return pytest.importorskip("pydantic")


def test_a_pydantic_model_brings_its_schema_without_noise(pydantic):
    class Inner(pydantic.BaseModel):
        size: int = pydantic.Field(1, ge=0, description="In bytes.")

    class Outer(pydantic.BaseModel):
        """Something."""

        inner_part: Inner
        mail: str = pydantic.Field(examples=["a@b.c"], json_schema_extra={"x-internal": True})
        price: decimal.Decimal = decimal.Decimal(1)

    found, definitions = schema_of(Outer)
    assert found["properties"]["inner_part"] == {"$ref": "#/$defs/Inner"}
    assert found["properties"]["mail"] == {"type": "string", "examples": ["a@b.c"]}
    assert found["description"] == "Something."
    assert definitions == {"Inner": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 0, "default": 1,
                                                                                "description": "In bytes."}}}}
    assert "title" not in json.dumps(found)
    assert "(?" not in json.dumps(found), "a pattern that only some engines know"


def test_two_models_of_one_name_are_kept_apart(pydantic):
    def family(hint):
        class Inner(pydantic.BaseModel):
            x: hint

        class Outer(pydantic.BaseModel):
            inner: Inner

        return Outer

    def probe(a, b, c): ...

    first, second = family(int), family(str)
    probe.__annotations__ = {"a": first, "b": second, "c": first}
    parameters = cortex.ToolWrapper(probe).parameters
    references = [parameters["properties"][name]["properties"]["inner"]["$ref"] for name in "abc"]
    assert references == ["#/$defs/Inner", "#/$defs/Inner_2", "#/$defs/Inner"]
    assert parameters["$defs"]["Inner"]["properties"]["x"] == {"type": "integer"}
    assert parameters["$defs"]["Inner_2"]["properties"]["x"] == {"type": "string"}


def test_a_recursive_model_refers_to_its_definition(pydantic):
    class Node(pydantic.BaseModel):
        children: "list[Node]" = []

    found, definitions = schema_of(list[Node])
    assert found["items"] == {"$ref": "#/$defs/Node"}
    assert definitions["Node"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}


def test_a_discriminated_union_keeps_its_members_and_loses_the_keyword(pydantic):
    class Cat(pydantic.BaseModel):
        kind: Literal["cat"]

    class Dog(pydantic.BaseModel):
        kind: Literal["dog"]

    found, definitions = schema_of(Annotated[Cat | Dog, pydantic.Field(discriminator="kind")])
    assert found == {"oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}
    assert definitions["Cat"]["properties"]["kind"] == {"type": "string", "const": "cat"}


def test_pydantic_fields_describe_plain_parameters(pydantic):
    def probe(a: Annotated[int, pydantic.Field(ge=1, le=9, description="A digit.")],
              b: str = pydantic.Field("x", min_length=1), c: str = pydantic.Field(pattern="^c"), d: pydantic.PositiveInt = 3): ...

    parameters = cortex.ToolWrapper(probe).parameters
    assert parameters["properties"] == {
        "a": {"type": "integer", "minimum": 1, "maximum": 9, "description": "A digit."},
        "b": {"type": "string", "minLength": 1, "default": "x"},
        "c": {"type": "string", "pattern": "^c"},
        "d": {"type": "integer", "exclusiveMinimum": 0, "default": 3},
    }
    assert parameters["required"] == ["a", "c"]


def test_the_package_itself_never_imports_pydantic(python):
    done = python("""
        import sys, cortex, dataclasses
        @dataclasses.dataclass
        class P:
            x: int
        @cortex.tool
        def f(p: P, q: list[int] | None = None) -> str: "Does."
        f.parameters, f.execute(p={"x": 1})
        print([name for name in sys.modules if name.startswith("pydantic")])
    """)
    assert done.stdout == "[]\n", done.stderr


def test_importing_the_package_loads_no_inspection(python):
    done = python("import sys, cortex; print([name for name in ('inspect', 'typing', 'asyncio', 'logging', 'dataclasses') if name in sys.modules])")
    assert done.stdout == "[]\n", done.stderr
