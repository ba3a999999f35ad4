"""Series with classes: which class each is of, when all of it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from recurra.applications.series import (
    Collection,
    Given,
    Names,
    Values,
    checked,
    read_series,
)
from recurra.applications.series_class.preparation import Signal
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences
from recurra.studies.tasks.yours import judged_by
from recurra.studies.tasks.yours.holding_out import Parts, dealt, own_test
from recurra.studies.tasks.yours.plain import with_plain

MOST = (2000, 500)
"""Series that are learned from, and of each other part, at most."""

LONGEST = 256
"""Steps; longer series are drawn together to so many."""


def read(
    path: Path, series: str | None = None, time: str | None = None, label: str | None = None
) -> Material:
    """Series on one scale, learned from those that are learned from.

    Args:
        path: What :func:`~recurra.applications.series.read_series` reads. A file called
            ``...TEST...`` that lies beside one called ``...TRAIN...`` is the test part.
        series: The column that tells series apart; None to find it.
        time: The column of times; None to find it.
        label: The column of classes; None to find it.

    Raises:
        DataError: If it cannot be read, there are too few, or all are of one class.
    """
    names, beside = Names(series=series, time=time, label=label), own_test(path)
    found = [read_series(one, names) for one in (path, beside) if one is not None]
    given = [_labelled(one, path) for one in found]
    values = [one for part in given for one in part.series]
    if len({one.shape[1] for one in values}) > 1:
        raise DataError(f"{path} and {beside} differ in their channels", "the same channels")
    labels = [one for part in given for one in part.labels]
    classes = sorted(set(labels))
    places = [classes.index(one) for one in labels]
    parts = dealt(
        [one.tobytes() for one in values],
        places,
        given[0].groups,
        given=len(given[1].series) if beside else 0,
        most=MOST,
        path=path,
    )
    said = [note for one in found for note in one.notes]
    said += [note for part in given for note in part.notes]
    if any(len(one) > LONGEST for one in values):
        said.append(f"series of more than {LONGEST} steps are drawn together to so many")
    said.append(f"series of {len(classes)} classes: {', '.join(classes[:10])}")
    said.append(parts.told("series", beside))
    said += judged_by.told(len(parts.test), "series", path)
    made = _material(values, places, parts, len(classes), said)
    return replace(made, amount=len(given[0].series))


def _labelled(found: Collection, path: Path) -> Given:
    if not found.labels:
        raise DataError(
            f"{path} says of no series which class it is of.",
            "a column of classes, a class behind each series of a .ts file, or a folder a class",
            "name the column: --label-column NAME",
        )
    return checked(found.series, found.labels, found.groups or None)


def _material(
    values: Sequence[Values], places: Sequence[int], parts: Parts, classes: int, said: Sequence[str]
) -> Material:
    signal = Signal.of([values[n] for n in parts.train], LONGEST)

    def some(numbers: Sequence[int]) -> Sequences:
        y = [torch.tensor(places[n]) for n in numbers]
        return Sequences([signal.prepared(values[n]) for n in numbers], y)

    return with_plain(
        Material(
            "series-class",
            "Classes of series",
            "class",
            signal.channels,
            classes,
            some(parts.train),
            some(parts.validation),
            some(parts.test),
            "wrong",
            batch_size=16 if len(parts.train) <= 1000 else 32,
            note="; ".join(dict.fromkeys(said)),
        )
    )
