"""The asyncio side: loaded at the first await, because importing asyncio costs more than the rest of the package.

No thread of the engine ever takes the interpreter's lock. Each event loop watches one eventfd; the engine writes to it when
a run has news, and the loop then resumes the tasks that wait.
"""

from asyncio import CancelledError, get_running_loop  # noqa: F401
from weakref import WeakKeyDictionary

from ._core import BudgetQuestion, Hub, KeyRequest, RequestWithdrawn, Response, StreamChunk
from ._errors import BudgetExceededError, ProviderAuthError
from ._keys import ask, ask_budget

_hubs = WeakKeyDictionary()


def _hub_of(loop):
    hub = _hubs.get(loop)
    if hub is None:
        hub = Hub()
        # The loop keeps the hub alive through the bound method, and the hub does not keep the loop: both go together.
        loop.add_reader(hub.fd, hub.drain)
        _hubs[loop] = hub
    return hub


def watch(run):
    """Binds the run to the running loop, and returns the loop."""
    loop = get_running_loop()
    run.watch(_hub_of(loop))
    return loop


async def next_item(run, loop, engine, calls, item=None):
    """The run's next chunk, or its response at the end. Requests are answered on the way, `item` first."""
    failure = None
    try:
        while True:
            if item is None:
                item = run.take()
            if item is None:
                news = loop.create_future()
                run.arm(news)
                await news
            elif type(item) is StreamChunk or type(item) is Response:
                return item
            elif type(item) is KeyRequest:
                key, failure = await ask(engine._keys, item.provider)
                run.answer(item.request_id, key)
                item = None
            elif type(item) is BudgetQuestion:
                more, failure = await ask_budget(engine._on_budget, item)
                run.answer_budget(item.request_id, *more)
                item = None
            else:
                if calls is not None or type(item) is not RequestWithdrawn:
                    calls.handle(item)
                item = None
    except (ProviderAuthError, BudgetExceededError) as error:
        if failure is None:
            raise
        raise error from failure


async def stop(run, loop):
    """Cancels the run, and returns when its turn is over and its session free."""
    run.cancel()
    while not run.settled():
        news = loop.create_future()
        run.arm(news)
        await news


async def verify(engine, keys):
    """The blocking check on another thread, with the keys of callables asked for on this loop first."""
    from asyncio import to_thread

    given = {}
    for provider in keys:
        given[provider], _ = await ask(keys, provider)
    return await to_thread(engine._verify, given)
