"""A regulariser as it stands in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.catalogue import described
from recurra.catalogue.described import Option
from recurra.cells import LSTM, Elman, Projected, Wrapper, wrappers
from recurra.errors import CellError
from recurra.language import Cell, trace


@dataclass(frozen=True)
class Regulariser:
    """A class that makes a cell of a cell.

    Attributes:
        kind: The class.
    """

    kind: type[Wrapper]

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.kind.__name__

    @property
    def citation(self) -> str:
        """What it does, and where it was published."""
        return described.citation(self.kind)

    @property
    def options(self) -> tuple[Option, ...]:
        """Its options, the cell within aside."""
        return described.options(self.kind)

    def suits(self, cell: Cell) -> bool:
        """Whether the cell has what it needs."""
        try:
            trace(self.kind(cell), training=True)
        except CellError:
            return False
        return True

    def example(self) -> Cell:
        """A plain cell so changed."""
        plain: Cell = Elman() if self.suits(Elman()) else LSTM()
        return self.kind(plain)


def regularisers() -> list[Regulariser]:
    """Every regulariser of the package, by name."""
    kinds = (getattr(wrappers, name) for name in wrappers.__all__)
    # A projection is an option of the layer.
    return [Regulariser(kind) for kind in kinds if kind not in {Wrapper, Projected}]
