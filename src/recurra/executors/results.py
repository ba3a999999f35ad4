"""Many pieces of work handed out, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Executor, Future, wait
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def submitted(executor: Executor, calls: Iterable[Callable[[], T]]) -> Iterator[list[Future[T]]]:
    """Pieces of work at an executor; an error or Ctrl-C, here or in the block, cancels all.

    Args:
        executor: Who does them.
        calls: Each a piece, such as a ``functools.partial`` of a function of a module.
    """
    futures: list[Future[T]] = []
    try:
        for call in calls:
            futures.append(executor.submit(call))  # noqa: PERF401 - those so far are to be seen
        yield futures
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def results(executor: Executor, calls: Iterable[Callable[[], T]]) -> list[T]:
    """What came of pieces of work, in this order; see :func:`submitted`.

    Raises:
        BaseException: What one of them raised, as soon as it did; what was at work then is ended.
    """
    with submitted(executor, calls) as futures:
        wait(futures, return_when=FIRST_EXCEPTION)
        for future in filter(Future.done, futures):
            future.result()
        return [future.result() for future in futures]
