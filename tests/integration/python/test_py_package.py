"""The package itself: what importing costs, its stubs, its other name."""

import ast
import copy
import importlib
import pathlib
import pickle

import pytest

import cortex

PACKAGE = pathlib.Path(cortex.__file__).resolve().parent


def stub_names():
    """Top-level names of the stub, and for each class its methods and properties, and its fields."""
    names, fields = {}, {}
    for node in [node for name in ("__init__.pyi", "_errors.pyi", "_settings.pyi", "_tools.pyi") for node in ast.parse((PACKAGE / name).read_text()).body]:
        if isinstance(node, ast.ClassDef):
            names[node.name] = {item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
            fields[node.name] = {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
            names[node.name] |= {base.id for base in node.bases if isinstance(base, ast.Name) and base.id in ("_Value", "TypedDict")}
        elif isinstance(node, ast.FunctionDef):
            names[node.name] = set()
        elif isinstance(node, ast.Assign):
            names[node.targets[0].id] = set()
    return names, fields


def test_importing_loads_neither_asyncio_nor_other_heavy_modules(python):
    run = python("""
        import sys
        before = set(sys.modules)
        import cortex
        print(sorted(set(sys.modules) - before))
    """)
    assert run.returncode == 0, run.stderr
    loaded = set(ast.literal_eval(run.stdout))
    assert "cortex._core" in loaded
    assert not {"asyncio", "typing", "inspect", "dataclasses", "json", "ssl", "socket", "logging", "re", "threading"} & loaded


def test_the_version_is_that_of_the_library():
    assert cortex.__version__ == cortex._core.version()
    assert cortex.__version__.count(".") == 2


def test_the_other_spelling_gives_the_same_objects():
    from corteX.sdk import Engine

    assert Engine is cortex.Engine
    other = importlib.import_module("corteX")
    assert all(getattr(other, name) is getattr(cortex, name) for name in cortex.__all__)


def test_the_stub_names_what_the_package_has():
    names, fields = stub_names()
    only_for_type_checkers = {name for name, methods in names.items() if "TypedDict" in methods}
    public = {name for name in names if not name.startswith("_")} - only_for_type_checkers
    assert public | {"__version__"} == set(cortex.__all__) | {"__version__"}
    value = names["_Value"]
    for name in public:
        thing = getattr(cortex, name)
        wanted = {attribute for attribute in names[name] if attribute != "_Value"} | (value if "_Value" in names[name] else set())
        missing = sorted(attribute for attribute in wanted if not hasattr(thing, attribute))
        assert not missing, f"{name} has no {missing}"
        if isinstance(thing, type) and not issubclass(thing, Exception):
            extra = {attribute for attribute in dir(thing) if not attribute.startswith("_")} - wanted - fields[name]
            assert not extra, f"the stub's {name} lacks {sorted(extra)}"


def test_the_stub_gives_each_name_at_the_top():
    given = set()
    for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.ImportFrom):
            given |= {alias.asname for alias in node.names if alias.asname == alias.name}   # what a checker lets through
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            given.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            given.add(node.target.id)
    assert set(cortex.__all__) <= given, set(cortex.__all__) - given


def test_the_stub_of_a_report_names_the_fields_that_it_has(engine):
    _, fields = stub_names()
    report = engine.costs()
    assert set(report) == fields["CostReport"] and set(report["total"]) == fields["CostLine"]


def test_the_stub_of_budgets_names_every_limit_and_no_other():
    _, fields = stub_names()
    for limit in fields["Budgets"]:
        assert cortex.Engine(providers={"anthropic": {"api_key": "x"}}, budgets={limit: 1})
    with pytest.raises(cortex.ConfigError) as wrong:
        cortex.Engine(providers={"anthropic": {"api_key": "x"}}, budgets={"nonesuch_limit": 1})
    known = str(wrong.value).partition("Known keys: ")[2].rstrip(".")
    assert set(known.split(", ")) == fields["Budgets"]


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_what_holds_threads_cannot_be_copied(session):
    for value in (session, session._engine):
        with pytest.raises(TypeError):
            copy.copy(value)
        with pytest.raises(TypeError):
            pickle.dumps(value)


def test_everything_has_a_text_of_one_line(engine):
    agent = engine.create_agent("a")
    session = agent.start_session(session_id="mine")
    stream = session.run_stream("hello")
    assert repr(engine) == "Engine(providers=['anthropic'])"
    assert repr(agent) == "Agent(name='a')"
    assert repr(session) == "Session(session_id='mine', user_id='default')"
    assert "not started" in repr(stream)
    for value in (engine.providers[0], engine.models()[0], *session.run_stream_sync("hello")):
        assert "\n" not in repr(value) and repr(value).startswith(type(value).__name__ + "(")
