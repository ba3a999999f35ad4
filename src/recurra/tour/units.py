"""Networks of one unit, whose weights are set by hand and whose every step is seen."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.explain import Trace, traces
from recurra.layers import Recurrent

Array = NDArray[np.float64]

STEPS = 40
"""T, the steps that the networks are shown."""


def unit(cell: str, **weights: float) -> Recurrent:
    """A layer of one unit: these weights, and all others 0.

    Args:
        cell: The cell's name.
        weights: By the cell's own names.
    """
    layer = Recurrent(cell, 1, 1, dtype=torch.float64).eval()
    with torch.no_grad():
        for name, part in layer.weights(0, "forwards").items():
            part.fill_(weights.get(name, 0.0))
    return layer


def pulses(*places: tuple[int, float], steps: int = STEPS) -> Array:
    """An input that is 0 but for some steps.

    Args:
        places: A step and its value each.
        steps: T.
    """
    found = np.zeros(steps)
    for step, value in places:
        found[step] = value
    return found


def seen(layer: Recurrent, x: Array) -> Trace:
    """What goes on in a layer as it reads a sequence of numbers, (T,)."""
    (found,) = traces(layer, torch.from_numpy(x).reshape(-1, 1, 1))
    return found


def course(values: torch.Tensor) -> Array:
    """The one unit's course, (T,)."""
    found: Array = values[:, 0, 0].numpy()
    return found
