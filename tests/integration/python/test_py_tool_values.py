"""Tools outside a session: how arguments become Python's values, and results the model's text."""

import asyncio
import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import json
import pathlib
import types
import uuid
from typing import Annotated, Any, Literal, NamedTuple, Optional, TypedDict, Union

import pytest

import cortex


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Row(NamedTuple):
    id: int
    name: str = "?"


class Filter(TypedDict, total=False):
    field: str


@dataclasses.dataclass
class Tree:
    value: int
    children: "list[Tree]" = dataclasses.field(default_factory=list)


def received(hint, value):
    """What a function with this hint gets for a JSON value; the text of the error where it is not called."""
    got = []

    def probe(x):
        got.append(x)

    probe.__annotations__ = {"x": hint}
    text = cortex.ToolWrapper(probe).execute(x=value)
    return got[0] if got else text


@pytest.mark.parametrize(("hint", "value", "expected"), [
    (int, 3, 3), (int, 3.0, 3), (float, 3, 3.0), (str, "x", "x"), (bool, True, True), (Any, {"a": [1]}, {"a": [1]}),
    (Optional[int], None, None), (Union[int, str], "x", "x"), (Union[Point, list[Point]], [{"x": 1}], [Point(1.0)]),
    (list[Point], [{"x": 1}, {"x": 2, "y": 3}], [Point(1.0), Point(2.0, 3.0)]),
    (set[int], [1, 2, 1], {1, 2}), (frozenset[str], ["a"], frozenset("a")), (tuple[int, str], [1, "a"], (1, "a")),
    (tuple[int, ...], [1, 2], (1, 2)), (dict[int, str], {"7": "x"}, {7: "x"}), (dict[Color, int], {"red": 1}, {Color.RED: 1}),
    (Color, "blue", Color.BLUE), (Literal[1, "a"], "a", "a"), (Row, {"id": 1}, Row(1)), (Filter, {"field": "a"}, {"field": "a"}),
    (Tree, {"value": 1, "children": [{"value": 2}]}, Tree(1, [Tree(2)])),
    (datetime.datetime, "2026-01-31T12:00:00Z", datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)),
    (datetime.date, "2026-01-31", datetime.date(2026, 1, 31)), (datetime.time, "12:30:00", datetime.time(12, 30)),
    (datetime.timedelta, 90, datetime.timedelta(seconds=90)), (decimal.Decimal, "0.10", decimal.Decimal("0.10")),
    (decimal.Decimal, 0.1, decimal.Decimal("0.1")), (pathlib.Path, "/tmp", pathlib.Path("/tmp")),
    (uuid.UUID, "12345678123456781234567812345678", uuid.UUID("12345678123456781234567812345678")),
    (Annotated[int, "text"], 5, 5), (Color, Color.RED, Color.RED), (Point, Point(1), Point(1)),
])
def test_an_argument_arrives_as_its_hint_promises(hint, value, expected):
    got = received(hint, value)
    assert got == expected
    assert type(got) is type(expected)


class AtLeast:
    def __init__(self, ge):
        self.ge = ge


@pytest.mark.parametrize(("hint", "value", "error"), [
    (int, "3", "x: expected an integer, got '3'"), (int, True, "x: expected an integer, got True"), (int, 3.5, "x: expected an integer"),
    (bool, 1, "x: expected true or false, got 1"), (str, None, "x: expected text, got None"),
    (list[int], [1, "a"], "x[1]: expected an integer, got 'a'"), (tuple[int, str], [1], "x: expected an array of 2"),
    (dict[int, str], {"a": "b"}, "x: expected an integer as key, got 'a'"), (Color, "green", "x: expected one of 'red', 'blue', got 'green'"),
    (Point, {"y": 1}, "x.x: it is missing"), (Point, {"x": 1, "z": 2}, "x.z: there is no such field"),
    (Point, [1, 2], "x: expected an object"), (Optional[int], "a", "x: expected an integer, got 'a'"),
    (Union[int, bool], "a", "x: expected an integer, got 'a'; or x: expected true or false, got 'a'"),
    (datetime.date, "yesterday", "x: expected a date such as 2026-01-31, got 'yesterday'"),
    (Annotated[int, AtLeast(1)], 0, "x: expected at least 1, got 0"), (Literal[1], True, "x: expected one of 1, got True"),
    (str, ["a" * 500], "x: expected text, got ['aaa"),
])
def test_an_argument_that_does_not_fit_is_an_error_with_its_place(hint, value, error):
    got = received(hint, value)
    assert got.startswith("Invalid arguments: " + error)
    assert len(got) < 200


def test_missing_and_unknown_arguments_are_errors():
    def probe(a: int, b: int = 2):
        return a + b

    tool = cortex.ToolWrapper(probe)
    assert tool.execute(a=1) == "3"
    assert tool.execute() == "Invalid arguments: a: it is missing"
    assert tool.execute(a=1, c=2) == "Invalid arguments: c: there is no such parameter"


