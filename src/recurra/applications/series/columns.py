"""Which column of a table is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import DataError

SERIES = ("series", "series_id", "unique_id", "id", "sequence", "case", "case_id", "sample")
"""What columns that tell series apart are usually called."""

TIMES = ("time", "t", "step", "frame", "order", "timestamp", "date", "ds", "index")
"""What columns of times are usually called."""

LABELS = ("class", "label", "target", "category", "action", "activity")
"""What columns of classes are usually called."""

GROUPS = ("group", "person", "subject", "speaker", "user")
"""What columns are usually called that say whose a series is."""


@dataclass(frozen=True)
class Names:
    """The names of columns that the user gave; None for those to be found.

    Attributes:
        series: Of the column that tells series apart.
        time: Of the column by which the steps of a series are ordered.
        label: Of the column of classes; of a table without names its number, from 1.
        group: Of the column that says whose a series is.
        wide: How many channels a step has in a table of a series a row; None for a row a step.
    """

    series: str | None = None
    time: str | None = None
    label: str | None = None
    group: str | None = None
    wide: int | None = None


@dataclass(frozen=True)
class Places:
    """Where the columns stand; None for none.

    Attributes:
        series: The column that tells series apart.
        time: Of times.
        label: Of classes.
        group: Of groups.
        values: The others, of numbers.
    """

    series: int | None
    time: int | None
    label: int | None
    group: int | None
    values: tuple[int, ...]


def places(head: Sequence[str], names: Names, path: Path) -> Places:
    """Finds the columns of a table by its first row.

    Raises:
        DataError: If a name that was given is not there, or no column is left for values.
    """
    asked = {
        "series": (names.series, SERIES),
        "time": (names.time, TIMES),
        "label": (names.label, LABELS),
        "group": (names.group, GROUPS),
    }
    found: dict[str, int | None] = {}
    for key, (given, usual) in asked.items():
        free = [name if n not in found.values() else "" for n, name in enumerate(head)]
        found[key] = _usual(free, usual) if given is None else _given(free, given, path)
    values = tuple(n for n in range(len(head)) if n not in found.values())
    if not values:
        raise DataError(
            f"{path} has the columns {', '.join(head)}, none of them of values",
            "a column of numbers for each channel",
        )
    return Places(found["series"], found["time"], found["label"], found["group"], values)


def _usual(head: Sequence[str], usual: Sequence[str]) -> int | None:
    plain = [name.casefold().replace(" ", "_") for name in head]
    return next((plain.index(one) for one in usual if one in plain), None)


def _given(head: Sequence[str], name: str, path: Path) -> int:
    if name not in head:
        shown = ", ".join(repr(one) for one in head[:20] if one)
        raise DataError(
            f"{path} has no column {name!r}, or it is named twice.",
            f"one of {shown}",
            "name a column as the first row does",
        )
    return head.index(name)
