"""Cells of a table of prices as numbers, whatever marks stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from recurra.applications.prices.quotes import Numbers
from recurra.errors import DataError
from recurra.tables.values import NULL_WORDS

TEXTS = frozenset(("ticker", "date", "time"))
"""Columns that hold no numbers."""

_SIGNS = r"[$€£¥\s]"
_DECIMAL = r"-?(?:\d+,(?!\d{3}$)\d+|0,\d+)"
"""A comma that cannot stand between thousands, as in "12,5" or "0,125"."""


def numbers(rows: Sequence[Sequence[str]], found: dict[str, int], path: Path) -> dict[str, Numbers]:
    """The columns of numbers, by what they are; a volume that is not told is missing throughout.

    Signs of currencies are passed over. A comma is a decimal mark where prices show that it is one,
    and stands between thousands elsewhere.

    Args:
        rows: Below the names.
        found: Where the columns stand, by what they are.
        path: The file.

    Raises:
        DataError: If a cell is no number.
    """
    columns = {
        key: [re.sub(_SIGNS, "", row[place]) for row in rows]
        for key, place in found.items()
        if key not in TEXTS
    }
    prices = (cell for key, cells in columns.items() if key != "volume" for cell in cells)
    marks = (".", ",") if _comma_is_decimal(prices) else (",", ".")
    read = {key: _column(cells, marks, path) for key, cells in columns.items()}
    return {"volume": np.full(len(rows), np.nan), **read}


def _comma_is_decimal(cells: Iterable[str]) -> bool:
    """Whether commas stand before decimals: one is behind dots, or not between thousands."""
    some = [cell for cell in cells if "," in cell]
    dots = any("." in cell for cell in some)
    shows = r"[\d.]+\.\d{3},\d+" if dots else _DECIMAL
    return any(re.fullmatch(shows, cell) for cell in some)


def _column(cells: Sequence[str], marks: tuple[str, str], path: Path) -> Numbers:
    """A column's numbers; of the marks the first is passed over, the second before decimals."""
    away, decimal = marks
    found = np.empty(len(cells))
    for place, cell in enumerate(cells):
        try:
            found[place] = _number(cell, away, decimal)
        except ValueError:
            raise DataError(
                f"Row {place + 2:,} of {path} holds {cell[:40]!r} where a number belongs.",
                "numbers in the columns of prices and volume",
                "correct that cell; a value that is missing is an empty cell",
            ) from None
    return found


def _number(cell: str, away: str, decimal: str) -> float:
    """A cell as a number.

    Raises:
        ValueError: If it is none, or marks between thousands stand elsewhere.
    """
    if cell.casefold() in NULL_WORDS:
        return np.nan
    between, before = re.escape(away), re.escape(decimal)
    if away in cell and not re.fullmatch(rf"-?\d{{1,3}}({between}\d{{3}})+({before}\d*)?", cell):
        raise ValueError(cell)
    return float(cell.replace(away, "").replace(decimal, "."))
