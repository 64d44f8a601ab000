"""Session and its streams: one turn as an awaitable, as an async iterator, and the same for scripts that block."""

import warnings

from . import _core
from ._answers import schema_text, value_of
from ._core import BudgetQuestion, KeyRequest, RequestWithdrawn, Response, StreamChunk
from ._errors import BudgetExceededError, Notice, ProviderAuthError
from ._keys import ask_budget_sync, ask_sync

_loop = None  # the asyncio side, once it is needed
_Calls = None  # what runs tools, once there are some


def _load_loop():
    global _loop
    from . import _loop as loaded

    _loop = loaded
    return loaded


def _load_calls():
    global _Calls
    from ._calls import Calls

    _Calls = Calls
    return Calls


def _tell(response, engine, stacklevel):
    """Each notice once per engine."""
    notices = response._notices
    if notices:
        for text in notices:
            if text not in engine._told:
                engine._told.add(text)
                warnings.warn(text, Notice, stacklevel=stacklevel + 1)
    return response


class Session(_core.Session):
    """One conversation. It takes one turn at a time; different sessions are independent of each other.

    `async with` closes it at the end. A session that is collected while a turn runs cancels the turn.
    """

    __slots__ = ("_engine", "_tools")

    def __init__(self, agent, user_id, session_id):
        super().__init__(agent, user_id, session_id)
        self._engine = agent._engine
        self._tools = agent._tools

    def _calls(self, run, loop=None):
        """What answers the run's tool requests; None where there are no tools."""
        return (_Calls or _load_calls())(run, self._tools, loop) if self._tools else None

    async def run(self, text, *, thinking=None, timeout=None, max_cost=None, max_tokens=None, attachments=None,
                  temperature=None, show_thinking=False, answer_schema=None):
        """One whole turn: awaits the answer and returns a `Response`.

        `thinking` is "auto", "off" or a number of tokens; `timeout` is in seconds and covers retries too; `max_cost` is in
        US dollars; `temperature` goes from 0 to 1; `answer_schema` (a JSON Schema as a dict, or a pydantic model) makes
        `Response.content` JSON that fits it. Cancelling the task stops the request at the provider, and the tools.
        """
        aio = _loop or _load_loop()
        engine = self._engine
        run = self._start(text, False, thinking, timeout, max_cost, max_tokens, attachments, temperature,
                          show_thinking, schema_text(answer_schema))
        calls = None
        try:
            loop = aio.watch(run)
            calls = self._calls(run, loop)
            response = await aio.next_item(run, loop, engine, calls)
        except aio.CancelledError:
            await aio.stop(run, loop)
            raise
        except BaseException:
            run.release()
            raise
        finally:
            _end(calls)
        return _tell(response, engine, 2)

    async def run_structured(self, text, schema, **options):
        """The answer as a value that fits `schema`: a dict for a JSON Schema, an instance for a pydantic model. `options` are those of
        `run`. An answer that does not fit is asked for once more; then it is a `ProtocolError`."""
        response = await self.run(text, answer_schema=schema, **options)
        return value_of(response.content, schema)

    def run_stream(self, text, *, thinking=None, timeout=None, max_cost=None, max_tokens=None, attachments=None,
                   temperature=None, show_thinking=False, answer_schema=None):
        """The same turn, piece by piece: `async for chunk in session.run_stream(text)`.

        The turn starts with the first piece that is asked for. Leaving the loop early stops it. With `show_thinking` the model's
        thinking comes too, as chunks of the type "thinking".
        """
        return Stream(self, (text, True, thinking, timeout, max_cost, max_tokens, attachments, temperature,
                             show_thinking, schema_text(answer_schema)))

    async def close(self):
        """Ends the session and returns its statistics as a dict; a second call returns the same."""
        return self.close_sync()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close_sync()

    def run_sync(self, text, *, thinking=None, timeout=None, max_cost=None, max_tokens=None, attachments=None,
                 temperature=None, show_thinking=False, answer_schema=None):
        """`run` for scripts: blocks until the answer is there. Other threads go on meanwhile; Ctrl-C cancels the turn."""
        engine = self._engine
        run = self._start(text, False, thinking, timeout, max_cost, max_tokens, attachments, temperature,
                          show_thinking, schema_text(answer_schema))
        calls = None
        try:
            calls = self._calls(run)
            response = _next_sync(run, engine, calls)
        except BaseException:
            run.release()
            raise
        finally:
            _end(calls)
        return _tell(response, engine, 2)

    def run_structured_sync(self, text, schema, **options):
        """`run_structured` for scripts."""
        return value_of(self.run_sync(text, answer_schema=schema, **options).content, schema)

    def run_stream_sync(self, text, *, thinking=None, timeout=None, max_cost=None, max_tokens=None, attachments=None,
                        temperature=None, show_thinking=False, answer_schema=None):
        """`run_stream` for scripts: `for chunk in session.run_stream_sync(text)`."""
        return SyncStream(self, (text, True, thinking, timeout, max_cost, max_tokens, attachments, temperature,
                                 show_thinking, schema_text(answer_schema)))

    def preview(self, text, *, streaming=True, thinking=None, timeout=None, max_cost=None, max_tokens=None, attachments=None,
                temperature=None, show_thinking=False, answer_schema=None):
        """The request that the next turn would send. Sends nothing."""
        return self._preview(text, streaming, thinking, timeout, max_cost, max_tokens, attachments, temperature,
                             show_thinking, schema_text(answer_schema))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close_sync()

    def __repr__(self):
        return f"Session(session_id={self.session_id!r}, user_id={self.user_id!r})"


