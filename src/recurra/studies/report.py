"""What is shown of a study: a page, its picture, figures, the trials as a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from typing import Any

from recurra.applications.reporting import Page, Table, render
from recurra.studies import tasks
from recurra.studies.analysis.comparison import FEW
from recurra.studies.analysis.findings import Built, Evidence, verdict
from recurra.studies.analysis.results import Cell, outcomes, short, unit
from recurra.studies.declaration import Study
from recurra.studies.knobs import Choice, Interval
from recurra.studies.material import Shown
from recurra.studies.storage import Kept


def conclusions(evidence: Evidence, built: Built | None = None) -> list[str]:
    """The study's own answer, else a sentence a task, and one for each finding of a paper."""
    study = evidence.results.study
    own = built.answer(evidence) if built and built.answer else ()
    said = [*own] or [
        f"{short(task)}: {verdict(evidence.results.on(task), evidence.pairs[task])}."
        for task in study.tasks
    ]
    for one in built.findings if built else ():
        here, why = one.tested(evidence)
        said.append(f"The paper: {one.paper} Here: {here} ({why}).")
    if missing := study.wanted - evidence.results.ended:
        said.append(f"{missing} of {study.wanted} trials have not been run yet.")
    return said


def conclusion(evidence: Evidence, built: Built | None = None) -> str:
    """The study's own answer, else the tasks' sentences, in one."""
    return " ".join(conclusions(evidence, built if built and built.answer else None))


def page(evidence: Evidence, built: Built | None, drawn: bytes, command: str) -> str:
    """The page as HTML."""
    study = evidence.results.study
    return render(
        Page(
            job="Study",
            title=study.name,
            verdict=conclusion(evidence, built),
            picture=drawn,
            pictured="Figures of every trial by cell, how the best of each learned, and how much "
            "each setting explains",
            settings=settings(study),
            command=command,
            tables=tables(evidence, built),
            notes=notes(evidence),
        )
    )


def tables(evidence: Evidence, built: Built | None) -> list[Table]:
    """Findings, figures of each task, comparisons, importance, cost."""
    study = evidence.results.study
    shown = [_findings_table(evidence, built)] if built is not None and built.findings else []
    shown += [_cells_table(evidence, task, built) for task in study.tasks]
    shown += [_pairs_table(evidence, task) for task in study.tasks if evidence.pairs[task]]
    shown += [_importance_table(evidence, task) for task in evidence.importance]
    return [*shown, _cost_table(evidence)]


def notes(evidence: Evidence) -> list[str]:
    """How figures were come by, and what differs from the papers' sets."""
    study = evidence.results.study
    ways = {evidence.results.by_again(task) for task in study.tasks}
    hows = {
        True: f"Cells are compared by the test figures of their best settings, learned "
        f"{study.seeds} times again from other weights.",
        False: "Cells are compared by the test figures of the tenth of their trials that is best "
        "on held-out data.",
    }
    how = hows[ways.pop()] if len(ways) == 1 else "How cells are compared, each table says."
    said = [
        how,
        "P-values are of Welch's t-test, corrected by Holm for all pairs of a task; below 0.05 a "
        "difference is called one.",
        "All settings were chosen on held-out data; the test part was read once a trial, by the "
        "weights of its best pass.",
    ]
    if study.about:
        said.insert(0, study.about)
    return said


def figures(evidence: Evidence, built: Built | None = None) -> dict[str, Any]:
    """All figures as plain data."""
    study = evidence.results.study
    return {
        "study": study.told(),
        "trials_ended": evidence.results.ended,
        "trials_wanted": study.wanted,
        "conclusion": conclusion(evidence, built),
        "findings": [
            {"paper": one.paper, "here": said, "why": why}
            for one in (built.findings if built else ())
            for said, why in [one.tested(evidence)]
        ],
        "cells": [_cell_told(study, cell) for cell in evidence.results.cells.values()],
        "pairs": [vars(pair) for task in study.tasks for pair in evidence.pairs[task]],
        "importance": {
            task: {
                "alone": dict(one.alone),
                "pairs": {" x ".join(pair): share for pair, share in one.pairs.items()},
                "rest": one.rest,
            }
            for task, one in evidence.importance.items()
        },
    }


def table_of_trials(evidence: Evidence) -> str:
    """Every trial that has ended, a row each, as CSV."""
    study, buffer = evidence.results.study, io.StringIO()
    kept = ("value", "validation", "test", "ended", "passes", "hidden_size", "parameters")
    own = [name for one in study.contenders for name in one.settings]
    names = [n for n in dict.fromkeys([*study.space, *study.fixed, *own]) if n != "hidden_size"]
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["task", "cell", "kind", "number", *names, *kept, "seconds", "flops"])
    for cell in evidence.results.cells.values():
        for kind, trials in (("draw", cell.trials), ("seed", cell.again)):
            for trial, outcome in zip(trials, outcomes(trials), strict=True):
                given = _all_settings(study, cell, trial)
                writer.writerow(
                    [cell.task, cell.name, kind, trial.number]
                    + [given.get(name) for name in names]
                    + [getattr(outcome, name) for name in kept]
                    + [f"{outcome.seconds:.2f}", f"{outcome.flops:.3g}"]
                )
    return buffer.getvalue()


