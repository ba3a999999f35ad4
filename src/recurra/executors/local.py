"""Work done by processes of this machine."""

from __future__ import annotations

import atexit
import contextlib
import pickle
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from recurra.errors import WorkerError
from recurra.executors.worker import DiedError, Worker
from recurra.options import whole

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(Executor):
    """Processes of this machine that each do one piece at a time.

    They are started afresh (``spawn``), with one torch thread each unless ``threads`` says more: so
    the figures of a piece depend neither on the number of workers nor on that of processors. One
    that dies, killed or out of memory, takes nobody with it: its piece is done again by a fresh
    one, ``retries`` times at most. When a ``with`` block is left by an error or Ctrl-C, when the
    program ends and when it is killed, all of them end at once.

    Args:
        workers: Processes, at least 1; no more are started than there is work.
        retries: How often a piece is done again whose process died, at least 0.
        threads: torch's threads in each, at least 1.

    Raises:
        OptionError: If one is out of range.
    """

    def __init__(self, workers: int, *, retries: int = 2, threads: int = 1) -> None:
        self._most = whole("workers", workers, 1)
        whole("retries", retries, 0)
        whole("threads", threads, 1)
        self._hand = _Hand(retries, threads)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closed = False
        atexit.register(self._hand.end)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Has ``fn(*args, **kwargs)`` done.

        Its future raises what the piece raised; :class:`~recurra.errors.WorkerError` if its process
        died each time. Cancelled, the piece is ended at once.

        Raises:
            RuntimeError: If the executor is closed.
            PicklingError: If the piece cannot be sent to a process.
        """
        future: Future[T] = Future()
        packed = pickle.dumps((fn, args, kwargs))
        with self._lock:
            if self._closed:
                raise RuntimeError("the executor is closed")
            future.add_done_callback(self._hand.take_back)
            self._hand.waiting.put((packed, future))
            if len(self._threads) < self._most:
                thread = threading.Thread(target=self._hand.work, daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work.

        Args:
            wait: Whether to return only when all is done.
            cancel_futures: Whether pieces that have not begun are left undone.
        """
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in self._threads:
                    self._hand.waiting.put(None)
        if cancel_futures:
            self._hand.cancel()
        if wait:
            for thread in self._threads:
                thread.join()
            atexit.unregister(self._hand.end)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.shutdown(wait=False, cancel_futures=True)
            self._hand.end()
        self.shutdown(wait=True)


@dataclass
class _Hand:
    """What the threads share, each of which looks after a worker."""

    retries: int
    threads: int
    waiting: queue.SimpleQueue[tuple[bytes, Future[Any]] | None] = field(
        default_factory=queue.SimpleQueue
    )
    ended: bool = False
    workers: set[Worker] = field(default_factory=set)
    at_work: dict[Future[Any], Worker] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Does pieces until there are no more."""
        worker: Worker | None = None
        while (taken := self.waiting.get()) is not None:
            packed, future = taken
            worker, settle = self._finish(packed, future, worker)
            # Up to here it can be cancelled.
            if future.set_running_or_notify_cancel():
                settle()
        if worker is not None:
            self._let_go(worker)

    def _finish(
        self, packed: bytes, future: Future[Any], worker: Worker | None
    ) -> tuple[Worker | None, Callable[[], None]]:
        """Does a piece, again where its worker dies; gives the worker that is left, and the end."""
        for left in reversed(range(self.retries + 1)):
            if future.cancelled():
                break
            try:
                worker = worker or self._fresh()
                result = self._do(packed, future, worker)
            except DiedError as died:
                assert worker is not None
                self._let_go(worker)
                worker = None
                if self.ended:
                    break
                if died.by_itself or not left:
                    return None, partial(future.set_exception, _lost(died, self.retries + 1))
            except BaseException as error:
                return worker, partial(future.set_exception, error)
            else:
                return worker, partial(future.set_result, result)
        return worker, partial(future.set_exception, CancelledError())

    def _do(self, packed: bytes, future: Future[Any], worker: Worker) -> Any:
        with self.lock:
            if future.cancelled():
                raise CancelledError
            self.at_work[future] = worker
        try:
            return worker.do(packed)
        finally:
            with self.lock:
                if self.at_work.pop(future, None) is None:
                    # It may have been done just before its worker was ended, which is no use now.
                    raise DiedError(None, began=True)

    def take_back(self, future: Future[Any]) -> None:
        """Ends the worker of a piece that was cancelled."""
        with self.lock:
            worker = self.at_work.pop(future, None)
            if worker is not None:
                worker.kill()

    def _fresh(self) -> Worker:
        with self.lock:
            if self.ended:
                raise CancelledError
            worker = Worker(self.threads)
            self.workers.add(worker)
        return worker

    def _let_go(self, worker: Worker) -> None:
        with self.lock:
            self.workers.discard(worker)
        worker.end()

    def cancel(self) -> None:
        """Leaves undone what has not begun."""
        kept = 0
        with contextlib.suppress(queue.Empty):
            while True:
                taken = self.waiting.get_nowait()
                if taken is None:
                    kept += 1
                else:
                    taken[1].cancel()
        for _ in range(kept):
            self.waiting.put(None)

    def end(self) -> None:
        """Ends all workers at once."""
        with self.lock:
            self.ended, workers = True, list(self.workers)
        for worker in workers:
            worker.end()


def _lost(died: DiedError, times: int) -> WorkerError:
    how = _ending(died.code)
    if died.by_itself:
        return WorkerError(
            f"a worker process ended before it took any work ({how})",
            "a program that can be imported without starting anything",
            "look at what the process said; if it is a script that calls this, put what it runs "
            'under: if __name__ == "__main__":',
        )
    return WorkerError(
        f"the process of a piece of work ended {times} times before the piece was done ({how})",
        "room for as many pieces at once as there are workers",
        "fewer workers, if memory runs out; with one worker the log of the system says more",
    )


def _ending(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"
