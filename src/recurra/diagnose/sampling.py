"""What of a batch is measured."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.diagnose.strands import Strand
from recurra.diagnose.sweep import Extent, live
from recurra.errors import DataError, OptionError
from recurra.layers.options import positive

EXACT = 32
"""The widest joint state whose Jacobian is followed in all directions unless asked otherwise."""

PROBES = 6
"""Random directions that are followed otherwise."""

PROBE_ROWS = 4
"""Rows at most whose Jacobians are measured."""


@dataclass(frozen=True)
class Sampling:
    """How much is measured, as the user said.

    Attributes:
        rows: Rows whose gradients are followed, at most.
        probes: Directions in which Jacobians are followed; None for our choice.
        steps: Steps followed back from the end, at most; None for all.
        seed: Of random directions.

    Raises:
        OptionError: If one is out of range.
    """

    rows: int
    probes: int | None
    steps: int | None
    seed: int

    def __post_init__(self) -> None:
        positive("rows", self.rows)
        if self.probes is not None:
            positive("probes", self.probes)
        if self.steps is not None and positive("steps", self.steps) < 2:
            raise OptionError(f"steps={self.steps}", "a whole number of at least 2, or None")
        whole = isinstance(self.seed, int) and not isinstance(self.seed, bool)
        if not whole or not 0 <= self.seed < 2**63:
            raise OptionError(f"seed={self.seed!r}", "a whole number from 0 to 2**63 - 1")

    def extent(self, strand: Strand) -> Extent:
        """What is measured of a strand."""
        first, ended = _stretch(strand)
        longest = int(ended.max())
        start = 0
        if self.steps is not None:
            start = max(0, longest - -(-self.steps // strand.dilation))
        if longest == 0:
            raise DataError(
                f"states of {strand.layer.cell.name} that overflow at the first step",
                "finite states",
                "scale the batch, or look for weights that have grown out of bounds",
            )
        first = first.clamp(min=start)
        chosen = _longest(ended - first, min(self.rows, PROBE_ROWS))
        return Extent(
            gradient_rows=self._gradient_rows(strand),
            probe_rows=chosen,
            first=first[chosen],
            ended=ended[chosen],
            probes=self._probes(strand),
            start=start,
            seed=self.seed,
        )

    def _gradient_rows(self, strand: Strand) -> Tensor:
        """Rows of the batch, and all rows of a dilated strand that each became."""
        batch = torch.tensor(spread(range(strand.rows), self.rows))
        parts = torch.arange(strand.dilation).unsqueeze(1) * strand.rows
        return (parts + batch).flatten()

    def _probes(self, strand: Strand) -> int:
        width = sum(part.shape[1] for part in strand.task.state)
        if self.probes is not None:
            return min(self.probes, width)
        return width if width <= EXACT else PROBES


def _stretch(strand: Strand) -> tuple[Tensor, Tensor]:
    """From which step on each row counts, and before which it ends, (R,) each."""
    running = live(strand)
    for part in strand.every:
        # From where a state has overflowed there is nothing to be seen.
        running = running & part.isfinite().all(-1).cpu()
    ended = running.long().cumprod(0).sum(0)
    first = torch.zeros_like(ended)
    if strand.task.reset is not None:
        t = torch.arange(len(running)).unsqueeze(1)
        fresh = strand.task.reset.cpu() & (t < ended)
        first = torch.where(fresh, t, 0).amax(0)
    return first, ended


def _longest(stretch: Tensor, count: int) -> Tensor:
    """The rows that are longest; of many alike evenly spaced ones."""
    alike = (stretch == stretch.max()).nonzero().flatten()
    if len(alike) >= count:
        return alike[spread(range(len(alike)), count)]
    return stretch.argsort(descending=True, stable=True)[:count]


def spread(places: range, count: int) -> list[int]:
    """At most so many of them, evenly spaced."""
    if len(places) <= count:
        return list(places)
    return [places[n * len(places) // count] for n in range(count)]
