"""Work done by a Ray cluster."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from recurra.errors import WorkerError
from recurra.executors.worker import keep_to
from recurra.libraries import library
from recurra.options import whole

P = ParamSpec("P")
T = TypeVar("T")

LOCAL = "local"

REACHED = 10.0
"""Seconds in which a cluster must answer."""


class RayExecutor(Executor):
    """A Ray cluster, each piece a task of it: Ray says where, and does again what a machine lost.

    Each task takes ``threads`` of the cluster's processors. The machines of a cluster have Recurra
    and the same Python installed. With ``"local"`` Ray runs on this machine alone, for as long as
    the executor is open; it takes work only from who has this user's token, as Ray does by itself.
    Ray's page in a browser and its report of usage to its makers are off.

    A program that has called ``ray.init`` already goes on with that cluster, whatever ``address``
    says.

    Args:
        address: ``"local"``, ``"auto"`` (the cluster that this machine is part of) or
            ``"HOST:PORT"``.
        retries: How often a task is done again whose process or machine died, at least 0.
        threads: Processors a task, and torch's threads in it, at least 1.

    Raises:
        OptionError: If a number is out of range, or Ray is not installed.
        WorkerError: If the cluster cannot be reached.
    """

    def __init__(self, address: str = LOCAL, *, retries: int = 2, threads: int = 1) -> None:
        whole("retries", retries, 0)
        whole("threads", threads, 1)
        self._ray = _library()
        self._options = {"max_retries": retries, "num_cpus": threads}
        self._threads = threads
        self._own = not self._ray.is_initialized()
        self._closed = False
        self._running: dict[Future[Any], Any] = {}
        if self._own:
            _join(self._ray, address)
        self._task = self._ray.remote(_piece)

    @property
    def width(self) -> int:
        """Tasks that the processors of the cluster, as it is now, do at once; at least 1."""
        processors = self._ray.cluster_resources().get("CPU", 0)
        return max(1, int(processors) // self._threads)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Has ``fn(*args, **kwargs)`` done.

        Its future raises what the piece raised; :class:`~recurra.errors.WorkerError` if its process
        or machine died each time. Cancelled, the task is taken back from the cluster.

        Raises:
            RuntimeError: If the executor is closed.
        """
        if self._closed:
            raise RuntimeError("the executor is closed")
        future: Future[T] = Future()
        found = self._task.options(**self._options).remote(self._threads, fn, args, kwargs)
        self._running[future] = found
        future.add_done_callback(self._forget)
        found.future().add_done_callback(lambda done: self._pass_on(done, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work, and leaves the cluster.

        Args:
            wait: Whether to wait until all is done; otherwise what runs is taken back.
            cancel_futures: Whether what is not done is taken back in any case.
        """
        if self._closed:
            return
        self._closed = True
        waiting = list(self._running)
        if cancel_futures or not wait:
            for future in waiting:
                future.cancel()
        else:
            for future in waiting:
                future.exception()
        if self._own:
            self._ray.shutdown()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown(wait=True, cancel_futures=kind is not None)

    def _forget(self, future: Future[Any]) -> None:
        task = self._running.pop(future, None)
        if future.cancelled() and self._ray.is_initialized():
            self._ray.cancel(task, force=True)

    def _pass_on(self, done: Future[Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        error = done.exception()
        if error is None:
            future.set_result(done.result())
        else:
            future.set_exception(_told(error, self._ray.exceptions))


def _piece(threads: int, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    keep_to(threads)
    return fn(*args, **kwargs)


def _library() -> Any:
    # Read by Ray when it is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    return library("ray", package="ray", use="work for a Ray cluster", extra="ray")


def _join(ray: Any, address: str) -> None:
    try:
        _reach(address)
        ray.init(
            address=address,
            include_dashboard=False if address == LOCAL else None,
            logging_level="ERROR",
            log_to_driver=False,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise WorkerError(
            f"the Ray cluster {address!r} cannot be joined: {error}",
            '"local", "auto" on a machine of a cluster, or its HOST:PORT',
            "ray start --head on one machine, and ray start --address=HOST:PORT on the others",
        ) from error


def _reach(address: str) -> None:
    """Ray itself would wait for minutes where nothing answers."""
    host, colon, port = address.rpartition(":")
    if colon:
        socket.create_connection((host.strip("[]"), int(port)), timeout=REACHED).close()


def _told(error: BaseException, kinds: Any) -> BaseException:
    """What happened to a task, in Recurra's words where Ray itself failed."""
    if isinstance(error, kinds.TaskCancelledError):
        return CancelledError()
    if isinstance(error, kinds.RayTaskError):
        cause = error.cause if isinstance(error.cause, Exception) else error
        cause.add_note(f"In the task of Ray:\n{error}")
        return cause
    return WorkerError(
        f"Ray could not finish a piece of work: {error}",
        "a process and a machine that live until the piece is done",
        "fewer pieces at once, if memory runs out; ray status shows the cluster",
    )
