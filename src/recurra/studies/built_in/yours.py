"""Which cell, how large, which learning rate, for your data."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra.errors import DataError, OptionError
from recurra.studies import tasks
from recurra.studies.analysis.comparison import Pair, compared
from recurra.studies.analysis.findings import Built, Evidence
from recurra.studies.analysis.results import Cell, outcomes
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.fingerprint import of_data
from recurra.studies.knobs import Choice, Interval, Space
from recurra.studies.material import UNITS, Material
from recurra.studies.tasks.yours import TASKS, jobs
from recurra.studies.tasks.yours.taken_for import taken_for

DEFAULT = "default"
"""What the cell with the command's own settings is called."""

CLEAR = 2.0
"""Standard errors by which a network must be ahead of an answer that needs none."""

SPACE: Space = {
    "hidden_size": Interval(8, 128, log=True),
    "learning_rate": Interval(3e-4, 3e-2, log=True),
    "layers": Choice((1, 2)),
}

STUDY = Study(
    name="yours",
    about="Which cell, how large, which learning rate.",
    tasks=tuple(TASKS),
    contenders=tuple(
        Contender(name, name)
        for name in ("lstm", "gru", "elman", "janet", "mgu", "lstm_peephole", "ugrnn")
    ),
    space=SPACE,
    fixed={"optimizer": "adam", "clip_norm": 1.0},
    sampler="tpe",
    pruner="median",
    trials=20,
    seeds=5,
    budget=Budget(epochs=40, patience=8),
)


def made_for(asked: Study, data: Path | None) -> Built:
    """The study of some data.

    Args:
        asked: The declaration, with what was asked for; of several tasks the one that the data are
            taken for is meant.
        data: The file or folder.

    Raises:
        DataError: If there is none, or it cannot be read.
        OptionError: If it is called a task that is not of your own data, or several that it is not
            taken for.
    """
    if data is None:
        raise DataError(
            "The study yours needs your data.",
            "a file or a folder",
            "recurra study yours --data sales.csv",
        )
    if unknown := [name for name in asked.tasks if name not in TASKS]:
        raise OptionError(f"the task {unknown[0]!r} of yours", f"one of {', '.join(TASKS)}")
    task = asked.tasks[0] if len(asked.tasks) == 1 else _taken_for(data, asked)
    material = tasks.material(task, data, asked.named)
    usual = jobs.usual(material)
    trials = asked.trials_of(task)
    study = asked.changed(
        tasks=(task,),
        trials=trials,
        contenders=(*asked.contenders, Contender(DEFAULT, usual.cell, settings=usual.settings)),
        space=_space(task),
        about=_about(data, material, usual),
    )
    study = study.changed(data=of_data(study, data))
    return Built(study, answer=_Answer(material, usual, data))


def _taken_for(data: Path, asked: Study) -> str:
    task = taken_for(data, asked.columns)
    if task not in asked.tasks:
        raise OptionError(
            f"{data}, which is taken for the task {task}",
            f"data for {' or '.join(asked.tasks)}",
            f"--task {task}; or --task {asked.tasks[0]} alone, to read it so",
        )
    return task


def _about(data: Path, material: Material, usual: jobs.Usual) -> str:
    return (
        f"{data.name} is read for the task {material.name} (--task names another): "
        f"{material.note}; the cell called {DEFAULT} is what recurra {_verb(material.name)} takes "
        f"if nothing is chosen ({usual.words}), in the study's own network and training"
        f"{_of_a_part(material)}."
    )


def _of_a_part(material: Material) -> str:
    if not material.cut:
        return ""
    return "; of so much a study learns from a part: of all of it a larger network may be best"


def _verb(task: str) -> str:
    return "forecast --strategy one-step" if task == "forecast" else f"fit {task}"


def _space(task: str) -> Space:
    # A sentiment network has one layer, which its command cannot be told otherwise.
    return {**SPACE, "layers": Choice((1,))} if task == "sentiment" else SPACE


