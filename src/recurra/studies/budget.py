"""How many units a cell may have for its parameters to fit a budget."""

from __future__ import annotations

from functools import cache

from recurra.cells import find
from recurra.errors import CellError, OptionError
from recurra.layers import Recurrent


@cache
def hidden_size(cell: str, input_size: int, layers: int, budget: int) -> int:
    """The most units with which recurrent layers have no more parameters than the budget.

    Raises:
        OptionError: If even the smallest have more.
    """
    low, high = 0, 1
    while _fits(cell, input_size, layers, high, budget):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _fits(cell, input_size, layers, middle, budget):
            low = middle
        else:
            high = middle
    units = _allowed(cell, input_size, layers, low)
    if units is None:
        raise OptionError(
            f"at most {budget} parameters for {cell} on inputs of {input_size} numbers",
            "enough for a layer of this cell",
            "raise parameters in the budget",
        )
    return units


def _fits(cell: str, input_size: int, layers: int, units: int, budget: int) -> bool:
    allowed = _allowed(cell, input_size, layers, units)
    # Where a cell needs more units than these, they are too few and not too many.
    return allowed is None or _count(cell, input_size, layers, allowed) <= budget


def _allowed(cell: str, input_size: int, layers: int, units: int) -> int | None:
    """The number of units next below that the cell can be made with; some divide them."""
    for fewer in range(units, 0, -1):
        try:
            _count(cell, input_size, layers, fewer)
        except CellError:
            continue
        return fewer
    return None


@cache
def _count(cell: str, input_size: int, layers: int, units: int) -> int:
    made = Recurrent(find(cell)(), input_size, units, num_layers=layers, device="meta")
    return sum(parameter.numel() for parameter in made.parameters())
