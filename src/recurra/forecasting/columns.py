"""Which column is what: the series, the time and the target."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Self

import narwhals as nw
import numpy as np
import polars as pl

from recurra.errors import DataError
from recurra.tables.repeats import all_match
from recurra.tables.times import looks_like_clock, looks_like_times, read_times
from recurra.tables.values import (
    looks_like_marked_numbers,
    looks_numeric,
    plainly,
    to_polars,
)

SURE_NAMES = (
    *("ds", "date", "datetime", "timestamp", "time", "month", "日期", "时间", "月份", "年月"),
    *("datum", "fecha"),
)
TIME_NAMES = (*SURE_NAMES, "week", "day", "year")
"""Text under one of these names must be times: if it cannot be read, that is said."""
STEP_NAMES = ("ds", "t", "step", "time", "timestamp", "year")
PARTS = ("year", "month", "day", "hour", "minute")
TARGET_NAMES = ("y", "target", "value")
REPEATED = 0.05
"""From this share of repeated times on a table holds several series."""

Table = Mapping[str, pl.Series]


@dataclass(frozen=True)
class Columns:
    """The columns of a table that count.

    Attributes:
        id: The one that names the series; None for a single series.
        time: The one with times; several parts such as year, month, day, hour; one with days and
            one with times of the day; or none if the rows are in order.
        target: The one to forecast.
        averages: Whether the user said that all rows are of one series, however often times repeat.
    """

    id: str | None
    time: tuple[str, ...]
    target: str
    averages: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """All of them."""
        return (*([] if self.id is None else [self.id]), *self.time, self.target)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"id": self.id, "time": list(self.time), "target": self.target} | (
            {"averages": True} if self.averages else {}
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_json` gave."""
        return cls(data["id"], tuple(data["time"]), data["target"], data.get("averages", False))


def read_columns(frame: Any) -> dict[str, pl.Series]:
    """The columns of any frame that narwhals takes.

    Raises:
        DataError: If it is no frame, or has no rows.
    """
    try:
        table = nw.from_native(_with_index(frame), eager_only=True)
    except TypeError as error:
        raise DataError(
            f"The data are a {type(frame).__name__}.",
            "a frame of pandas, polars or pyarrow, a row a series and time",
            'build one, as polars.DataFrame({"ds": ..., "y": ...})',
        ) from error
    except (nw.exceptions.DuplicateError, ValueError) as error:
        raise DataError(
            f"The table names a column twice ({str(error).splitlines()[-1].strip('- ')}).",
            "a different name for every column",
            "rename one of them",
        ) from error
    if not len(table):
        raise DataError(
            "The table has no rows.",
            "a row a series and time",
            "check how it was read or filtered",
        )
    return {str(name): to_polars(table.get_column(name)) for name in table.columns}


def _with_index(frame: Any) -> Any:
    """A pandas frame whose index is one of times, or has a name, gets it as a column."""
    if not nw.dependencies.is_pandas_dataframe(frame):
        return frame
    named = any(name is not None for name in frame.index.names)
    timed = type(frame.index).__name__ in {"DatetimeIndex", "PeriodIndex"}
    return frame.reset_index() if named or timed else frame


def check_names(frame: Any, id: str | None) -> None:  # noqa: A002 - the word of the field
    """Refuses names of series that are different as given, and the same as read.

    Args:
        frame: As the user gave it.
        id: The column that names the series, if there is one.

    Raises:
        DataError: As for 1 and ``"1"``, or a name with and without a blank behind it.
    """
    if id is None:
        return
    names = nw.from_native(_with_index(frame), eager_only=True).get_column(id)
    if names.dtype.is_numeric():
        return
    given = [name for name in names.unique().to_list() if name is not None]
    first: dict[str, Any] = {}
    for name in given:
        other = first.setdefault(str(name).strip(), name)
        if other is not name:
            pair = sorted([other, name], key=repr)
            raise DataError(
                f"The series column {id!r} holds {pair[0]!r} and {pair[1]!r}, which read as one "
                "name.",
                "one way to write the name of each series",
                "write both alike if they are one series, else give them different names",
            )


