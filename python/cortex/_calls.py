"""The tool calls and approvals of one run: async functions as tasks of the run's event loop, all others on threads.

The consumer of the run hands over its requests, on whichever thread it is; answers go to the engine from wherever the work
ended, under the interpreter's lock, which is what makes a run safe to touch from there.
"""

import contextvars
import json
from threading import Lock
from weakref import ref

from . import _threads
from ._core import RequestWithdrawn, ToolRequest
from ._tool_results import failure_text, outcome, plain, text
from ._tools import Approval, ToolCall, ToolContext

_starting = Lock()
_tasks = set()  # asyncio itself holds its tasks weakly


class Calls:
    """What is under way for one run. `loop` is the run's event loop; without one, async functions get a loop of their own."""

    __slots__ = ("_run", "_tools", "_loop", "_own_loop", "_ended", "_open", "__weakref__")

    def __init__(self, run, tools, loop=None):
        # Weak: a call that never ends must not keep a run alive that its consumer has dropped.
        self._run = ref(run, self._dropped)
        self._tools = tools
        self._loop = loop
        self._own_loop = None
        self._ended = False
        self._open = {}

    def handle(self, request):
        """Begins what the request asks for, and returns at once."""
        if type(request) is RequestWithdrawn:
            job = self._open.pop(request.request_id, None)
            if job is not None:
                job.cancel()
            return
        tool = self._tools[request.name]
        job = (_ToolJob if type(request) is ToolRequest else _ApprovalJob)(self, tool, request)
        self._open[request.request_id] = job
        context = contextvars.copy_context()
        try:
            if job.is_async:
                self.spawn(job, None, context, self._loop is not None)
            else:
                _threads.submit(lambda: context.run(job.work))
        except Exception as failure:  # no thread to be had; Ctrl-C is not a tool's failure and goes its way
            job.fail(failure)

    def spawn(self, job, awaitable, context, here=False):
        """Starts the job's task on the loop. `here` is True on the loop's own thread."""
        if here:
            job.start_task(self._loop, awaitable, context)
            return
        loop = self._loop or self._loop_of_its_own()
        loop.call_soon_threadsafe(job.start_task, loop, awaitable, context)

    def _loop_of_its_own(self):
        from asyncio import new_event_loop

        with _starting:
            loop = self._own_loop
            if loop is None:
                loop = self._own_loop = new_event_loop()
                _threads.submit(lambda: _serve(loop))
        if self._ended:
            _call_soon(loop, loop.stop)
        return loop

    def close(self, request_id):
        """The job is over; True where its answer is still wanted."""
        return self._open.pop(request_id, None) is not None

    def run(self):
        return self._run()

    def end(self):
        """The run is over, or nobody consumes it any more: what still works for it is told to stop."""
        if self._ended:
            return
        self._ended = True
        jobs, self._open = list(self._open.values()), {}
        for job in jobs:
            job.cancel()
        loop = self._own_loop
        if loop is not None:
            _call_soon(loop, loop.stop)

    __del__ = end

    def _dropped(self, _):
        self.end()


class _Job:
    __slots__ = ("_calls", "_tool", "_request", "_task", "_cancelled", "_loop")

    def __init__(self, calls, tool, request):
        self._calls = calls
        self._tool = tool
        self._request = request
        self._task = None
        self._loop = None
        self._cancelled = False

    def work(self):
        """On a thread."""
        try:
            if self._cancelled:
                return
            value = self.call()
            if hasattr(value, "__await__"):  # a plain function that returned an awaitable
                self._calls.spawn(self, value, contextvars.copy_context())
            else:
                self.finish(value)
        except BaseException as failure:
            self.fail(failure)

    def start_task(self, loop, awaitable, context):
        """On the loop's thread."""
        if self._cancelled:
            if hasattr(awaitable, "close"):
                awaitable.close()
            return
        self._loop = loop
        self._task = loop.create_task(self._awaited(awaitable), context=context)
        _tasks.add(self._task)
        self._task.add_done_callback(_look)

    async def _awaited(self, awaitable):
        from asyncio import CancelledError

        try:
            self.finish(await (self.call() if awaitable is None else awaitable))
        except CancelledError as failure:
            if self._cancelled:
                raise
            self.fail(failure)  # the function cancelled itself
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as failure:
            self.fail(failure)

    def cancel(self):
        self._cancelled = True
        if self._task is not None:
            _call_soon(self._loop, self._task.cancel)

    def _log(self, words, failure):
        try:
            import logging

            logger = logging.getLogger("cortex")
            if not logger.handlers:
                logger.addHandler(logging.NullHandler())  # a library does not print where nobody asked for a log
            logger.warning(words, self._request.name, self._request.call_id, exc_info=failure)
        except Exception:
            pass  # a handler of the program's that fails must not take the answer with it


class _ToolJob(_Job):
    __slots__ = ("_context",)

    def __init__(self, calls, tool, request):
        super().__init__(calls, tool, request)
        self._context = ToolContext(request.session_id, request.user_id, request.call_id)

    @property
    def is_async(self):
        return self._tool.is_async

    def call(self):
        return self._tool._call(json.loads(self._request.arguments or "{}"), self._context)

    def finish(self, value):
        content, attachments = outcome(value)
        self._answer(content, attachments, False)

    def fail(self, failure):
        self._log("tool %s failed (call %s)", failure)
        self._answer(failure_text(failure), (), True)

    def cancel(self):
        self._context._cancel()
        super().cancel()

    def _answer(self, content, attachments, is_error):
        if self._calls.close(self._request.request_id) and (run := self._calls.run()) is not None:
            run.answer_tool(self._request.request_id, content, attachments, is_error)


class _ApprovalJob(_Job):
    __slots__ = ()

    @property
    def is_async(self):
        from ._tool_schema import is_async

        return is_async(self._tool.approve)

    def call(self):
        request = self._request
        return self._tool.approve(ToolCall(request.name, json.loads(request.arguments or "{}"), request.call_id, request.session_id,
                                           request.user_id))

    def finish(self, value):
        if isinstance(value, Approval):
            allowed, reason, arguments = bool(value.allowed), value.reason, value.arguments
        elif isinstance(value, bool):
            allowed, reason, arguments = value, "", None
        elif isinstance(value, str):
            allowed, reason, arguments = False, value, None
        elif isinstance(value, dict):
            allowed, reason, arguments = True, "", value
        else:
            raise TypeError(f"an approve function returned {type(value).__name__}; expected True, False, a reason for denial, a dict "
                            "of arguments, or a cortex.Approval")
        self._answer(allowed, str(reason or ""), "" if arguments is None else text(plain(arguments)))

    def fail(self, failure):
        """What cannot be decided is denied. The model learns no more than that: the text is for the log."""
        self._log("the approval of tool %s failed (call %s)", failure)
        self._answer(False, "The call could not be approved.", "")

    def _answer(self, allowed, reason, arguments):
        if self._calls.close(self._request.request_id) and (run := self._calls.run()) is not None:
            run.answer_approval(self._request.request_id, allowed, reason or ("" if allowed else "The call was not approved."), arguments)


def _look(task):
    """Takes note of what ended a task, so that asyncio does not complain that nobody did."""
    _tasks.discard(task)
    if not task.cancelled():
        task.exception()


def _call_soon(loop, function):
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:
        pass  # the loop is closed, and its tasks with it


def _serve(loop):
    """The life of a blocking run's own event loop, on a thread of the pool."""
    import asyncio

    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
