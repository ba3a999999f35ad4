"""What all cells made of a cell have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import Cell, Expression, Initial, Width


@dataclass(frozen=True)
class Wrapper(Cell):
    """A cell that changes another cell's equations.

    It has the states, inputs and parameters of the cell within.

    Args:
        cell: The cell within; it may be such a cell itself.
    """

    cell: Cell

    def __post_init__(self) -> None:
        given: object = self.cell
        if not isinstance(given, Cell):
            name = type(self).__name__
            raise CellError(
                f"{name}({given!r}, ...)",
                "a cell to be changed",
                f"write {name}(recurra.cells.LSTM(), ...)",
            )

    @property
    def states(self) -> tuple[str, ...]:
        """Those of the cell within."""
        return self.cell.states

    @property
    def output(self) -> str:
        """That of the cell within."""
        return self.cell.output

    @property
    def year(self) -> int | None:
        """That of the cell within."""
        return self.cell.year

    @property
    def widths(self) -> Mapping[str, Width]:
        """Those of the cell within."""
        return self.cell.widths

    @property
    def initial(self) -> Mapping[str, Initial]:
        """Those of the cell within."""
        return self.cell.initial

    @property
    def inputs(self) -> tuple[str, ...]:
        """Those of the cell within."""
        return self.cell.inputs

    @property
    def name(self) -> str:
        """Its own name, and that of the cell within in brackets."""
        return f"{type(self).__name__}({self.cell.name})"


def share(name: str, rate: float) -> None:
    """Checks a chance of being left out.

    Raises:
        CellError: If it is not from 0 up to but not 1.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
        raise CellError(f"{name}={rate!r}", "a share from 0 up to but not 1")


def results(stepped: Expression | tuple[Expression, ...]) -> tuple[Expression, ...]:
    """What a step returned, as a tuple."""
    return stepped if isinstance(stepped, tuple) else (stepped,)
