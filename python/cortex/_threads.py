"""Threads for plain functions that a model calls.

The standard pool joins its threads when the interpreter ends, so one tool that never returns would keep the program alive for
ever. These threads are daemons. Their number has no limit of its own, because a tool may start a turn whose tools need threads
too; the engine limits the calls of each turn.
"""

import os
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread

_IDLE_SECONDS = 10.0  # how long a thread without work waits for more


class Pool:
    def __init__(self):
        self._work = SimpleQueue()
        self._idle = Semaphore(0)

    def submit(self, function):
        """Runs the function, which must not raise, on a thread of the pool. RuntimeError where no thread can be started."""
        if self._idle.acquire(blocking=False):
            self._work.put(function)
            return
        Thread(target=self._serve, args=([function],), name="cortex-tool", daemon=True).start()

    def _serve(self, first):
        function = first.pop()  # the thread itself remembers its arguments for as long as it lives
        while True:
            function()
            del function  # what it holds is not kept alive by a thread that waits
            self._idle.release()
            try:
                function = self._work.get(timeout=_IDLE_SECONDS)
            except Empty:
                if self._idle.acquire(blocking=False):
                    return
                function = self._work.get()  # work was put for this thread in the meantime


_pool = Pool()


def submit(function):
    _pool.submit(function)


def _in_child():
    global _pool
    _pool = Pool()  # a forked child has none of the threads


os.register_at_fork(after_in_child=_in_child)
