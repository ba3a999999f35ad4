"""How far the ink of two drawings lies apart."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from recurra.applications.caption.strokes.notation import Stroke
from recurra.applications.caption.strokes.sequences import evenly


def distance(one: Sequence[Stroke], two: Sequence[Stroke]) -> float:
    """From a point of one drawing to the nearest of the other, the mean of both ways.

    Points about one apart along the strokes count alike (the chamfer distance).
    """
    return apart(*(ink([torch.from_numpy(stroke) for stroke in some], 1.0) for some in (one, two)))


def apart(one: Tensor, two: Tensor) -> float:
    """The same of points (P, 2) and (Q, 2), at least one of each."""
    each = torch.cdist(one, two)
    return float(each.min(0).values.mean() + each.min(1).values.mean()) / 2


def ink(strokes: Sequence[Tensor], spacing: float) -> Tensor:
    """Points about so far apart along strokes, (P, 2)."""
    return torch.cat([evenly(stroke, spacing) for stroke in strokes])
