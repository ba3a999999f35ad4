"""Series from a long table: a row a step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recurra.applications.series.collection import Collection
from recurra.applications.series.columns import Names, Places, places
from recurra.applications.series.numbers import is_number, matrix
from recurra.applications.tables import read_rows
from recurra.errors import DataError

Rows = Sequence[Sequence[str]]


def read_long(path: Path, names: Names) -> Collection:
    """Reads a table whose first row is names and whose others are steps.

    Rows of one series belong together wherever they stand, in the order of its times if there is a
    column of times, else as they stand. Without a column that tells series apart all rows are one.

    Args:
        path: A CSV or TSV file, also with .gz.
        names: Of columns.

    Raises:
        DataError: If it has no names or no rows, a value is no number, or a series has two classes.
    """
    head, *rows = read_rows(path, "a table of series")
    if all(is_number(cell) for cell in head):
        raise DataError(
            f"{path} has no names: its first row is {', '.join(head[:6])}, ...",
            "a row of names above a row a step, or a series a row",
            "--wide CHANNELS, if each row is a series, with its class in the last column",
        )
    if not rows:
        raise DataError(f"{path} has names and nothing below them.", "rows of numbers")
    found = places(head, names, path)
    values = matrix([[row[n] for n in found.values] for row in rows], 2, path)
    by_series: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_series.setdefault("" if found.series is None else row[found.series], []).append(place)
    ordered = {name: _ordered(rows, own, found.time) for name, own in by_series.items()}
    moved = sum(own != by_series[name] for name, own in ordered.items())
    return Collection(
        [values[own] for own in ordered.values()],
        _one_each(rows, ordered, found.label, "class", path),
        [name or path.name for name in ordered],
        tuple(head[n] for n in found.values),
        _one_each(rows, ordered, found.group, "group", path),
        (_said(head, found), *([_moved(moved)] if moved else [])),
    )


def _ordered(rows: Rows, own: list[int], time: int | None) -> list[int]:
    """The rows of a series in the order of its times."""
    if time is None:
        return own
    times = [rows[place][time] for place in own]
    if all(is_number(one) and one for one in times):
        keys: list[float] | list[str] = [float(one) for one in times]
    else:
        keys = times
    order = sorted(range(len(own)), key=keys.__getitem__)
    return [own[place] for place in order]


def _one_each(
    rows: Rows, series: dict[str, list[int]], column: int | None, what: str, path: Path
) -> list[str]:
    """What a column says of each series, the same in all its rows."""
    if column is None:
        return []
    found = []
    for name, own in series.items():
        said = {rows[place][column] for place in own} - {""}
        if len(said) > 1:
            first, second, *_ = sorted(said)
            raise DataError(
                f"The series {name!r} of {path} has more than one {what}: {first!r} and {second!r}",
                f"one {what} in all rows of a series",
                "name the column that tells series apart: --series-column NAME",
            )
        found.append(said.pop() if said else "")
    return found


def _said(head: Sequence[str], found: Places) -> str:
    parts = {
        "series": found.series,
        "times": found.time,
        "classes": found.label,
        "groups": found.group,
    }
    shown = [f"{what} in {head[n]!r}" for what, n in parts.items() if n is not None]
    names = ", ".join(repr(head[n]) for n in found.values[:6])
    more = f" and {len(found.values) - 6} more" if len(found.values) > 6 else ""
    alone = "" if found.series is not None else "all rows are one series; "
    return f"{alone}{', '.join([*shown, f'values in {names}{more}'])}"


def _moved(moved: int) -> str:
    return f"{moved:,} series did not stand in the order of their times and were sorted"