class _StreamBase:
    __slots__ = ("_session", "_arguments", "_run", "_calls", "_response", "_over")

    def __init__(self, session, arguments):
        self._session = session  # a session that nobody else holds must live as long as its stream
        self._arguments = arguments
        self._run = None
        self._calls = None
        self._response = None
        self._over = False

    @property
    def response(self):
        """The whole answer with its metadata, once the stream has ended; None before."""
        return self._response

    @property
    def metadata(self):
        """`response.metadata`, once the stream has ended; None before."""
        return None if self._response is None else self._response.metadata

    def _begin(self):
        self._run = self._session._start(*self._arguments)
        self._arguments = None
        return self._run

    def _end(self, response):
        self._over = True
        self._run = None
        _end(self._calls)
        self._response = _tell(response, self._session._engine, 3)

    def _abandon(self):
        self._over = True
        _end(self._calls)
        run, self._run = self._run, None
        if run is not None:
            run.release()

    def __repr__(self):
        state = "ended" if self._over else "not started" if self._run is None else "running"
        return f"<{type(self).__name__} of {self._session!r}, {state}>"


class Stream(_StreamBase):
    """The chunks of one answer as they arrive, for `async for`. Used as `async with`, it stops the turn at the block's end."""

    __slots__ = ("_aio_loop",)

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._over:
            raise StopAsyncIteration
        aio = _loop or _load_loop()
        run = self._run
        try:
            if run is None:
                run = self._begin()
                self._aio_loop = aio.watch(run)
                self._calls = self._session._calls(run, self._aio_loop)
            item = run.take()
            if type(item) is not StreamChunk and type(item) is not Response:
                item = await aio.next_item(run, self._aio_loop, self._session._engine, self._calls, item)
        except aio.CancelledError:
            await self.aclose()
            raise
        except BaseException:
            if run is None or not run.armed():  # else it is the stream's rightful reader who waits: leave him alone
                self._abandon()
            raise
        if type(item) is Response:
            self._end(item)
            raise StopAsyncIteration
        return item

    async def aclose(self):
        """Stops the turn, if it is still under way, and its connection to the provider."""
        self._over = True
        _end(self._calls)
        run, self._run = self._run, None
        if run is None:
            return
        if run.armed():
            run.cancel()  # another task waits for the next chunk: it is told by a CancelledError
        else:
            await _loop.stop(run, self._aio_loop)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.aclose()


class SyncStream(_StreamBase):
    """The chunks of one answer as they arrive, for a plain `for` that blocks. Used as `with`, it stops the turn at the end."""

    __slots__ = ()

    def __iter__(self):
        return self

    def __next__(self):
        if self._over:
            raise StopIteration
        try:
            run = self._run
            if run is None:
                run = self._begin()
                self._calls = self._session._calls(run)
            item = _next_sync(run, self._session._engine, self._calls)
        except BaseException:
            self._abandon()
            raise
        if type(item) is Response:
            self._end(item)
            raise StopIteration
        return item

    def close(self):
        """Stops the turn, if it is still under way, and its connection to the provider."""
        self._abandon()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._abandon()


def _end(calls):
    if calls is not None:
        calls.end()


def _next_sync(run, engine, calls):
    failure = None
    try:
        while True:
            item = run.wait_next()
            if type(item) is StreamChunk or type(item) is Response:
                return item
            if type(item) is KeyRequest:
                key, failure = ask_sync(engine._keys, item.provider)
                run.answer(item.request_id, key)
            elif type(item) is BudgetQuestion:
                more, failure = ask_budget_sync(engine._on_budget, item)
                run.answer_budget(item.request_id, *more)
            elif calls is not None or type(item) is not RequestWithdrawn:
                calls.handle(item)
    except (ProviderAuthError, BudgetExceededError) as error:
        if failure is None:
            raise
        raise error from failure
