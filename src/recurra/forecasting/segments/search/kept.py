"""A search that is made once, though the run that it belongs to is stopped and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.description import describe
from recurra.forecasting.kept_cell import restored_cell
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.search.finding import Task, find
from recurra.forecasting.segments.search.outcome import Outcome
from recurra.forecasting.segments.settings import Settings
from recurra.language import Cell
from recurra.training import Callback, Checkpoint


def find_once(
    task: Task,
    prepared: Sequence[Prepared],
    watch: Sequence[Callback],
    checkpoint: Checkpoint | None,
) -> Outcome:
    """What :func:`find` gives, or gave before the run was stopped.

    A search that was stopped goes on with its next trial: those that were done are read, and what
    is tried next is chosen by them as it would have been. Of a budget of time the rest is left.

    Args:
        task: What is to be found.
        prepared: The series.
        watch: As for :func:`find`.
        checkpoint: Where the run is kept, if it is.
    """
    if checkpoint is None:
        return find(task, prepared, watch)
    kept = checkpoint.once(lambda: _plain(find(task, prepared, watch, checkpoint.once)))
    return _restored(kept, task)


def _plain(outcome: Outcome) -> dict[str, Any]:
    cell = outcome.candidate.cell
    told = {name: one for name, one in vars(outcome).items() if name not in {"candidate", "budget"}}
    return {
        **told,
        "settings": outcome.candidate.settings.to_json(),
        "cell": describe(cell) if isinstance(cell, Cell) else cell,
    }


def _restored(kept: dict[str, Any], task: Task) -> Outcome:
    told = {name: one for name, one in kept.items() if name not in {"settings", "cell"}}
    cell = kept["cell"]
    if not isinstance(cell, str):
        # A search goes over cells by their names: another one is what the user gave.
        given = task.start.cell
        cell = restored_cell(cell, given if isinstance(given, Cell) else None)
    candidate = Candidate(Settings.from_json(kept["settings"]), cell)
    return Outcome(candidate=candidate, budget=task.budget, **told)