@dataclass(frozen=True)
class _Answer:
    """What a study of your data says, in sentences."""

    material: Material
    usual: jobs.Usual
    data: Path

    def __call__(self, evidence: Evidence) -> Sequence[str]:
        """The answer, and the command that uses it."""
        study = evidence.results.study
        cells = evidence.results.on(study.tasks[0])
        drawn = [cell for cell in cells if cell.name != DEFAULT]
        tried = [cell for cell in drawn if cell.best]
        if not tried:
            return ["No trial has ended."]
        again = evidence.results.by_again(study.tasks[0])
        best = min(tried, key=lambda cell: _held_out(cell, again=again))
        default = next(cell for cell in cells if cell.name == DEFAULT)
        alike = _alike(evidence.pairs[study.tasks[0]], best.name)
        return [*self._said(study, best, default, alike)]

    def _said(self, study: Study, best: Cell, default: Cell, alike: Sequence[str]) -> Iterator[str]:
        assert best.best is not None
        settings = {**study.fixed, **best.best.settings}
        unit, figure = UNITS[self.material.shown], best.mean
        yield (
            f"Best on what was held out: {jobs.words(best.name, settings)}, with {figure:.4g} "
            f"{unit} on the test part{_against(best, default, self.usual)}."
        )
        plain, clear = self.material.plain, _lead(best) >= CLEAR
        assert plain is not None
        if not clear:
            yield (
                f"It is not better than {plain.name} ({plain.figure:.4g}) by more than chance: "
                "what comes cannot be told from what is read here, and no cell is recommended."
            )
            return
        yield f"An answer without a network, {plain.name}, gets {plain.figure:.4g}."
        pair = _pair(best, default)
        as_well = pair is None or not pair.better
        if pair is None:
            yield (
                "Whether it is better than the default has not been tested yet; --resume goes on. "
                f"Until then: {self._command(study)}"
            )
        elif as_well:
            yield f"The default does as well, as far as can be told: {self._command(study)}"
        if alike:
            yield f"Of the other cells these may do as well: {', '.join(alike)}."
        if not as_well:
            yield f"Use it: {self._command(study, best.name, settings)}"

    def _command(self, study: Study, cell: str = "", settings: Any = None) -> str:
        return jobs.command(study.tasks[0], self.data, study.columns, cell, settings)


def _held_out(cell: Cell, *, again: bool) -> float:
    """The mean loss on held-out data of the best settings learned again, or that of the best."""
    assert cell.best is not None
    assert cell.best.outcome is not None
    if again:
        return statistics.fmean(one.value for one in outcomes(cell.again))
    return cell.best.outcome.value


def _alike(pairs: Sequence[Pair], best: str) -> list[str]:
    """The cells that it is not told apart from, corrected for all pairs."""
    others = [
        pair.other if pair.one == best else pair.one
        for pair in pairs
        if best in {pair.one, pair.other} and not pair.differs
    ]
    return [name for name in others if name != DEFAULT]


def _lead(cell: Cell) -> float:
    """The median, over seeds, of how far it is ahead of the plain answer."""
    found = outcomes(cell.again) if cell.by_again else cell.top
    return statistics.median(one.lead or 0.0 for one in found)


def _pair(best: Cell, default: Cell) -> Pair | None:
    """The one comparison that is asked for, which needs no correction for others."""
    return next(iter(compared([best, default])), None)


def _against(best: Cell, default: Cell, usual: jobs.Usual) -> str:
    if not default.figures:
        return ""
    change = 100 * (1 - best.mean / default.mean) if default.mean else 0.0
    less = f"{abs(change):.0f}% {'less' if change >= 0 else 'more'} than"
    pair = _pair(best, default)
    chance = (
        "too few figures to tell chance"
        if pair is None
        else f"{'more than chance' if pair.differs else 'which may be chance'}, p = "
        f"{pair.p_value:.2g}"
    )
    return f", {less} the default's {default.mean:.4g} ({usual.words}): {chance}"


BUILT = Built(STUDY, made_for=made_for)
