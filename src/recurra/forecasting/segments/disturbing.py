"""Windows with a strange stretch in them, so that forecasts learn to look past one.

A blizzard, a strike, a broken meter: a day unlike any other. What a network never saw it follows
blindly; one that has met such days in training goes back to the season before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from recurra.forecasting.segments.batch import Batch

DEEPEST = 2.0
"""Strange stretches are lowered by as many natural logarithms at most."""

HIGHEST = 0.7
"""And raised by as many."""

RAISED = 0.3
"""The share of them that is raised."""


def disturbed(
    batches: Iterator[Batch], share: float, longest: int, generator: torch.Generator
) -> Iterator[Batch]:
    """Multiplies a stretch of some windows by a factor.

    Args:
        batches: As drawn; of values above 0.
        share: Of the windows that are disturbed, from 0 to 1.
        longest: Steps of a stretch, at most; at least a quarter of it.
        generator: Draws which, where, how long and how much.
    """
    for batch in batches:
        factor = torch.where(
            _stretches(batch.past.shape, share, longest, generator),
            torch.exp(_changes(len(batch.past), generator)),
            1.0,
        )
        yield replace(batch, past=batch.past * factor)


def _stretches(shape: torch.Size, share: float, longest: int, generator: torch.Generator) -> Tensor:
    """True in the strange stretches, (B, L)."""
    rows, steps = shape
    least = max(1, longest // 4)
    hit = torch.rand(rows, 1, generator=generator) < share
    start = torch.randint(steps, (rows, 1), generator=generator)
    length = torch.randint(least, longest + 1, (rows, 1), generator=generator)
    places = torch.arange(steps)
    return hit & (places >= start) & (places < start + length)


def _changes(rows: int, generator: torch.Generator) -> Tensor:
    """By how many natural logarithms, (B, 1)."""
    depth = torch.rand(rows, 1, generator=generator)
    raised = torch.rand(rows, 1, generator=generator) < RAISED
    return torch.where(raised, HIGHEST * depth, -DEEPEST * depth)
