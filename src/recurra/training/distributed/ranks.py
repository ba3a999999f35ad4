"""The processes that share a training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from recurra.errors import WorkerError

T = TypeVar("T")


@dataclass(frozen=True)
class Ranks:
    """The processes of torch's process group, of which this is one.

    What these methods do all processes do together, in the same order.

    Attributes:
        rank: The number of this one, from 0.
        count: How many there are, at least 2.

    Raises:
        WorkerError: In each method: another process is gone.
    """

    rank: int
    count: int

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and prints."""
        return self.rank == 0

    def total(self, values: Sequence[float]) -> list[float]:
        """The sums of numbers over all."""
        return self.sum(torch.tensor(values, dtype=torch.float64)).tolist()

    def most(self, values: Sequence[int]) -> list[int]:
        """The greatest of whole numbers, of each place."""
        held = torch.tensor(values)
        with others_there():
            dist.all_reduce(held, dist.ReduceOp.MAX)
        return held.tolist()

    def sum(self, values: Tensor) -> Tensor:
        """The sum of a tensor over all, in its place."""
        with others_there():
            dist.all_reduce(values)
        return values

    def gather(self, one: T) -> list[T]:
        """What each has, in the order of the ranks."""
        found: list[Any] = [None] * self.count
        with others_there():
            dist.all_gather_object(found, one)
        return found

    def from_first(self, make: Callable[[], T]) -> T:
        """What the first process makes; if it raises, all do."""
        box: list[Any] = [None]
        if self.first:
            try:
                box = [(make(), None)]
            except BaseException as error:
                box = [(None, error)]
        with others_there():
            dist.broadcast_object_list(box, src=0)
        made: T
        made, raised = box[0]
        if raised is not None:
            raise raised
        return made


def ranks() -> Ranks | None:
    """Those of this program; None where there is but one process.

    ``torch.distributed.init_process_group`` makes them, which ``recurra ... --processes N`` and
    ``torchrun -m recurra`` call.
    """
    if not (dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1):
        return None
    return Ranks(dist.get_rank(), dist.get_world_size())


def is_first() -> bool:
    """Whether this process writes and prints: the first of several does, and one alone."""
    there = ranks()
    return there is None or there.first


@contextmanager
def others_there() -> Iterator[None]:
    """Says in words that another process is gone, where torch speaks of its connections."""
    try:
        yield
    except RuntimeError as error:
        if not (isinstance(error, dist.DistError) or "gloo" in str(error)):
            raise
        raise WorkerError(
            "another process of this training is gone, or has not answered for a long time",
            "all processes to live until the training ends",
            "look what it said; the same command goes on with --resume",
        ) from error
