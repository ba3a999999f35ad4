"""The trials of a study, and what they say of each cell on each task."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from recurra.studies import tasks
from recurra.studies.declaration import Contender, Study
from recurra.studies.material import UNITS
from recurra.studies.outcome import Outcome
from recurra.studies.plan import best, counted, learned_again
from recurra.studies.storage import Kept, Storage

TOP = 0.1
"""The share of trials, the best ones, that stand for a cell; as in Greff et al. 2015."""

FEWEST = 3
"""Figures from which a spread is told."""


@dataclass(frozen=True)
class Cell:
    """A cell on a task.

    Attributes:
        task: Its name.
        name: The cell's, as it takes part.
        trials: The draws that have ended, by their numbers.
        again: The best settings, learned again.
        by_again: Whether it is compared by these; else by its best tenth.
    """

    task: str
    name: str
    trials: Sequence[Kept]
    again: Sequence[Kept]
    by_again: bool

    @cached_property
    def best(self) -> Kept | None:
        """The trial with the least loss on held-out data."""
        return best(self.trials)

    @cached_property
    def top(self) -> list[Outcome]:
        """The tenth of the trials that is best on held-out data, at least one."""
        ordered = sorted(outcomes(self.trials), key=lambda one: one.value)
        return ordered[: max(1, math.ceil(TOP * len(ordered)))] if ordered else []

    @property
    def figures(self) -> list[float]:
        """Test figures by which it is compared."""
        return [one.test for one in (outcomes(self.again) if self.by_again else self.top)]

    @property
    def mean(self) -> float:
        """Of the figures; NaN if there is none."""
        return statistics.fmean(self.figures) if self.figures else math.nan

    @property
    def spread(self) -> float:
        """Their standard deviation; NaN if there are too few."""
        return statistics.stdev(self.figures) if len(self.figures) >= FEWEST else math.nan

    @property
    def seconds(self) -> float:
        """That all its trials took."""
        return sum(one.seconds for one in (*outcomes(self.trials), *outcomes(self.again)))

    @property
    def flops(self) -> float:
        """Floating-point operations of all its trials."""
        return sum(one.flops for one in (*outcomes(self.trials), *outcomes(self.again)))


@dataclass(frozen=True)
class Results:
    """All that a study's trials say.

    Attributes:
        study: Which.
        cells: Each cell on each task, by task and name.
    """

    study: Study
    cells: dict[tuple[str, str], Cell]

    @classmethod
    def of(cls, study: Study, storage: Storage) -> Results:
        """From the trials that are kept."""
        found: dict[tuple[str, str], Cell] = {}
        for task in study.tasks:
            own = [_cell(study, storage, task, contender) for contender in study.contenders]
            # All in the same way: a best tenth is of chosen trials, seeds are not.
            enough = all(len(cell.again) >= FEWEST for cell in own)
            found |= {(task, cell.name): replace(cell, by_again=enough) for cell in own}
        return cls(study, found)

    def on(self, task: str) -> list[Cell]:
        """The cells on a task, as the study names them."""
        return [self.cells[task, one.name] for one in self.study.contenders]

    @property
    def ended(self) -> int:
        """How many trials have ended."""
        return sum(
            len(outcomes(one.trials)) + len(outcomes(one.again)) for one in self.cells.values()
        )

    def by_again(self, task: str) -> bool:
        """Whether cells are compared there by their best settings, learned again."""
        return all(cell.by_again for cell in self.on(task))


def outcomes(trials: Sequence[Kept]) -> list[Outcome]:
    """Of the trials that have ended."""
    return [one.outcome for one in trials if one.outcome is not None]


def unit(task: str) -> str:
    """What figures of a task are measured in."""
    return UNITS[tasks.find(task).shown]


def short(task: str) -> str:
    """What a task is, in a word or two."""
    return tasks.find(task).title.split(":")[0]


def _cell(study: Study, storage: Storage, task: str, contender: Contender) -> Cell:
    drawn = counted(study, storage, task, contender)
    again = learned_again(study, storage, task, contender)
    trials, ended = ([one for one in some if one.outcome] for some in (drawn, again))
    return Cell(task, contender.name, trials, ended[: study.seeds], by_again=False)