def check_columns(table: Table, columns: Columns) -> None:
    """Raises a DataError if one of the columns is not in the table."""
    for name in columns.named:
        if name not in table:
            near = difflib.get_close_matches(name, [*table], n=1, cutoff=0.6)
            raise DataError(
                f"There is no column {name!r}.",
                f"one of {_listed(table)}",
                f"did you mean {near[0]!r}?" if near else "name one of these",
            )


def check_one_series(table: Table, columns: Columns) -> None:
    """Raises a DataError if a table for one series without a name seems to hold several."""
    if columns.id is None and not columns.averages and _times_repeat(table, columns.time):
        raise DataError(
            "Times repeat, so that there are several series; the model was trained on one without "
            "a name.",
            "the rows of one series, a time standing once",
            "leave the rows of one series in the table, or train anew with id=/--id",
        )


def check_one_sequence(table: Table, columns: Columns) -> None:
    """Refuses readings of no series in particular, where a column could name several.

    Times that follow no step do not repeat from series to series, and so tell nothing.

    Raises:
        DataError: A column of text, or of whole numbers whose equal ones stand together, repeats.
    """
    if columns.id is not None or columns.averages:
        return
    for name, column in table.items():
        if name in columns.named or column.n_unique() < 2 or not _could_be_id(column):
            continue
        if _is_text(column) or _stands_together(column):
            raise DataError(
                f"The times follow no regular step, and {name} could name several series "
                f"({column.n_unique():,} of them, such as {column.drop_nulls()[0]!r}).",
                "to be told whose the readings are",
                f"name the series with id=/--id {_quoted(name)}, or give id='' if all rows are one "
                "series",
            )


def _stands_together(column: pl.Series) -> bool:
    """Whether all rows of a value stand one after the other."""
    return int((column != column.shift()).fill_null(True).sum()) == column.n_unique()


def infer(
    table: Table,
    *,
    id: str | None,  # noqa: A002
    time: str | None,
    target: str | None,
    further: Sequence[str] = (),
) -> tuple[Columns, list[str]]:
    """Finds the columns that are not named.

    Args:
        table: The columns by name.
        id: Named by the user, or None; ``""`` for a single series.
        time: Likewise; ``""`` for rows in order.
        target: Likewise.
        further: Columns that are something else, and so are none of these.

    Returns:
        The columns, and a sentence for each that was found.

    Raises:
        DataError: If a named one does not exist, or one cannot be found without a doubt.
    """
    named = [name for name in (id, time, target) if name]
    for name in named:
        check_columns(table, Columns(None, (), name))
    if len(set(named)) < len(named):
        raise DataError(
            f"One column is named for two things: {_listed(named)}.",
            "different columns for id, time and target",
            "leave out those that you are not sure of: they are found, or asked for",
        )
    _check_apart(table, named, further)
    taken = {*named, *further}
    rest = {name: column for name, column in table.items() if name not in taken}
    notes: list[str] = []
    others = {name: column for name, column in table.items() if name not in further}
    times = _given_time(time, others, notes) if time is not None else _find_time(rest, notes)
    rest = {name: column for name, column in rest.items() if name not in times}
    series = id or None if id is not None else _find_id(table, times, rest, notes)
    rest.pop(series or "", None)
    return Columns(series, times, target or _find_target(rest, notes), id == ""), notes


def check_further(table: Table, columns: Columns, further: Sequence[str]) -> None:
    """Raises a DataError if a further column is not in the table, or one of those that count."""
    _check_apart(table, columns.named, further)


def _check_apart(table: Table, named: Sequence[str], further: Sequence[str]) -> None:
    for name in further:
        check_columns(table, Columns(None, (), name))
        if name in named:
            raise DataError(
                f"The column {name!r} is named as a covariate, and as id, time or target as well.",
                "covariates that are none of these",
                f"leave {name!r} out of the covariates: the past of the target is read anyway",
            )