def test_parameters_of_every_kind_are_filled():
    def probe(a, b=2, /, c=3, *, d=4, **rest):
        return [a, b, c, d, rest]

    tool = cortex.ToolWrapper(probe)
    assert json.loads(tool.execute(a=1)) == [1, 2, 3, 4, {}]
    assert json.loads(tool.execute(a=1, b="b", d="d", e="e")) == [1, "b", 3, "d", {"e": "e"}]


def test_pydantic_values_are_made_and_checked_by_pydantic():
    pydantic = pytest.importorskip("pydantic")

    class Query(pydantic.BaseModel):
        model_config = {"strict": True}
        text: str = pydantic.Field(alias="q")
        since: datetime.date
        size: int = pydantic.Field(1, ge=1)

    assert received(Query, {"q": "x", "since": "2026-01-31"}) == Query(q="x", since=datetime.date(2026, 1, 31))
    assert received(list[Query], [{"q": "x", "since": "2026-01-31", "size": 0}]) == \
        "Invalid arguments: x[0].size: Input should be greater than or equal to 1"
    assert received(Query | None, None) is None
    query = Query(q="x", since=datetime.date(2026, 1, 31))
    assert received(Query, query) is query
    assert received(Annotated[int, pydantic.AfterValidator(lambda value: value * 2)], 4) == 8

    def probe(x: int = pydantic.Field(5, ge=1)):
        return x

    assert cortex.ToolWrapper(probe).execute() == "5"


class Custom:
    def __str__(self):
        return "custom"


class Silent:
    pass


@pytest.mark.parametrize(("value", "text"), [
    ("plain", "plain"), ("", ""), (None, "null"), (3, "3"), (1.5, "1.5"), (True, "true"), ([1, "é"], '[1, "é"]'),
    ({"a": None, 1: 2, Color.RED: 3}, '{"a": null, "1": 2, "red": 3}'), (Point(1, 2), '{"x": 1, "y": 2}'),
    ([Row(1, "a")], '[{"id": 1, "name": "a"}]'), (Color.BLUE, '"blue"'), ({3, 1, 2}, "[1, 2, 3]"),
    (datetime.date(2026, 1, 31), '"2026-01-31"'), (datetime.timedelta(minutes=1), "60.0"), (decimal.Decimal("0.10"), '"0.10"'),
    (pathlib.Path("/tmp"), '"/tmp"'), (range(3), "[0, 1, 2]"), (collections.deque([1]), "[1]"), ({}.values(), "[]"),
    (collections.OrderedDict(a=1), '{"a": 1}'), (types.MappingProxyType({"a": 1}), '{"a": 1}'), (Custom(), '"custom"'),
    (uuid.UUID(int=0), '"00000000-0000-0000-0000-000000000000"'),
])
def test_a_result_is_text_or_json(value, text):
    assert cortex.ToolWrapper(lambda: value, "probe").execute() == text


def test_an_iterator_is_read_to_its_end():
    assert cortex.ToolWrapper(lambda: (number for number in range(3)), "probe").execute() == "[0, 1, 2]"


def test_a_pydantic_result_is_its_own_json():
    pydantic = pytest.importorskip("pydantic")

    class Found(pydantic.BaseModel):
        on: datetime.date

    assert cortex.ToolWrapper(lambda: [Found(on=datetime.date(2026, 1, 31))], "probe").execute() == '[{"on": "2026-01-31"}]'


def test_a_result_that_no_model_can_read_is_an_error():
    def circle():
        value = []
        value.append(value)
        return value

    for function, words in ((lambda: b"x", "bytes are not readable"), (lambda: {"a": Silent()}, "an object of type Silent"),
                            (lambda: {"a": cortex.Attachment(url="https://x.y/z")}, "whole result")):
        text = cortex.ToolWrapper(function, "probe").execute()
        assert text.startswith("The result cannot be passed on: ") and words in text
    assert cortex.ToolWrapper(circle).execute().startswith("RecursionError")


def test_an_exception_is_its_type_and_text_and_no_traceback():
    def broken():
        raise LookupError("no such book")

    class Rude(Exception):
        def __str__(self):
            raise ValueError

    def rude():
        raise Rude

    def several():
        raise ExceptionGroup("two", [ValueError("a"), KeyError("b")])

    assert cortex.ToolWrapper(broken).execute() == "LookupError: no such book"
    assert cortex.ToolWrapper(rude).execute() == "Rude"
    assert cortex.ToolWrapper(several).execute() == "ExceptionGroup: two (2 sub-exceptions): ValueError: a; KeyError: 'b'"


# --- the decorator and its wrapper


