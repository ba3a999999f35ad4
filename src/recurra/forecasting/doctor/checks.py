"""All checks, in the order in which a reader wants to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from recurra.forecasting.doctor import (
    clashes,
    clock_changes,
    demand,
    duplicates,
    gaps,
    history,
    leaks,
    lengths,
    offsets,
    outliers,
    regularity,
    roles,
    seasonality,
    shifts,
    standstill,
    trends,
)
from recurra.forecasting.doctor.advice import advise
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.inspection import Inspection
from recurra.forecasting.doctor.sketches import draw
from recurra.forecasting.doctor.subject import Subject, read
from recurra.forecasting.plan import check_counts

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    roles.look,
    lengths.look,
    clashes.look,
    regularity.look,
    offsets.look,
    clock_changes.look,
    duplicates.look,
    gaps.look,
    standstill.look,
    outliers.look,
    shifts.look,
    leaks.look,
    seasonality.look,
    trends.look,
    demand.look,
    history.look,
)


def inspect(
    df: Any,
    id: str | None = None,  # noqa: A002
    time: str | None = None,
    target: str | None = None,
    horizon: int | None = None,
) -> Inspection:
    """Looks at a table of series before anything is learned from it.

    Args:
        df: A frame of pandas, polars, pyarrow or anything that narwhals takes, a row a series and
            time, in any order.
        id: The column that names the series; found if None, ``""`` for a single series.
        time: The column of times; found if None, ``""`` to take the rows in their order.
        target: The column to forecast; found if None.
        horizon: K, how far ahead a forecast is to reach, in steps, at least 1; by the frequency if
            None.

    Returns:
        What was found, the gravest first; ``print`` it, or see its ``findings``, ``to_json()`` and
        ``to_html()``.

    Raises:
        DataError: If the table cannot be read as series at all, or a column is in doubt.
        OptionError: If the horizon is no whole number of at least 1.
    """
    check_counts(horizon=horizon)
    subject = read(df, id=id, time=time, target=target, horizon=horizon)
    found = [finding for look in CHECKS for finding in look(subject)]
    found += clashes.spaced_names(df, subject.columns.id)
    found += _sampled(subject)
    found.sort(key=lambda finding: -finding.severity)
    return _inspection(subject, tuple(found))


def _sampled(subject: Subject) -> Iterator[Finding]:
    if subject.sample_note:
        yield Finding(
            "sample",
            Severity.NOTE,
            "outliers, level shifts, trends and kinds of demand were looked for "
            f"{subject.sample_note}",
            "inspect a part of the table to see all of that part",
        )


def _inspection(subject: Subject, found: tuple[Finding, ...]) -> Inspection:
    times = subject.rows.times
    first, last = (
        str(subject.style.render(edge.reshape(1))[0]) for edge in (times.min(), times.max())
    )
    return Inspection(
        title=subject.columns.target,
        target=subject.columns.target,
        rows=len(subject.rows.owners),
        series=len(subject.grid),
        first=first,
        last=last,
        frequency=None if subject.frequency is None else subject.frequency.name,
        seasons=tuple(season.length for season in subject.seasons),
        recommendation=advise(subject, found),
        findings=found,
        sketches=draw(subject, found),
    )
