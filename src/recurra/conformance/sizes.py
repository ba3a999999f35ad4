"""How small a layer of a cell can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import torch

from recurra.errors import CellError
from recurra.language import Cell, trace
from recurra.layers import Recurrent

_INPUTS = (3, 2, 4, 5, 6, 7, 8, 1)
_UNITS = (4, *range(5, 65))


@dataclass(frozen=True)
class Sizes:
    """The sizes of a small stack of layers.

    Attributes:
        layers: Two; one if the cell cannot be stacked.
        inputs: I, other than H, so that nobody takes one for the other.
        units: H.
    """

    layers: int
    inputs: int
    units: int


@cache
def sizes(cell: Cell, least: int = 4) -> Sizes:
    """The smallest sizes that a cell can have.

    Args:
        cell: The cell.
        least: The least number of units, at most 4.

    Raises:
        CellError: If its equations cannot be read, or no small layer can have it.
    """
    trace(cell)
    units = (*range(least, 4), *_UNITS)
    for layers, size, inputs in product((2, 1), units, _INPUTS):
        if inputs != size and _fits(cell, found := Sizes(layers, inputs, size)):
            return found
    raise CellError(
        f"the cell {cell.name}, of which no layer can be made",
        f"one that fits some size of the input up to 8 and {_UNITS[-1]} units at most",
    )


def _fits(cell: Cell, found: Sizes) -> bool:
    # Drawn apart, so that it makes no difference whether this was already known.
    with torch.random.fork_rng(devices=[]):
        try:
            layer = Recurrent(cell, found.inputs, found.units, found.layers, bidirectional=True)
            layer(torch.zeros(1, 1, found.inputs))
        except CellError:
            return False
        return True
