"""What came of many pieces of work."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def results(futures: Sequence[Future[T]]) -> list[T]:
    """The results in this order; where one failed, or Ctrl-C comes, the others are cancelled.

    Raises:
        BaseException: What the first of those that failed did.
    """
    try:
        return [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise
