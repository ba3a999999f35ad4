"""Which group each series of a panel belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from recurra.errors import DataError, OptionError
from recurra.forecasting.covariates.cells import Categories
from recurra.forecasting.covariates.placing import GridRows
from recurra.forecasting.covariates.static import one_each
from recurra.forecasting.panel import Panel

Group = tuple[str, ...]


def columns_of(by: object) -> tuple[str, ...]:
    """The columns that ``by`` names, none if it is None.

    Raises:
        OptionError: If it names none, or one twice, or is something else.
    """
    if by is None:
        return ()
    names: Any = (by,) if isinstance(by, str) else by
    listed = isinstance(names, Sequence) and all(isinstance(one, str) and one for one in names)
    if not listed or len({*names}) < max(len(names), 1):
        raise OptionError(
            f"by={by!r}",
            "a column, or a list of different ones, that says to which group a series belongs",
            "by='region', or None for one model of all series",
        )
    return tuple(names)


def check_grouping(by: object, id: str | None, auto: object) -> None:  # noqa: A002
    """Refuses what does not go together with a model a group.

    Args:
        by: As the user gave it.
        id: The column that names the series, if it was named.
        auto: The budget of a search, if there is to be one.

    Raises:
        OptionError: If groups would share a search, or each series be one.
    """
    columns = columns_of(by)
    if columns and auto is not None:
        raise OptionError(
            f"auto={auto!r} with by={by!r}, whose groups would share its budget",
            "one of the two",
            "search with the rows of one group, and give what was found",
        )
    if id is not None and id in columns:
        raise OptionError(
            f"by={by!r}, which names the series",
            "a column of what several series share",
            "for a model a series, give a copy of that column under another name",
        )


def in_groups(panel: Panel, by: Sequence[str]) -> Panel:
    """The same panel, each series with its group.

    Args:
        panel: Read with these columns among ``further``.
        by: At least one column.

    Raises:
        DataError: If a series has no group, or changes it.
    """
    ids, found = [one.id for one in panel.series], GridRows.of(panel.further)
    names = [_of_each(panel.further.table[name], found, ids) for name in by]
    groups = zip(*names, strict=True)
    series = [replace(one, group=group) for one, group in zip(panel.series, groups, strict=True)]
    return replace(panel, series=tuple(series))


def _of_each(column: pl.Series, found: GridRows, ids: Sequence[str]) -> list[str]:
    """What a column says of each series, as text."""
    read = Categories.of(column)
    try:
        rows = one_each(column, read.codes, found, ids)
    except DataError as error:
        do = "correct it, or group series by another column"
        raise DataError(error.given, error.expected, do) from error
    missing = np.flatnonzero(rows < 0)
    if len(missing):
        more = f", and {len(missing) - 1:,} more have none" if len(missing) > 1 else ""
        raise DataError(
            f"The series {ids[missing[0]]!r} has no {column.name!r}, by which series are grouped"
            f"{more}.",
            "a group in at least one row of every series",
            f"fill in {column.name!r}, or leave the rows of such series out",
        )
    return [read.texts[code] for code in read.codes[rows].tolist()]


def called(group: Group) -> str:
    """A group in words: "north", "north, food"."""
    return ", ".join(group) or "of no name"
