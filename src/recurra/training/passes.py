"""Batches without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Batch = TypeVar("Batch")


def passes(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Pass after pass over batches, which may come in another order each time.

    Args:
        batches: At least one a pass, such as :class:`LengthBuckets`; no iterator, which is over
            after one.
    """
    while True:
        yield from batches
