"""Whether the networks of a study can be made, found out before the first trial."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from recurra.studies import budget, tasks
from recurra.studies.declaration import Contender, Study
from recurra.studies.knobs import Choice, Settings, Space
from recurra.studies.network import layers


def check(study: Study, data: Path | None) -> None:
    """Refuses a study of which a trial could not begin.

    Args:
        study: Which.
        data: Where files of tasks are looked for.

    Raises:
        OptionError: If there is no such task, it reads no such column, ``init`` names what a cell
            does not have, or the parameters of the budget are too few.
        CellError: If a cell cannot have so many units.
        DataError: If a task's data cannot be read.
    """
    for task, contender in study.pairs:
        size = tasks.material(task, data, study.named).input_size
        for settings in _extremes(study, contender):
            layers(contender, size, _sized(study, contender, size, settings), "meta")


def _extremes(study: Study, contender: Contender) -> Iterator[Settings]:
    """The sizes at the ends of the space."""
    drawn, fixed = study.space_of(contender), {**study.fixed, **contender.settings}
    space = {name: _values(drawn, name) for name in ("hidden_size", "layers")}
    given = {name: values for name, values in space.items() if values}
    for values in itertools.product(*given.values()):
        yield Settings(**{**fixed, **dict(zip(given, values, strict=True))})


def _values(space: Space, name: str) -> list[int]:
    if (within := space.get(name)) is None:
        return []
    if isinstance(within, Choice):
        return list(within.values)
    return [int(within.low), int(within.high)]


def _sized(study: Study, contender: Contender, size: int, settings: Settings) -> Settings:
    allowed = study.budget.parameters
    if allowed is None:
        return settings
    units = budget.hidden_size(contender.cell, size, settings.layers, allowed)
    return replace(settings, hidden_size=units)
