"""Series that are one under two names, or two under one."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import joined, number

LEAST_CHANGES = 10
"""Series that change less often may be alike by chance."""


def look(subject: Subject) -> Iterator[Finding]:
    """Names that differ only in capitals and spaces, and series that are copies of each other."""
    if subject.columns.id is None:
        return
    alike = same_names(subject.grid.names)
    if alike:
        shown = "; ".join(joined([repr(name) for name in group]) for group in alike[:3])
        yield Finding(
            "clashing series",
            Severity.WARNING,
            f"{number(len(alike), 'name')} written in several ways, which are taken for different "
            f"series: {shown}{' and more' if len(alike) > 3 else ''}",
            f"write each name in one way, as by trimming and lower-casing {subject.columns.id}",
            tuple(Place(name) for group in alike for name in group)[:MOST_PLACES],
            {"names": alike[:MOST_PLACES]},
        )
    yield from _copies(subject)


def spaced_names(frame: Any, column: str | None) -> Iterator[Finding]:
    """Names that differ only in spaces around them, which reading takes for the same.

    Args:
        frame: As the user gave it.
        column: The one that names the series.
    """
    raw = nw.from_native(frame, eager_only=True)
    if column is None or column not in raw.columns:
        return
    names = [name for name in raw.get_column(column).unique().to_list() if isinstance(name, str)]
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        groups[name.strip()].append(name)
    several = [group for group in groups.values() if len(group) > 1]
    if several:
        yield Finding(
            "clashing series",
            Severity.WARNING,
            f"{number(len(several), 'name')} written with and without spaces around, taken for "
            f"the same series: {joined([repr(name) for name in several[0]])}",
            f"if they are different series, rename them; else trim {column}",
            tuple(Place(name) for group in several for name in group)[:MOST_PLACES],
            {"names": several[:MOST_PLACES]},
        )


def same_names(names: list[str]) -> list[list[str]]:
    """Groups of names that are the same but for capitals, spaces and the width of letters."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        plain = unicodedata.normalize("NFKC", name).casefold()
        groups["".join(plain.split())].append(name)
    return [group for group in groups.values() if len(group) > 1]


def _copies(subject: Subject) -> Iterator[Finding]:
    """Series with the same values throughout."""
    grid = subject.grid
    groups: dict[int, list[int]] = defaultdict(list)
    begin, end = grid.known
    for owner in np.flatnonzero(grid.lengths > LEAST_CHANGES):
        values = grid.values[begin[owner] : end[owner]]
        if np.count_nonzero(values[1:] != values[:-1]) >= LEAST_CHANGES:
            groups[hash(values.tobytes())].append(int(owner))
    several = [group for group in groups.values() if len(group) > 1]
    if several:
        pairs = [joined([grid.names[owner] for owner in group[:3]]) for group in several]
        yield Finding(
            "clashing series",
            Severity.WARNING,
            f"{number(len(several), 'group')} of series with the same values throughout, such as "
            f"{pairs[0]}",
            "keep one of each, or the same series counts twice in learning and in every score",
            tuple(Place(grid.names[owner]) for group in several for owner in group)[:MOST_PLACES],
            {"groups": [[grid.names[owner] for owner in group] for group in several[:MOST_PLACES]]},
        )
