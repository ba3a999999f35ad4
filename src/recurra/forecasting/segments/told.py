"""What a network says of some windows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.frames import Frame, Framed
from recurra.forecasting.segments.heads import Distribution
from recurra.forecasting.segments.smoothing import SmoothedFrame


@dataclass(frozen=True)
class Told:
    """A distribution of every step ahead of some windows.

    Attributes:
        distribution: Its kind.
        frame: The units of the windows.
        framed: The windows in them.
        place: (B, K), in them.
        further: What the kind asks for beside it, (B, K, P).
        unit: What one of the batch's numbers is worth in the unit of the series, (B, 1).
    """

    distribution: Distribution
    frame: Frame | SmoothedFrame
    framed: Framed
    place: Tensor
    further: Tensor
    unit: Tensor

    def loss(self, batch: Batch) -> Tensor:
        """The mean over what counts, ()."""
        truth = self.compared(batch)
        each = self.distribution.loss(self._place, self.further, truth)
        # A truth that does not count may be anything, infinite in these units even.
        each = torch.where(batch.counts > 0, each, each.new_zeros(()))
        return each.sum() / batch.counts.sum().clamp(min=1)

    def compared(self, batch: Batch) -> Tensor:
        """The truth in the unit of the distribution's place, (B, K)."""
        if self.distribution.counts:
            return batch.future * self.unit
        return self.frame.ahead(batch.future, self.framed)

    def errors(self, batch: Batch) -> Tensor:
        """Of the place, those that count, (N,)."""
        return (self.compared(batch) - self._place)[batch.counts > 0]

    def quantiles(self, at: Tensor) -> Tensor:
        """In the units of the batch, (B, K, Q)."""
        found = self.distribution.quantile(self._place, self.further, at)
        if self.distribution.counts:
            return found / self.unit.unsqueeze(-1)
        # A season that is smoothed is of the steps, not of the quantiles.
        each = [self.frame.restored(one, self.framed) for one in found.unbind(-1)]
        return torch.stack(each, -1)

    @property
    def _place(self) -> Tensor:
        if not self.distribution.counts:
            return self.place
        return self.frame.restored(self.place, self.framed) * self.unit
