"""How many units a cell may have for its parameters to fit a budget."""

from __future__ import annotations

from recurra import Cell, Recurrent
from recurra.errors import CellError


def hidden_size(cell: Cell | str, input_size: int, budget: int) -> int:
    """The most units with which a layer has no more parameters than the budget.

    Raises:
        ValueError: If even the smallest layer has more.
    """
    low, high = 0, 1
    while _fits(cell, input_size, high, budget):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _fits(cell, input_size, middle, budget):
            low = middle
        else:
            high = middle
    units = _allowed(cell, input_size, low)
    if units is None:
        raise ValueError(f"no layer of {cell} has at most {budget} parameters")
    return units


def _fits(cell: Cell | str, input_size: int, units: int, budget: int) -> bool:
    allowed = _allowed(cell, input_size, units)
    # Where a cell needs more units than these, they are too few and not too many.
    return allowed is None or _count(cell, input_size, allowed) <= budget


def _allowed(cell: Cell | str, input_size: int, units: int) -> int | None:
    """The number of units next below that the cell can be made with; some divide them."""
    for fewer in range(units, 0, -1):
        try:
            _count(cell, input_size, fewer)
        except CellError:
            continue
        return fewer
    return None


def _count(cell: Cell | str, input_size: int, units: int) -> int:
    layer = Recurrent(cell, input_size, units, device="meta")
    return sum(parameter.numel() for parameter in layer.parameters())
