"""How far the ink of two drawings lies apart."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import numpy as np
import torch
from drawings import Drawing
from torch import Tensor


def distance(one: Sequence[Tensor], two: Sequence[Tensor]) -> float:
    """From a point of one drawing to the nearest of the other, the mean of both ways, in pixels.

    Points a pixel apart along the strokes count alike (the chamfer distance).
    """
    apart = torch.cdist(_ink(one), _ink(two))
    return float(apart.min(0).values.mean() + apart.min(1).values.mean()) / 2


def another_hand(drawings: Sequence[Drawing]) -> float:
    """The mean distance of a drawing from the next person's of the same character."""
    found = []
    for name in sorted({drawing.character for drawing in drawings}):
        alike = [drawing.strokes for drawing in drawings if drawing.character == name]
        pairs = zip(alike, [*alike[1:], alike[0]], strict=True)
        found += [distance(one, two) for one, two in pairs]
    return mean(found)


def _ink(strokes: Sequence[Tensor]) -> Tensor:
    return torch.cat([_dense(stroke) for stroke in strokes])


def _dense(stroke: Tensor) -> Tensor:
    legs = np.hypot(*np.diff(stroke.numpy(), axis=0).T)
    along = np.concatenate([[0], np.cumsum(legs)])
    places = np.arange(0, along[-1] + 1)
    dense = [np.interp(places, along, numbers) for numbers in stroke.numpy().T]
    return torch.tensor(np.stack(dense, 1), dtype=torch.float32)
