"""Another future for a table: every cell after an origin made different, the times left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.tables.values import looks_numeric, numbers

FAR = 10.0
"""How many times the range of a column its values are moved by."""

Mask = NDArray[np.bool_]


def readable(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The same table with columns of numbers written as text read as numbers."""
    text = [n for n in names if table[n].dtype == pl.String and looks_numeric(table[n])]
    return table.with_columns(pl.Series(name, numbers(table[name])[0]) for name in text)


def disturbed(table: pl.DataFrame, names: Sequence[str], rows: Mask, seed: int) -> pl.DataFrame:
    """Changes every cell of some columns in some rows.

    Numbers are moved far beyond their range and stay whole where they were; truth values are
    turned, texts become another of the column, times a day later. What is missing stays missing.

    Args:
        table: N rows.
        names: The columns to change.
        rows: (N,), True where.
        seed: The same seed gives the same other future.
    """
    random = np.random.default_rng(seed)
    mask = pl.Series(rows)
    other = {name: _other(table[name], random) for name in names}
    return table.with_columns(
        pl.when(mask).then(column).otherwise(table[name]).alias(name)
        for name, column in other.items()
    )


def _other(column: pl.Series, random: np.random.Generator) -> pl.Series:
    if column.dtype == pl.Boolean:
        return ~column
    if column.dtype.is_numeric():
        return _moved(column, random)
    if column.dtype.is_temporal():
        return column.cast(pl.Datetime("us")).dt.offset_by("1d").cast(column.dtype)
    names = column.drop_nulls().unique(maintain_order=True).to_list()
    return column.replace([*names], [*names[1:], *names[:1]]) if len(names) > 1 else column


def _moved(column: pl.Series, random: np.random.Generator) -> pl.Series:
    values = column.cast(pl.Float64).to_numpy()
    finite = values[np.isfinite(values)]
    span = max(float(np.ptp(finite)), 1.0) if len(finite) else 1.0
    shift = FAR * span * (1 + random.random(len(values)))
    shifted = pl.Series(values + (np.ceil(shift) if column.dtype.is_integer() else shift))
    kept = pl.select(pl.when(column.is_not_null()).then(shifted)).to_series()
    return kept.cast(pl.Int64) if column.dtype.is_integer() else kept
