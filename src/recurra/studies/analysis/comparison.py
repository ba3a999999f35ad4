"""Which differences between cells are more than chance."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recurra.studies.analysis.results import FEWEST, Cell
from recurra.studies.library import scipy_stats

LEVEL = 0.05
"""Below it a difference is called one."""

FEW = 5
"""With fewer figures on a side, that no difference was found says little."""


@dataclass(frozen=True)
class Pair:
    """Two cells on a task.

    Attributes:
        task: Its name.
        one: A cell's name.
        other: Another's.
        difference: The mean figure of ``one`` less that of ``other``; below 0 if it is better.
        p_value: How often chance alone would make them differ so, corrected for the number of
            pairs that were compared together.
        figures: Those of the side that has fewer.
    """

    task: str
    one: str
    other: str
    difference: float
    p_value: float
    figures: int

    @property
    def differs(self) -> bool:
        """Whether it is more than chance."""
        return self.p_value < LEVEL

    @property
    def told(self) -> bool:
        """Whether anything can be said: of few figures only that there is a difference."""
        return self.differs or self.figures >= FEW

    @property
    def worse(self) -> bool:
        """Whether ``one`` is worse by more than chance."""
        return self.differs and self.difference > 0

    @property
    def better(self) -> bool:
        """Whether ``one`` is better by more than chance."""
        return self.differs and self.difference < 0


def compared(cells: Sequence[Cell]) -> list[Pair]:
    """Every two cells of a task that have enough figures, as :func:`contrasted` compares them."""
    return contrasted(list(itertools.combinations(cells, 2)))


def contrasted(pairs: Sequence[tuple[Cell, Cell]]) -> list[Pair]:
    """Pairs of cells of a task, those that have enough figures.

    Welch's t-test (1947), which takes no equal variances for granted, two-sided; the p-values
    of these pairs together corrected by Holm (1979).
    """
    known = [pair for pair in pairs if all(len(cell.figures) >= FEWEST for cell in pair)]
    corrected = holm([_welch(one.figures, other.figures) for one, other in known])
    return [
        Pair(
            one.task,
            one.name,
            other.name,
            one.mean - other.mean,
            p_value,
            min(len(one.figures), len(other.figures)),
        )
        for (one, other), p_value in zip(known, corrected, strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected so that all of them together are wrong as seldom as one would be.

    Holm 1979, "A simple sequentially rejective multiple test procedure": the least of m is
    multiplied by m, the next by m - 1, and so on, and none is left below one before it.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    found, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        found[place] = least
    return found


def _welch(one: Sequence[float], other: Sequence[float]) -> float:
    if np.ptp(one) == np.ptp(other) == 0:
        # Without any spread it is not known how far chance goes: one answer more or less, perhaps.
        return 1.0
    with warnings.catch_warnings():
        # A side of one figure, several times over, has no spread in any precision.
        warnings.simplefilter("ignore", RuntimeWarning)
        tested: Any = scipy_stats().ttest_ind(one, other, equal_var=False)
    return float(tested.pvalue)
