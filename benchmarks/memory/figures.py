"""What the runs of a cell on a task come to, over its seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from records import Record
from settings import SOLVED, TASKS

from training import Run


@dataclass(frozen=True)
class Row:
    """A cell on a task.

    Attributes:
        share: The median over seeds of the least held-out loss, as a share of the baseline.
        spread: The least and the greatest of them over seeds.
        right: The median of the greatest accuracy; None where answers are numbers.
        solved: In how many runs the task was solved.
        steps: The median of the steps until then; None if in none.
        milliseconds: The median time of a step.
    """

    cell: str
    units: int
    parameters: int
    runs: tuple[Run, ...]
    share: float
    spread: tuple[float, float]
    right: float | None
    solved: int
    steps: float | None
    milliseconds: float


def by_task(records: Iterable[Record]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each task, the best first, in the tasks' order."""
    tasks, found = list(TASKS), list(records)
    for task in tasks:
        own = [record for record in found if record.plan.task == task]
        ordered = sorted(own, key=lambda record: record.plan.cell)
        rows = [
            _row(cell, [record.run for record in some])
            for cell, some in groupby(ordered, key=lambda record: record.plan.cell)
        ]
        if rows:
            yield task, sorted(rows, key=lambda row: row.share)


def _row(cell: str, runs: list[Run]) -> Row:
    steps = [step for step in map(solved_after, runs) if step is not None]
    shares = [least(run) / run.baseline for run in runs]
    rights = [r for r in (_best_accuracy(run) for run in runs) if r is not None]
    return Row(
        cell=cell,
        units=runs[0].units,
        parameters=runs[0].parameters[0],
        runs=tuple(runs),
        share=median(shares),
        spread=(min(shares), max(shares)),
        right=median(rights) if rights else None,
        solved=len(steps),
        steps=median(steps) if steps else None,
        milliseconds=median(1000 * run.seconds / run.steps for run in runs),
    )


def least(run: Run) -> float:
    """The least loss on the held-out examples; infinite where there was never a number."""
    return min((loss for _, loss, _ in run.curve), default=float("inf"))


def solved_after(run: Run) -> int | None:
    """After how many steps the task was solved."""
    return next((step for step, loss, _ in run.curve if loss < SOLVED * run.baseline), None)


def _best_accuracy(run: Run) -> float | None:
    return max((right for _, _, right in run.curve if right is not None), default=None)
