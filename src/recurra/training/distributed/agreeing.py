"""What processes that share a training decide alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from recurra.training.callback import Callback
from recurra.training.distributed.ranks import is_first, ranks

T = TypeVar("T")


def by_first(make: Callable[[], T]) -> T:
    """What the first process finds, told to all; with one process, what it finds."""
    there = ranks()
    return make() if there is None else there.from_first(make)


def stopped(wished: bool) -> bool:
    """Whether any process wishes to stop."""
    there = ranks()
    return wished if there is None else bool(there.most([int(wished)])[0])


def shown(callbacks: Sequence[Callback]) -> Sequence[Callback]:
    """The callbacks that serve this process."""
    return callbacks if is_first() else [one for one in callbacks if not one.first_only]