def _cells_table(evidence: Evidence, task: str, built: Built | None) -> Table:
    published = built.published if built else {}
    columns = ["cell", "trials", "best", "compared by", "spread", "units", "parameters"]
    if any(known == task for known, _ in published):
        columns.append("published")
    rows = []
    for cell in evidence.results.on(task):
        row = _cell_row(cell)
        if columns[-1] == "published":
            given = published.get((task, cell.name))
            row.append("" if given is None else f"{given:.2f}")
        rows.append(row)
    again = evidence.results.by_again(task)
    which = "its best settings, learned again" if again else "its best tenth"
    figures = max(len(cell.figures) for cell in evidence.results.on(task))
    note = (
        f"In {unit(task)} on the test part, lower is better. Best: the trial that was best on "
        f"held-out data. Compared by: the mean of {which}, {figures} trials; spread: the standard "
        "deviation."
    )
    if figures < FEW:
        note += f" Of {figures} figures on a side only large differences can be told from chance."
    return Table(f"{tasks.find(task).title}", columns, rows, note)


def _cell_row(cell: Cell) -> list[str]:
    best = cell.best.outcome if cell.best else None
    return [
        cell.name,
        str(len(cell.trials)),
        _number(best.test if best else math.nan, cell.task),
        _number(cell.mean, cell.task),
        _number(cell.spread, cell.task),
        str(best.hidden_size) if best else "",
        f"{best.parameters:,}" if best else "",
    ]


def _findings_table(evidence: Evidence, built: Built) -> Table:
    rows = []
    for one in built.findings:
        said, why = one.tested(evidence)
        rows.append([one.paper, said, why])
    note = "Each is tested by the pairs that it is about, corrected for these alone."
    return Table("The paper's findings", ("the paper", "here", "because"), rows, note)


def _pairs_table(evidence: Evidence, task: str) -> Table:
    rows = [
        [f"{p.one} - {p.other}", f"{p.difference:+.3g}", f"{p.p_value:.2g}", "yes" * p.differs]
        for p in sorted(evidence.pairs[task], key=lambda pair: pair.p_value)
    ]
    columns = ("pair", "difference", "p (Holm)", "more than chance")
    return Table(f"{short(task)}: every two cells", columns, rows)


def _importance_table(evidence: Evidence, task: str) -> Table:
    one = evidence.importance[task]
    alone = sorted(one.alone.items(), key=lambda item: -item[1])
    pairs = sorted(one.pairs.items(), key=lambda item: -item[1])
    rows = [[name, f"{100 * share:.1f} %"] for name, share in alone]
    rows += [[" x ".join(pair), f"{100 * share:.1f} %"] for pair, share in pairs]
    rows.append(["three or more together", f"{100 * one.rest:.1f} %"])
    note = "Shares of the variance of the loss on held-out data over the space, mean over cells."
    return Table(f"{short(task)}: importance of the settings", ("setting", "share"), rows, note)


def _cost_table(evidence: Evidence) -> Table:
    rows = []
    for task in evidence.results.study.tasks:
        cells = evidence.results.on(task)
        seconds, flops = sum(c.seconds for c in cells), sum(c.flops for c in cells)
        trials = sum(len(c.trials) + len(c.again) for c in cells)
        rows.append([short(task), str(trials), f"{seconds / 60:.1f}", f"{flops:.3g}"])
    return Table(
        "Cost",
        ("task", "trials", "minutes", "FLOPs"),
        rows,
        "Minutes of one thread. Floating-point operations: 6 a step for each number of a matrix.",
    )


def _all_settings(study: Study, cell: Cell, trial: Kept) -> dict[str, Any]:
    """Those that were drawn, those of the study and those of the cell alone."""
    contender = next(one for one in study.contenders if one.name == cell.name)
    return {**study.fixed, **trial.settings, **contender.settings}


def _cell_told(study: Study, cell: Cell) -> dict[str, Any]:
    return {
        "task": cell.task,
        "cell": cell.name,
        "trials": len(cell.trials),
        "best": None if cell.best is None else {
            "settings": _all_settings(study, cell, cell.best),
            **(cell.best.outcome.told() if cell.best.outcome else {}),
        },
        "figures": cell.figures,
        "mean": _finite(cell.mean),
        "spread": _finite(cell.spread),
        "seconds": cell.seconds,
        "flops": cell.flops,
    }  # fmt: skip


def settings(study: Study) -> dict[str, str]:
    """How trials are drawn and what they may have, in words."""
    drawn = {name: _within(one) for name, one in study.space.items()}
    fixed = {name: str(value) for name, value in study.fixed.items()}
    limits = {name: str(value) for name, value in vars(study.budget).items() if value is not None}
    draws = ", ".join(f"{study.trials_of(task)} on {task}" for task in study.tasks)
    return {
        "draws of each cell": draws,
        "seeds": str(study.seeds),
        "sampler": study.sampler,
        "pruner": study.pruner,
        **drawn,
        **fixed,
        **limits,
    }


def _within(one: Interval | Choice) -> str:
    if isinstance(one, Choice):
        return ", ".join(map(str, one.values))
    return f"{one.low:g} to {one.high:g}" + (", drawn in the logarithm" if one.log else "")


DIGITS: Mapping[Shown, str] = {"nats": ".3f", "wrong": ".2f", "mse": ".4g"}
"""How figures of a task are written: those of a column alike, but errors of any size."""


def _number(value: float, task: str) -> str:
    return "" if math.isnan(value) else f"{value:{DIGITS[tasks.find(task).shown]}}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
