"""Columns that say one thing of a whole series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.covariates.placing import GridRows, Whole
from recurra.tables.values import place


def one_each(column: pl.Series, cells: NDArray[Any], found: GridRows, ids: Sequence[str]) -> Whole:
    """The row of the table that says what a static column is in each series.

    Args:
        column: (R,) as the table has it.
        cells: (R,) the same as numbers, NaN where a cell is empty, or as codes, -1 there.
        found: The rows of the series.
        ids: The names of the S series.

    Returns:
        (S,), -1 where all cells of a series are empty.

    Raises:
        DataError: If the column changes within a series; its first two values are named.
    """
    values = cells[found.rows]
    present = np.flatnonzero(values >= 0 if values.dtype.kind == "i" else np.isfinite(values))
    whose = found.series[present]
    first = present[np.diff(whose, prepend=-1) != 0]
    chosen = np.full(len(ids), -1)
    chosen[found.series[first]] = found.rows[first]
    different = np.flatnonzero(values[present] != cells[chosen[whose]])
    if len(different):
        one = different[0]
        number = int(whose[one])
        raise _changes(column, ids[number], int(chosen[number]), int(found.rows[present[one]]))
    return chosen


def _changes(column: pl.Series, id: str, first: int, other: int) -> DataError:  # noqa: A002
    return DataError(
        f"The static column {column.name!r} changes within the series {id!r}: {column[first]!r} in "
        f"{place(first)}, {column[other]!r} in {place(other)}.",
        "one value in all rows of a series",
        f"name {column.name!r} as future= if it is known ahead, as past= if not, or correct it",
    )
