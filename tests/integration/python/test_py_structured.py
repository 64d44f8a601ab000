"""Answers that are JSON: asked of every vendor in its own way, checked, corrected once, and given as values."""

import json
import pathlib
import sys

import pytest

import cortex

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from vendors import WAYS, google_login, turns  # noqa: E402

PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"], "additionalProperties": False}
ANN = '{"name": "Ann", "age": 3}'
pytestmark = pytest.mark.filterwarnings("ignore::cortex.Notice")


@pytest.fixture
def ask(emulator):
    def session(way="anthropic", **fields):
        providers = WAYS[way].providers(emulator.base_url)
        return cortex.Engine(providers=providers, orchestrator_model=WAYS[way].orchestrator, worker_model=WAYS[way].orchestrator, **fields).create_agent("a").start_session()

    return session


@pytest.mark.parametrize("way", list(WAYS))
def test_every_vendor_is_asked_in_its_own_way_and_the_answer_is_a_value(ask, emulator, way, tmp_path, monkeypatch):
    for name, value in google_login(emulator, tmp_path).items() if way == "gemini-vertex" else ():
        monkeypatch.setenv(name, value)
    emulator.script({"text": ANN})
    assert ask(way).run_structured_sync("Who is it?", PERSON) == {"name": "Ann", "age": 3}
    (request,) = turns(emulator)
    body = json.dumps(request["json"])
    assert "Answer with nothing but JSON" in body
    if way == "anthropic":
        assert request["json"]["output_config"]["format"] == {"type": "json_schema", "schema": PERSON}
    else:
        assert "additionalProperties" in body.replace("\\", "")


def test_an_unscripted_emulator_answers_with_json_that_fits(ask):
    value = ask("openai-responses").run_structured_sync("Who is it?", PERSON)
    assert isinstance(value["name"], str) and isinstance(value["age"], int)


def test_an_answer_that_does_not_fit_is_corrected_once(ask, emulator):
    emulator.script({"text": '{"name": "Ann"}'}, {"text": f"```json\n{ANN}\n```"})
    response = ask().run_sync("Who is it?", answer_schema=PERSON)
    assert json.loads(response.content) == {"name": "Ann", "age": 3}
    assert any("did not fit the schema" in sentence for sentence in response.metadata.degraded)
    assert len(emulator.requests()) == 2


def test_an_answer_that_never_fits_is_an_error_with_a_reason(ask, emulator):
    emulator.script({"text": "It is Ann.", "times": "always"})
    with pytest.raises(cortex.ProtocolError, match="does not fit answer_schema: it is no JSON") as caught:
        ask().run_structured_sync("Who is it?", PERSON)
    assert caught.value.retryable and len(emulator.requests()) == 2


def test_a_stream_of_json(ask, emulator):
    emulator.script({"text": ANN})
    stream = ask().run_stream_sync("Who is it?", answer_schema=PERSON)
    assert json.loads("".join(chunk.content for chunk in stream)) == json.loads(stream.response.content) == {"name": "Ann", "age": 3}


def test_awaited(ask, emulator):
    import asyncio

    emulator.script({"text": ANN})
    assert asyncio.run(ask().run_structured("Who is it?", PERSON, max_tokens=200)) == {"name": "Ann", "age": 3}


def test_a_schema_that_a_vendor_cannot_hold_to_is_told_and_checked(ask, emulator):
    bounded = {**PERSON, "properties": {**PERSON["properties"], "age": {"type": "integer", "minimum": 18}}}
    emulator.script({"text": ANN}, {"text": '{"name": "Ann", "age": 33}'})
    assert ask().run_structured_sync("Who is it?", bounded) == {"name": "Ann", "age": 33}
    assert all("format" not in (request["json"].get("output_config") or {}) for request in emulator.requests())


def test_a_model_class_of_pydantic(ask, emulator):
    pydantic = pytest.importorskip("pydantic")

    class Person(pydantic.BaseModel):
        name: str
        age: int

    emulator.script({"text": ANN})
    person = ask().run_structured_sync("Who is it?", Person)
    assert isinstance(person, Person) and person.age == 3


@pytest.mark.parametrize("schema, words", [
    ({"type": "array"}, 'must be "object"'), ({"type": "object", "nonesuch": 1}, "nonesuch"), ("{", "answer_schema"), (3, "of type int"), ({"type": {1}}, "no JSON"),
])
def test_a_bad_schema_is_refused_before_a_request(ask, emulator, schema, words):
    with pytest.raises(cortex.ConfigError, match=words):
        ask().run_structured_sync("Who is it?", schema)
    assert emulator.requests() == []
