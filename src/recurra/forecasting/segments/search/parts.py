"""Which part of the time a search is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recurra.forecasting.plan import Split
from recurra.forecasting.preparation import Prepared

ENOUGH = 200
"""Validation points of all series together that a search can go by."""

HORIZONS = 5
"""Where there are fewer, so many horizons of each series are held out from the search's trials."""


def for_search(prepared: Sequence[Prepared], horizon: int) -> list[Prepared]:
    """The series with enough to choose by, taken from the ends of the training parts.

    A single short validation part is soon fitted by chance, if many candidates are tried on it. At
    most a quarter of what lies before the test part is held out, and never less than it was.

    Args:
        prepared: The series.
        horizon: K.
    """
    if sum(one.split.validation for one in prepared) >= ENOUGH:
        return list(prepared)
    return [replace(one, split=_more(one.split, HORIZONS * horizon)) for one in prepared]


def _more(split: Split, wanted: int) -> Split:
    known = split.train + split.validation
    validation = max(split.validation, min(wanted, known // 4))
    return Split(known - validation, validation, split.test)
