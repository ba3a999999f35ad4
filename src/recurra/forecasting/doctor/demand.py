"""Whether a series is of counts, and mostly zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Array, Line
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import listed, number

RARE = 1.32
"""Steps between values that are not zero, on average, from which demand is intermittent."""

UNEVEN = 0.49
"""Squared coefficient of variation of these values from which it is lumpy or erratic."""

SMALL = 20
"""Whole numbers at least 0 with a mean below this are counts."""


def look(subject: Subject) -> Iterator[Finding]:
    """Intermittent series, and series of small counts."""
    kinds = [kind(line.values) for line in subject.sampled]
    for name, what, do in (
        (
            "intermittent",
            "mostly zero (intermittent)",
            "judge by MAE or MASE, not by percentages; add them up to a longer step if that serves "
            "as well",
        ),
        (
            "lumpy",
            "mostly zero, and uneven where they are not (lumpy)",
            "forecast quantiles rather than one number; judge by MAE or MASE, not by percentages",
        ),
        (
            "counts",
            "of small whole numbers (counts)",
            "forecasts are no whole numbers: read them as means, or round them",
        ),
    ):
        lines = [line for line, found in zip(subject.sampled, kinds, strict=True) if found == name]
        if lines:
            yield _finding(lines, what, do, name)


def _finding(lines: Sequence[Line], what: str, do: str, name: str) -> Finding:
    names = [line.name for line in lines]
    return Finding(
        "demand",
        Severity.NOTE,
        f"{number(len(lines), 'series')} {what}: {listed(names)}",
        do,
        tuple(Place(name) for name in names[:MOST_PLACES]),
        {"kind": name, "count": len(lines)},
    )


def kind(values: Array) -> str:
    """What kind of demand a series is, after Syntetos, Boylan and Croston 2005.

    On the categorization of demand patterns: by the mean interval between values that are not zero,
    and the squared coefficient of variation of these values.

    Args:
        values: (N,), NaN where missing.

    Returns:
        ``intermittent``, ``lumpy``, ``counts``, or "" for another, such as one below zero.
    """
    known = values[np.isfinite(values)]
    sizes = known[known > 0]
    if len(sizes) < 2 or known.min() < 0 or sizes.min() == known.max() == known.min():
        return ""
    if len(known) / len(sizes) >= RARE:
        uneven = float(sizes.var() / sizes.mean() ** 2) >= UNEVEN
        return "lumpy" if uneven else "intermittent"
    whole = bool((known == np.round(known)).all())
    return "counts" if whole and known.mean() < SMALL and np.ptp(known) > 0 else ""
