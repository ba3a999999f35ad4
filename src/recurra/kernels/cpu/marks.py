"""What passes are told of each step beside its numbers."""

from __future__ import annotations

from collections.abc import Hashable

import torch
from torch import Tensor

from recurra.kernels.cpu.passes import CUT
from recurra.kernels.cpu.whole import FRESH, RUNNING
from recurra.kernels.network import Given


def marks(given: Given, truncate: int | None) -> dict[Hashable, Tensor]:
    """Whether rows run, start afresh and are cut off at each step, as numbers, (T, B).

    Args:
        given: What a network is run on.
        truncate: Every how many steps the gradient is cut; None for never.
    """
    steps, rows, _ = given.x.shape
    dtype = given.x.dtype
    numbers = torch.arange(steps, device=given.x.device).unsqueeze(1)
    found: dict[Hashable, Tensor] = {}
    running = None
    if given.lengths is not None:
        running = numbers < given.lengths
        found[RUNNING] = running.to(dtype)
    for direction in (0, 1):
        if given.resets is not None:
            resets = given.resets[direction].to(dtype)
            found[FRESH, direction] = resets.expand(steps, rows).contiguous()
        if truncate is not None:
            read = _from_the_end(given, numbers) if direction else numbers.expand(steps, rows)
            cut = (read % truncate == 0) & (read > 0)
            # After a row's end nothing is cut: its state is what it ended with.
            cut = cut if running is None else cut & running
            found[CUT, direction] = cut.to(dtype).contiguous()
    return found


def _from_the_end(given: Given, numbers: Tensor) -> Tensor:
    """The number of each step as a row is read from its end, (T, B)."""
    lengths = len(numbers) if given.lengths is None else given.lengths
    return (lengths - 1 - numbers).expand(len(numbers), given.x.shape[1])
