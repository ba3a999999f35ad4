"""The cells of a covariate's column: numbers or categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.tables.values import (
    NUMBER_STYLES,
    NumberStyle,
    looks_like_marked_numbers,
    looks_numeric,
    more_like_it,
    numbers,
    place,
    plainly,
)

TRUTH = ("true", "false")
"""How truth values are written as categories, whatever capitals they had as text."""


@dataclass(frozen=True)
class Categories:
    """The categories in a column of R rows.

    Attributes:
        texts: The different ones, (C,), in the order in which the rows name them.
        codes: (R,) int32, the place of each row's in ``texts``, -1 where the cell is empty.
    """

    texts: tuple[str, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, column: pl.Series) -> Categories:
        """Those of a column of text, truth values or numbers."""
        cells = column.fill_nan(None) if column.dtype.is_float() else column
        known = cells.drop_nulls().unique(maintain_order=True)
        texts = _written(known)
        different = tuple(texts.unique(maintain_order=True).to_list())
        place_of = {text: number for number, text in enumerate(different)}
        new = [place_of[text] for text in texts.to_list()]
        codes = cells.replace_strict(known, new, default=-1, return_dtype=pl.Int32)
        return cls(different, codes.fill_null(-1).to_numpy().astype(np.int32, copy=False))


def _written(known: pl.Series) -> pl.Series:
    """One way of writing each category, whichever type a frame gives it: 3, 3.0 and "3" are 3."""
    if known.dtype.is_float() and bool((known == known.round()).all()):
        known = known.cast(pl.Int64, strict=False)
    texts = known.cast(pl.String)
    lower = texts.str.to_lowercase()
    return lower if len(lower) and bool(lower.is_in(TRUTH).all()) else texts


def is_categorical(column: pl.Series, asked: bool) -> bool:
    """Whether a column holds categories rather than numbers.

    Args:
        column: (R,) as the table has it.
        asked: Whether the user called it categorical.

    Raises:
        DataError: If it is empty or holds times, or numbers with signs that nobody asked to be
            taken for categories.
    """
    _check_usable(column)
    if asked or column.dtype == pl.Boolean:
        return True
    if column.dtype != pl.String or looks_numeric(column):
        return False
    if looks_like_marked_numbers(column.unique()):
        cell = column.drop_nulls()[0]
        raise DataError(
            f"The covariate {column.name!r} holds numbers with signs, such as {cell!r}.",
            "plain numbers, or categories",
            f"write {cell!r} as {plainly(cell)} and so on, or name the column in categorical=",
        )
    return True


def _check_usable(column: pl.Series) -> None:
    if column.null_count() == len(column):
        raise DataError(
            f"The covariate {column.name!r} is empty in all {len(column):,} rows.",
            "numbers or categories",
            "leave it out, or check the file",
        )
    usable = column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.String)
    if not usable:
        held = "times" if column.dtype.is_temporal() else f"values of type {column.dtype}"
        raise DataError(
            f"The covariate {column.name!r} holds {held}.",
            "numbers, text or truth values",
            "leave it out; calendar= reads the time stamps"
            if column.dtype.is_temporal()
            else "leave it out, or bring it to numbers or text first",
        )


# Numbers -------------------------------------------------------------------------------------


def read_numbers(column: pl.Series) -> tuple[NDArray[np.float64], NumberStyle | None, list[str]]:
    """Reads a column of numbers whose way of writing is not known yet.

    Returns:
        (R,) NaN where a cell is empty, how they are written if not as 1234.5, and what to tell the
        user.

    Raises:
        DataError: If a cell is neither a number nor empty.
    """
    try:
        values, notes = numbers(column)
    except DataError as error:
        raise _as_covariate(column, error) from error
    style = next((one for one in NUMBER_STYLES if any(one.words in note for note in notes)), None)
    return values, style, notes


def read_numbers_as(column: pl.Series, style: NumberStyle | None) -> NDArray[np.float64]:
    """Reads a column of numbers written as those were that were learned from.

    A few rows alone do not tell 1,234 the whole number from 1,234 the decimal one.

    Raises:
        DataError: If a cell is neither a number nor empty.
    """
    if column.dtype == pl.Boolean or column.dtype.is_temporal() or not column.dtype.is_numeric():
        column = _plain(column, style)
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64, copy=False)


def _plain(column: pl.Series, style: NumberStyle | None) -> pl.Series:
    if column.dtype == pl.Null:
        return column
    if column.dtype != pl.String:
        raise _not_numbers(column, 0, len(column), f"values of type {column.dtype}")
    text = column
    if style is not None:
        text = style.plain(column.set(~column.str.contains(style.pattern), None))
    read = text.cast(pl.Float64, strict=False)
    bad = (read.is_null() & column.is_not_null()).arg_true()
    if len(bad):
        raise _not_numbers(column, int(bad[0]), len(bad), repr(column[int(bad[0])]))
    return read


def _not_numbers(column: pl.Series, row: int, count: int, held: str) -> DataError:
    return DataError(
        f"The covariate {column.name!r} holds {held} in {place(row)}{more_like_it(count)}.",
        "numbers, written as in the rows that were learned from, or nothing where one is missing",
        "correct or empty that cell",
    )


def _as_covariate(column: pl.Series, error: DataError) -> DataError:
    return DataError(
        error.given,
        "numbers, or nothing where one is missing, in a column most of whose cells are numbers",
        f"correct or empty that cell, or name {column.name!r} in categorical= if its cells name "
        "things",
    )
