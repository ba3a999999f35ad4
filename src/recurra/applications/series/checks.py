"""Series and their classes, looked at before anything is learned from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from recurra.applications.series.collection import Values
from recurra.errors import DataError


@dataclass(frozen=True)
class Given:
    """What is left of series and classes.

    Attributes:
        series: Those with a value, (T, C) each, N of them.
        labels: The class of each.
        groups: The group of each; empty where none are known.
        notes: What was left out, and what is missing.
    """

    series: list[Values]
    labels: list[str]
    groups: list[str]
    notes: tuple[str, ...]


def as_values(series: Sequence[ArrayLike], channels: int | None = None) -> list[Values]:
    """Series of numbers as arrays (T, C), float32.

    Args:
        series: Each (T, C), or (T,) for one channel; NaN where a value is missing.
        channels: C, which all must have; None for that of the first.

    Raises:
        DataError: If one is no array of numbers, differs in its channels, or holds an infinite one.
    """
    found: list[Values] = []
    for number, one in enumerate(series, 1):
        values = _values(one, number)
        expected = channels or (found[0].shape[1] if found else values.shape[1])
        if values.shape[1] != expected:
            raise DataError(
                f"series {number:,} has {values.shape[1]} channels",
                f"{expected}, as {'the model has' if channels else 'the first has'}",
                "give every series the same channels, NaN where a value is missing",
            )
        if channels and not len(values):
            raise DataError(f"series {number:,} has no step", "at least one step")
        found.append(values)
    return found


def checked(
    series: Sequence[ArrayLike], labels: Sequence[object], groups: Sequence[object] | None
) -> Given:
    """Leaves out series without a value or without a class.

    Raises:
        DataError: If series and classes do not pair up, a series cannot be read, nothing is left,
            or all are of one class.
    """
    if len(series) != len(labels) or (groups is not None and len(groups) != len(series)):
        beside = "" if groups is None else f" and {len(groups):,} groups"
        raise DataError(
            f"{len(series):,} series, {len(labels):,} classes{beside}",
            "as many of each",
        )
    values = as_values(series)
    there = [not np.isnan(one).all() for one in values]
    named = [label is not None and str(label).strip() != "" for label in labels]
    kept = [place for place in range(len(values)) if there[place] and named[place]]
    if not kept:
        raise DataError(f"{len(series):,} series, none with a value and a class", "series")
    whole = [values[place] for place in kept]
    given = Given(
        whole,
        [str(labels[place]) for place in kept],
        [] if groups is None else [str(groups[place]) for place in kept],
        (
            *_left_out(there.count(False), "without a value"),
            *_left_out(sum(t and not n for t, n in zip(there, named, strict=True)), "of no class"),
            *missing(whole),
        ),
    )
    if len(set(given.labels)) < 2:
        raise DataError(
            f"all {len(kept):,} series are of the class {given.labels[0]!r}",
            "at least two classes",
            "name the column of classes, or add series of another class",
        )
    return given


def missing(series: Sequence[Values]) -> list[str]:
    """A sentence on values that are missing, if any are."""
    gaps = [int(np.isnan(one).sum()) for one in series]
    if not any(gaps):
        return []
    whole, affected = sum(one.size for one in series), sum(gap > 0 for gap in gaps)
    return [
        f"{sum(gaps):,} of {whole:,} values are missing, in {affected:,} series: they are filled "
        "along straight lines between their neighbours"
    ]


def counts(labels: Sequence[str], groups: Sequence[str], things: str) -> list[str]:
    """Sentences on how many there are of what.

    Args:
        labels: The class of each.
        groups: The group of each; empty where none are known.
        things: What they are, as ``"series"``.
    """
    found = Counter(labels)
    shown = ", ".join(f"{name!r} {count:,}" for name, count in found.most_common(10))
    more = f" and {len(found) - 10:,} more" if len(found) > 10 else ""
    people = f", in {len(set(groups)):,} groups that are held out whole" if groups else ""
    return [
        f"{len(labels):,} {things} of {len(found):,} classes: {shown}{more}{people}",
        *(
            f"the class {name!r} has one alone: it is learned from, but never held out"
            for name, count in sorted(found.items())
            if count == 1 and not groups
        ),
    ]


def _values(one: ArrayLike, number: int) -> Values:
    try:
        values = np.asarray(one, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"series {number:,} cannot be read as numbers ({error})",
            "an array (T, C) of numbers, NaN where one is missing",
        ) from error
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or not values.shape[1]:
        raise DataError(
            f"series {number:,} has the shape {values.shape}",
            "(T, C): a row a step, a column a channel",
        )
    if np.isinf(values).any():
        step, channel = np.argwhere(np.isinf(values))[0]
        raise DataError(
            f"series {number:,} is infinite at step {step + 1:,}, channel {channel + 1:,}",
            "finite numbers, NaN where one is missing",
        )
    return values


def _left_out(count: int, why: str) -> list[str]:
    return [f"{count:,} series {why} {'is' if count == 1 else 'are'} left out"] if count else []
