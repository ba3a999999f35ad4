"""Cells of a table as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recurra.applications.series.collection import Values
from recurra.errors import DataError

MISSING = frozenset(("", "?", "na", "n/a", "nan", "null", "none"))
"""What stands for a value that is missing, in small letters."""


def is_number(cell: str) -> bool:
    """Whether a cell is a number or stands for one that is missing."""
    try:
        number(cell)
    except ValueError:
        return False
    return True


def number(cell: str) -> float:
    """A cell as a number; NaN where it is missing.

    Raises:
        ValueError: If it is none.
    """
    return float("nan") if cell.strip().casefold() in MISSING else float(cell)


def matrix(rows: Sequence[Sequence[str]], first: int, path: Path) -> Values:
    """Rows of cells as numbers, (R, C).

    Args:
        rows: R of C cells.
        first: The number of the first row in its file.
        path: The file.

    Raises:
        DataError: If a cell is no number.
    """
    try:
        return np.array([[number(cell) for cell in row] for row in rows], dtype=np.float32)
    except ValueError:
        raise _odd(rows, first, path) from None


def _odd(rows: Sequence[Sequence[str]], first: int, path: Path) -> DataError:
    """The error of the first cell that is no number."""
    row, cell = next((n, cell) for n, row in enumerate(rows) for cell in row if not is_number(cell))
    shown = cell if len(cell) <= 40 else cell[:37] + "..."
    return DataError(
        f"Row {first + row:,} of {path} holds {shown!r} where a number belongs.",
        "numbers in all columns but those of series, time, class and group",
        "name these columns, or take the column out; a value that is missing is an empty cell",
    )
