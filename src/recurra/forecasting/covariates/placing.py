"""The rows of a table at their places on the grids of all series, end to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.grid import averaged
from recurra.forecasting.panel import Further

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Where each of S series lies in an array that holds all of them.

    Attributes:
        lengths: (S,) the points of each.
        starts: (S,) where each begins.
        size: N, of all together.
    """

    lengths: Whole
    starts: Whole
    size: int

    @classmethod
    def of(cls, lengths: Whole) -> Self:
        """One after the other without a gap."""
        ends = np.cumsum(lengths)
        return cls(lengths, ends - lengths, int(ends[-1]) if len(ends) else 0)

    def inside(self, counts: Whole) -> NDArray[np.bool_]:
        """True at the first ``counts`` (S,) points of each series, (N,)."""
        parts = np.stack([counts, self.lengths - counts], axis=1).ravel()
        return np.repeat(np.tile([True, False], len(counts)), parts)


@dataclass(frozen=True)
class GridRows:
    """M rows of a table on the grids of their series, sorted by series and step.

    Attributes:
        rows: (M,) which row of the table each is.
        series: (M,) the number of its series.
        steps: (M,) the step from the first point of the series; any.
    """

    rows: Whole
    series: Whole
    steps: Whole

    @classmethod
    def of(cls, further: Further) -> Self:
        """Those of a panel's further columns."""
        return cls(further.places, further.series, further.steps)

    def __getitem__(self, chosen: Any) -> GridRows:
        return GridRows(self.rows[chosen], self.series[chosen], self.steps[chosen])


@dataclass(frozen=True)
class Placed:
    """Rows that lie on the grids, sorted by cell.

    Attributes:
        rows: (M,) which row of the table each is.
        cells: (M,) where it stands in an array of ``size``; never falling.
        size: N.
    """

    rows: Whole
    cells: Whole
    size: int

    @classmethod
    def of(cls, layout: Layout, found: GridRows) -> Self:
        """Those rows that lie inside a layout."""
        inside = (found.steps >= 0) & (found.steps < layout.lengths[found.series])
        there = found if inside.all() else found[inside]
        return cls(there.rows, layout.starts[there.series] + there.steps, layout.size)

    def numbers(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """A column (R,) on the grid, (N,): values that share a cell averaged, NaN for none."""
        return averaged(column[self.rows], self.cells, self.size)

    def codes(self, column: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
        """A column of codes (R,) on the grid, (N,): the first of each cell, -1 for none.

        Returns:
            The codes, and how many cells had rows of different ones.
        """
        codes, cells = column[self.rows], self.cells
        present = codes >= 0
        if not present.all():
            codes, cells = codes[present], cells[present]
        on_grid = np.full(self.size, -1, np.int32)
        first = np.diff(cells, prepend=-1) != 0
        on_grid[cells[first]] = codes[first]
        clashes = cells[~first][codes[~first] != on_grid[cells[~first]]]
        return on_grid, len(np.unique(clashes))
