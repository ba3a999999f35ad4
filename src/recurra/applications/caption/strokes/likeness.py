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
    each = torch.cdist(_ink(one), _ink(two))
    return float(each.min(0).values.mean() + each.min(1).values.mean()) / 2


def _ink(strokes: Sequence[Stroke]) -> Tensor:
    """Points about one apart along strokes, (P, 2)."""
    return torch.cat([evenly(torch.from_numpy(stroke), 1.0) for stroke in strokes])
