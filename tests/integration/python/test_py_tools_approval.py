"""Who is asked before a tool runs, and the manual's example of it."""

import asyncio
import pathlib
import re

import pytest

import cortex

from tools_support import call, every_way, results


@pytest.fixture
def start(engine):
    def make(*tools):
        return engine.create_agent("shop", tools=list(tools)).start_session(user_id="ada", session_id="sess_test")

    return make


class Book:
    def __init__(self, verdict):
        self.verdict = verdict
        self.asked = []
        self.sold = []

    def sell(self, title: str, copies: int = 1):
        self.sold.append((title, copies))
        return "sold"

    def approve(self, request):
        self.asked.append((request.name, request.arguments, request.session_id, request.user_id, bool(request.call_id)))
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict

    async def approve_later(self, request):
        await asyncio.sleep(0)
        return self.approve(request)


@every_way
@pytest.mark.parametrize("how", ["approve", "approve_later"])
@pytest.mark.parametrize(("verdict", "sold", "told"), [
    (True, [("x", 1)], None), (False, [], "not approved"), ("too dear", [], "too dear"), ({"title": "y", "copies": 2}, [("y", 2)], None),
    (cortex.Approval.allow(), [("x", 1)], None), (cortex.Approval.deny("not today"), [], "not today"),
    (cortex.Approval.edit({"title": "z"}), [("z", 1)], None), (ValueError("hush"), [], "could not be approved"),
    (None, [], "could not be approved"), ({"copies": "many"}, [], None),
], ids=str)
def test_an_approve_function_decides(emulator, start, ask, how, verdict, sold, told):
    book = Book(verdict)
    ask(start(cortex.ToolWrapper(book.sell, approve=getattr(book, how))), call("sell", title="x"))
    assert book.asked == [("sell", {"title": "x"}, "sess_test", "ada", True)]
    assert book.sold == sold
    ((text, is_error),) = results(emulator)
    assert is_error is (sold == [])
    if sold:
        assert text.endswith("sold")
    if told:
        assert told in text and "hush" not in text


def test_a_cancelled_turn_stops_the_question_too(start):
    ended, asked = [], asyncio.Event()

    async def think_it_over(request):
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(request.name)

    async def main():
        task = asyncio.create_task(start(cortex.ToolWrapper(lambda: 1, "sell", approve=think_it_over)).run(call("sell")))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert ended == ["sell"]


def test_the_example_of_the_manual_works(emulator, engine):
    manual = (pathlib.Path(__file__).resolve().parents[3] / "docs" / "python.md").read_text()
    example = re.search(r"```python\n(.*?)```", manual.split("\n## Tools\n")[1], re.DOTALL)[1]
    scope = {"engine": engine}
    exec(compile(example, "docs/python.md", "exec"), scope)
    session = scope["agent"].start_session()
    session.run_sync(call("find_order", order_id="A-1") + "\n" + call("refund", order_id="A-1", euros=20) + "\n"
                     + call("refund", order_id="A-1", euros=80))
    texts = results(emulator)
    assert texts[:2] == [('{"order_id": "A-1", "state": "shipped"}', False), ("done", False)]
    assert texts[2][1] is True and "Above 50 euros a colleague has to decide." in texts[2][0]
    properties = emulator.requests()[0]["json"]["tools"][1]["input_schema"]["properties"]
    assert properties["euros"] == {"type": "number", "description": "At most what was paid."}
