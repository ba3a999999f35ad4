"""Units that say nothing: their output is the same at all steps of all rows."""

from __future__ import annotations

import torch

from recurra.diagnose.strands import Strand
from recurra.diagnose.sweep import live

EVEN = 1e-6
"""Values that differ by no more than this share of the largest, or than this, are the same."""


def dead_units(strand: Strand) -> tuple[int, ...]:
    """The numbers of the units whose output never changes; a relu that never opens is one."""
    outputs = strand.output[live(strand).to(strand.output.device)]
    if len(outputs) < 2:
        return ()
    low, high = outputs.aminmax(dim=0)
    even = high - low <= EVEN * torch.maximum(low.abs(), high.abs()).clamp(min=1.0)
    return tuple(int(unit) for unit in even.nonzero().flatten())