@pytest.fixture(autouse=True)
def empty_registry():
    cortex.clear_tools()
    yield
    cortex.clear_tools()


def test_a_decorated_function_is_still_the_function():
    @cortex.tool(name="adder")
    def add(a: int, b: int = 2) -> int:
        """Adds."""
        return a + b

    assert add(1, 5) == 6
    assert (add.__name__, add.__doc__, add.name) == ("add", "Adds.", "adder")
    assert add.__wrapped__(1) == 3
    assert repr(add) == "ToolWrapper(name='adder')"


def test_parentheses_may_be_left_out():
    @cortex.tool
    def one(): ...

    @cortex.tool()
    def two(): ...

    assert [tool.name for tool in cortex.get_registered_tools()] == ["one", "two"]
    assert cortex.get_tool("two") is two
    assert cortex.get_tool("three") is None
    cortex.clear_tools()
    assert cortex.get_registered_tools() == []


def test_a_name_that_is_decorated_again_replaces_the_first():
    @cortex.tool(name="x")
    def one(): ...

    @cortex.tool(name="x")
    def two(): ...

    assert cortex.get_registered_tools() == [two]


def test_async_functions_are_awaited_inside_a_loop_and_run_outside():
    @cortex.tool
    async def later(x: int):
        await asyncio.sleep(0)
        return x + 1

    async def main():
        return await later.execute(x=1), await later.execute(x="a"), await later(5)

    assert later.is_async
    assert later.execute(x=1) == "2"
    assert asyncio.run(main()) == ("2", "Invalid arguments: x: expected an integer, got 'a'", 6)


def test_the_text_of_a_plain_function_can_be_awaited_too():
    async def main():
        return await cortex.ToolWrapper(lambda: 1, "one").execute()

    assert asyncio.run(main()) == "1"


def test_methods_are_tools_of_their_object():
    class Shop:
        def __init__(self, name):
            self.name = name

        @cortex.tool
        def hours(self, day: str) -> str:
            """When it is open."""
            return f"{self.name} {day}"

        @cortex.tool
        @classmethod
        def kind(cls) -> str:
            return cls.__name__

        @cortex.tool
        @staticmethod
        def add(a: int) -> int:
            return a + 1

        def plain(self, x: int):
            return x

    shop = Shop("north")
    assert list(shop.hours.parameters["properties"]) == ["day"]
    assert shop.hours.execute(day="Monday") == "north Monday" == shop.hours("Monday")
    assert Shop.kind.execute() == "Shop"
    assert Shop.add.execute(a=1) == shop.add.execute(a=1) == "2"
    assert cortex.ToolWrapper(shop.plain).execute(x=3) == "3"
    assert [tool.name for tool in cortex.get_registered_tools()] == ["add"], "what needs no object"


def test_callable_objects_and_partials_are_tools():
    class Search:
        async def __call__(self, query: str):
            """Searches."""
            return query

    tool = cortex.ToolWrapper(Search())
    assert (tool.name, tool.is_async, tool.execute(query="x")) == ("Search", True, "x")
    assert cortex.ToolWrapper(functools.partial(lambda a, b: a + b, b=1), "inc").execute(a=1) == "2"


def test_a_context_is_filled_in():
    def probe(x: int, *, context: cortex.ToolContext):
        return [x, context.session_id, context.cancelled]

    assert cortex.ToolWrapper(probe).execute(x=1) == '[1, "", false]'
    assert "ToolContext(session_id='s'" in repr(cortex.ToolContext("s"))


def test_a_registry_holds_tools_of_any_origin(tmp_path, monkeypatch):
    (tmp_path / "shop_tools.py").write_text("import cortex\n@cortex.tool\ndef third(): ...\nother = 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    import shop_tools

    registry = cortex.ToolRegistry("shop")

    @registry.register
    def first(): ...

    def second(): ...

    registry.register(second)
    assert registry.import_from(shop_tools) == 1
    assert registry.import_from([first]) == 0
    assert [tool.name for tool in registry.get_all()] == ["first", "second", "third"]
    assert registry.get("second").func is second and registry.get("none") is None
    assert len(registry) == 3 and "first" in registry
    copy = cortex.ToolRegistry("copy")
    assert copy.import_from(registry) == 3
    with pytest.raises(cortex.ConfigError, match="already has a tool 'first'"):
        registry.register(cortex.ToolWrapper(second, "first"))
    registry.clear()
    assert len(registry) == 0 and len(copy) == 3


def test_an_approval_says_what_it_is():
    assert cortex.Approval.allow().allowed and not cortex.Approval().allowed
    assert cortex.Approval.deny("no").reason == "no"
    assert cortex.Approval.edit({"a": 1}).arguments == {"a": 1}
    with pytest.raises(cortex.ConfigError, match="approve"):
        cortex.tool("one", approve=True)(lambda: 1)
