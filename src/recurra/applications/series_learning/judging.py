"""How answers on series whose classes are known are judged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from recurra.applications.scoring import Scores
from recurra.applications.series_learning.together import Task
from recurra.errors import DataError


def judged(
    predict: Callable[[Any], list[str]],
    series: Sequence[Any],
    labels: Sequence[object],
    classes: Sequence[str],
    things: str,
) -> Scores:
    """Answers, held against the truth.

    Raises:
        DataError: If series and classes do not pair up, or there is none.
    """
    if len(labels) != len(series) or not len(series):
        raise DataError(
            f"{len(series):,} {things} and {len(labels):,} classes",
            "a class for each, at least one",
            "name the column of classes: --label-column NAME",
        )
    return Scores.of([str(label) for label in labels], predict(series), classes, things)


def strangers(labels: Sequence[object], classes: Sequence[str], things: str) -> list[str]:
    """A sentence on classes that the model does not know, if there are any."""
    strange = sum(str(label) not in classes for label in labels)
    said = f"{strange:,} {things} are of classes that the model does not know: counted as wrong"
    return [said] if strange else []


def contents(task: Task) -> Iterator[list[str]]:
    """All that is learned from, as texts by which a checkpoint of another run is told apart."""
    yield [hashlib.blake2b(one.tobytes(), digest_size=16).hexdigest() for one in task.series]
    yield list(task.labels)
    yield list(task.groups)