def _given_time(time: str, table: Table, notes: list[str]) -> tuple[str, ...]:
    if not time:
        return ()
    clock = _clock_beside(time, table)
    notes += [f"time columns: {time}, {name}" for name in clock]
    return (time, *clock)


def _find_time(rest: Table, notes: list[str]) -> tuple[str, ...]:
    found = [name for name, column in rest.items() if looks_like_times(column)]
    if not found:
        _check_readable(rest)
    hinted = sorted((name for name in found if name.lower() in TIME_NAMES), key=_hint)
    steps = sorted(
        (name for name in rest if name.lower() in STEP_NAMES and _is_whole(rest[name])),
        key=lambda name: STEP_NAMES.index(name.lower()),
    )
    parts = _parts(rest)
    if len(found) > 1 and not hinted:
        raise DataError(
            f"Several columns hold times: {_listed(found)}.",
            "one column of times",
            f"name it with time=/--time, as --time {_quoted(found[0])}",
        )
    if found:
        day = (*hinted, *found)[0]
        chosen: tuple[str, ...] = (day, *_clock_beside(day, rest))
    elif len(parts) > 1:
        chosen = parts
    elif steps:
        chosen = (steps[0],)
    else:
        notes.append("no column of times was found: rows are taken in their order")
        return ()
    plural = "s" if len(chosen) > 1 else ""
    notes.append(f"time column{plural}: {', '.join(chosen)}")
    return chosen


def _parts(rest: Table) -> tuple[str, ...]:
    """The columns year, month, day and so on, as far as none between them is absent."""
    names = {name.lower(): name for name in rest}
    return tuple(names[part] for part in takewhile(names.__contains__, PARTS))


def _clock_beside(day: str, rest: Table) -> tuple[str, ...]:
    """The column of times of the day that tells rows of one date apart, if there is just one."""
    clocks = [name for name, column in rest.items() if looks_like_clock(column)]
    if len(clocks) != 1 or not _times_repeat(rest, (day,)):
        return ()
    typed = rest[day].dtype == pl.Datetime
    clocked = not typed and bool(rest[day].cast(pl.String).str.contains(r":\d{2}").any())
    return () if clocked else (clocks[0],)


def _check_readable(rest: Table) -> None:
    """Text under the name of a time that cannot be read is said before its repeats mislead."""
    for name, column in rest.items():
        if _must_be_time(name, column):
            read_times(column)


def _must_be_time(name: str, column: pl.Series) -> bool:
    named = name.lower() in SURE_NAMES or name.lower().endswith(("date", "日期", "时间"))
    return named and column.dtype == pl.String and not looks_numeric(column)


def _hint(name: str) -> int:
    return TIME_NAMES.index(name.lower())


def _is_whole(column: pl.Series) -> bool:
    if column.dtype == pl.String:
        return all_match(column, r"^-?\d+$")
    return column.dtype.is_integer()


def _find_id(table: Table, times: tuple[str, ...], rest: Table, notes: list[str]) -> str | None:
    """A column that tells rows of one time apart, where times repeat."""
    if "unique_id" in rest:
        notes.append("series column: unique_id")
        return "unique_id"
    if not times:
        _check_no_key(rest)
        return None
    if not _times_repeat(table, times):
        return None
    frame = _different_rows(table)
    apart = [
        name
        for name, column in rest.items()
        if name.lower() not in TARGET_NAMES
        and _could_be_id(column)
        and frame.select(*times, name).n_unique() > (1 - REPEATED) * len(frame)
    ]
    found = [name for name in apart if not _is_whole(rest[name])] or apart
    if len(found) == 1:
        notes.append(f"series column: {found[0]} ({table[found[0]].n_unique():,} series)")
        return found[0]
    raise DataError(
        "Times repeat, so that there are several series"
        + (f", and several columns could name them: {_listed(found)}." if found else "."),
        "one column that names the series of each row",
        "name it with id=/--id; join several columns into one first; or give id='' if it is one "
        "series whose repeated times should be averaged",
    )


