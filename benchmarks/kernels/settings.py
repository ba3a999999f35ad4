"""How thoroughly to measure, and where the peers live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import shapes
from shapes import Shape

ROOT = Path(__file__).resolve().parents[2]
JAX = ROOT / ".bench" / "jax" / "bin" / "python"
"""The interpreter that has JAX; ``make bench-peers`` sets it up."""


@dataclass(frozen=True)
class Settings:
    """What a part is asked to do.

    Attributes:
        rounds: How often each contestant is timed, at least.
        small: Whether only the smallest shapes are run, to see that the programs work.
        cells: The only cells of the parts that measure every cell; all if empty.
    """

    rounds: int = 10
    small: bool = False
    cells: tuple[str, ...] = ()

    @property
    def drop_in(self) -> tuple[Shape, ...]:
        """Where the layers of torch.nn are met."""
        return shapes.SMALL if self.small else shapes.DROP_IN

    @property
    def every_cell(self) -> tuple[Shape, ...]:
        """Where every cell is measured."""
        return shapes.SMALL[1:] if self.small else shapes.EVERY_CELL

    @property
    def beside_torchrecurrent(self) -> tuple[Shape, ...]:
        """Where a cell that torchrecurrent has is measured."""
        return self.every_cell if self.small else (*shapes.EVERY_CELL, shapes.LONG)

    @property
    def threads(self) -> tuple[int, ...]:
        """One thread, and two where there are two cores."""
        return (1, 2) if (os.cpu_count() or 1) > 1 else (1,)

    def chosen(self, names: list[str]) -> list[str]:
        """Those of the cells that are to be measured."""
        return [name for name in names if not self.cells or name in self.cells]
