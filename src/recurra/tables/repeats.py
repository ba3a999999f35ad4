"""Columns whose values repeat row after row, as names of series do: one look at each is enough."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray


def kinds(column: pl.Series) -> pl.Series:
    """The different values of a column, null among them if there is one, in their first order."""
    return _heads(column).unique(maintain_order=True)


def share(text: pl.Series, pattern: str) -> float:
    """The share of the cells that match a pattern.

    Args:
        text: (N,) text without nulls, N at least 1.
        pattern: A regular expression.
    """
    runs = text.rle().struct
    matching = runs.field("value").str.contains(pattern)
    return int(runs.field("len").filter(matching).sum()) / len(text)


def all_match(text: pl.Series, pattern: str) -> bool:
    """Whether all cells match a pattern; those that are null do not count."""
    return bool(_heads(text).drop_nulls().str.contains(pattern).all())


def numbered(column: pl.Series) -> tuple[pl.Series, NDArray[np.int64]]:
    """The different values, and which of them each row holds.

    Returns:
        (K,) in the order in which they come, and (N,) from 0 to K - 1, -1 where a cell is null.
    """
    heads = _heads(column)
    different = heads.drop_nulls().unique(maintain_order=True)
    places = heads.replace_strict(
        different, range(len(different)), default=-1, return_dtype=pl.Int64
    )
    of_heads = places.fill_null(-1).to_numpy()
    return different, of_heads[column.rle_id().to_numpy()].astype(np.int64, copy=False)


def _heads(column: pl.Series) -> pl.Series:
    """The first of each run of equal values."""
    return column.filter(column.ne_missing(column.shift()) | _first(column))


def _first(column: pl.Series) -> pl.Series:
    """Marks the first row: what stands before it is null, which is no value of its own."""
    return pl.int_range(len(column), eager=True) == 0