def _times_repeat(table: Table, times: tuple[str, ...]) -> bool:
    """Whether more times repeat, in rows that are not the same all through, than by mistake."""
    if not times:
        return False
    stamps = pl.DataFrame([table[name].alias(name) for name in times])
    if 1 - stamps.n_unique() / len(stamps) < REPEATED:
        return False
    rows = _different_rows(table)
    return 1 - rows.select(times).n_unique() / len(rows) >= REPEATED


def _different_rows(table: Table) -> pl.DataFrame:
    return pl.DataFrame([column.alias(name) for name, column in table.items()]).unique()


def _check_no_key(rest: Table) -> None:
    """Without times nothing tells whether the rows of a column of names are of one series."""
    keys = [name for name, column in rest.items() if _is_text(column) and _could_be_id(column)]
    keys = [name for name in keys if rest[name].n_unique() > 1]
    if keys:
        raise DataError(
            f"No column of times was found, and {keys[0]} could name several series "
            f"({rest[keys[0]].n_unique():,} of them, such as {rest[keys[0]].drop_nulls()[0]!r}).",
            "a column of times, or to be told what the rows are",
            f"name the times with time=/--time, the series with id=/--id {_quoted(keys[0])}, or "
            "give id='' if all rows are one series in their order",
        )


def _is_text(column: pl.Series) -> bool:
    return (
        column.dtype == pl.String
        and not looks_numeric(column)
        and not looks_like_marked_numbers(column)
    )


def _could_be_id(column: pl.Series) -> bool:
    """Text or whole numbers that repeat, but no times of the day."""
    if looks_like_clock(column):
        return False
    text = column.dtype == pl.String and not looks_numeric(column)
    return (text or _is_whole(column)) and column.n_unique() <= len(column) / 2


def _find_target(rest: Table, notes: list[str]) -> str:
    numbers = [name for name, column in rest.items() if looks_numeric(column)]
    # A column that only numbers the rows is the target where there is no other.
    numeric = [name for name in numbers if not _counts(rest[name])] or numbers
    hinted = [name for hint in TARGET_NAMES for name in numeric if name.lower() == hint]
    if len(numeric) > 1 and not hinted:
        raise DataError(
            f"Several columns could be forecast: {_listed(numeric)}.",
            "one target column",
            f"name it with target=/--target, as --target {_quoted(numeric[0])}",
        )
    marked = [name for name, column in rest.items() if looks_like_marked_numbers(column)]
    if not numeric and marked:
        cell = rest[marked[0]].drop_nulls()[0]
        raise DataError(
            f"There is no column of plain numbers; {marked[0]} holds numbers with signs, such as "
            f"{cell!r}.",
            "a column of numbers without signs of currency, unit or spaces",
            f"write {cell!r} as {plainly(cell)}, and so on in that column",
        )
    if not numeric:
        raise DataError(
            f"There is no column of numbers to forecast among {_listed(rest) or 'what is left'}.",
            "at least one column of numbers",
            "check the file, or name the column with target=/--target",
        )
    chosen = (*hinted, *numeric)[0]
    notes.append(f"target column: {chosen}")
    return chosen


def _counts(column: pl.Series) -> bool:
    """Whether it only numbers the rows."""
    if not _is_whole(column) or len(column) < 2 or column.null_count():
        return False
    values = column.cast(pl.Int64, strict=False).to_numpy()
    return bool(values[0] in {0, 1} and (np.diff(values) == 1).all())


def _listed(names: Any) -> str:
    shown = [*names][:12]
    more = len([*names]) - len(shown)
    return ", ".join(map(str, shown)) + (f" and {more} more" if more else "")


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name
