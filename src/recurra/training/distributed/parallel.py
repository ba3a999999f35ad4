"""The gradients of a batch by several processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from recurra.training.backward import backward
from recurra.training.distributed.parts import part, rows_of
from recurra.training.distributed.ranks import Ranks, others_there

B = TypeVar("B")


class Parallel(Generic[B]):
    """A model whose gradients are those of the whole batch, though each process sees a share.

    ``torch.nn.parallel.DistributedDataParallel`` sends the weights of the first process to all and
    takes the mean of their gradients. The mean over the batch is not the mean of its parts' means
    where these are of unequally many rows or steps, so each loss is scaled by its part's weight.

    Each process draws chance of its own (dropout): torch's random state is set anew, from the first
    process's and the rank.

    Args:
        ranks: The processes.
        model: Holds the parameters; the same in all.
        loss: The mean loss of a batch, of shape ().
        weight: Over how much the loss of a batch is the mean; None for its rows.
    """

    def __init__(
        self,
        ranks: Ranks,
        model: nn.Module,
        loss: Callable[[B], Tensor],
        weight: Callable[[B], Tensor | float] | None = None,
    ) -> None:
        self.ranks = ranks
        self._weight = weight
        seed = ranks.from_first(lambda: int(torch.randint(2**60, ())))
        torch.manual_seed(seed + ranks.rank)
        with others_there():
            # Which parameters have a part in a batch may differ from one to the next.
            self._losses = DistributedDataParallel(
                _Losses(model, cast("Callable[[object], Tensor]", loss)),
                find_unused_parameters=True,
            )

    def backward(self, batch: B) -> Tensor:
        """Adds the gradients of the whole batch to ``grad``; gives its mean loss, ().

        Args:
            batch: All of it, the same in each process.
        """
        mine, counts = part(batch, self.ranks.rank, self.ranks.count)
        weight = self._weight_of(mine) if counts else 0.0
        (total,) = self.ranks.total([weight])
        share = weight / total if total else 0.0
        with others_there():
            loss = self._losses(mine)
            # The mean over processes is to be the sum of the shares.
            backward(loss * (share * self.ranks.count))
        return self.ranks.sum(loss.detach() * share)

    def _weight_of(self, mine: B) -> float:
        return float(rows_of(mine) if self._weight is None else self._weight(mine))


class _Losses(nn.Module):
    """A model that gives losses, which is what goes backward."""

    def __init__(self, model: nn.Module, loss: Callable[[object], Tensor]) -> None:
        super().__init__()
        self.model = model
        self.loss = loss

    def forward(self, batch: object) -> Tensor:
        """The mean loss of a batch, ()."""
        return self.loss(batch)
