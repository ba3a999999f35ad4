"""How much of the difference between trials each setting explains: fANOVA."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.studies.analysis.leaves import Leaves
from recurra.studies.analysis.results import Cell, outcomes
from recurra.studies.knobs import Choice, Interval, Space
from recurra.studies.library import forest_of

TREES = 64
FEWEST = 15
"""Trials from which it is told."""


@dataclass(frozen=True)
class Importance:
    """Shares of the variance of the loss on held-out data, over the whole space.

    Hutter, Hoos & Leyton-Brown 2014, "An efficient approach for assessing hyperparameter
    importance": a forest of regression trees stands for the loss, and its variance is taken apart.

    Attributes:
        alone: What a setting explains by itself, by its name, from 0 to 1.
        pairs: What two explain together beyond that.
    """

    alone: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]

    @property
    def rest(self) -> float:
        """What three or more explain together, and what the pairs could not be told from."""
        return max(0.0, 1 - sum(self.alone.values()) - sum(self.pairs.values()))


def of_cell(cell: Cell, space: Space) -> Importance | None:
    """Of the trials of a cell; None if they are too few, or all came to the same.

    A trial that did worse than an answer that reads nothing counts as one that did as well as
    that: by how much it failed says nothing about how to succeed.
    """
    ended = [one for one in cell.trials if one.outcome is not None]
    losses = [min(one.value, one.constant) for one in outcomes(ended)]
    free = {n: one for n, one in space.items() if isinstance(one, Interval) or len(one.values) > 1}
    if len(ended) < FEWEST or len(free) < 2 or np.ptp(losses) == 0:
        return None
    return _taken_apart([one.settings for one in ended], losses, free)


def together(found: Sequence[Importance]) -> Importance:
    """The mean of several cells."""
    first = found[0]
    return Importance(
        {name: statistics.fmean(one.alone[name] for one in found) for name in first.alone},
        {pair: statistics.fmean(one.pairs[pair] for one in found) for pair in first.pairs},
    )


@dataclass(frozen=True)
class _Columns:
    """Settings as numbers: an interval is a column, each value of a choice one of 0 and 1.

    Attributes:
        names: The settings.
        values: (N, C).
        bounds: From where to where each column goes, (C, 2).
        of: The columns of each setting.
    """

    names: Sequence[str]
    values: NDArray[np.float64]
    bounds: NDArray[np.float64]
    of: Sequence[NDArray[np.int64]]

    @classmethod
    def made(cls, settings: Sequence[Mapping[str, Any]], space: Space) -> _Columns:
        parts: list[NDArray[np.float64]] = []
        bounds: list[tuple[float, float]] = []
        of: list[NDArray[np.int64]] = []
        for name, within in sorted(space.items()):
            given = [one[name] for one in settings]
            columns, ends = _column(given, within)
            of.append(np.arange(len(bounds), len(bounds) + len(ends)))
            parts.append(columns)
            bounds.extend(ends)
        return cls(sorted(space), np.concatenate(parts, 1), np.array(bounds), of)


def _column(
    given: Sequence[Any], within: Interval | Choice
) -> tuple[NDArray[np.float64], list[tuple[float, float]]]:
    if isinstance(within, Choice):
        ones = [[float(one == value) for value in within.values] for one in given]
        return np.array(ones), [(0.0, 1.0)] * len(within.values)
    # What was drawn evenly in its logarithm is weighed evenly in it.
    scale = np.log if within.log else np.asarray
    low, high = scale([within.low, within.high])
    return scale(np.array(given, dtype=float))[:, None], [(float(low), float(high))]


def _taken_apart(
    settings: Sequence[Mapping[str, Any]], losses: Sequence[float], space: Space
) -> Importance:
    columns = _Columns.made(settings, space)
    forest = forest_of(TREES).fit(columns.values, np.array(losses))
    trees = [Leaves.of(one.tree_, columns.bounds) for one in forest.estimators_]
    trees = [tree for tree in trees if tree.variance > 0]

    def share(of: NDArray[np.int64]) -> float:
        return statistics.fmean(tree.explained(of) / tree.variance for tree in trees)

    named = dict(zip(columns.names, columns.of, strict=True))
    alone = {name: share(of) for name, of in named.items()}
    pairs = {}
    for one, other in itertools.combinations(named, 2):
        both = share(np.concatenate([named[one], named[other]]))
        pairs[one, other] = max(0.0, both - alone[one] - alone[other])
    return Importance(alone, pairs)
