"""Made-up tasks, trials and evidence, small enough to be known by heart."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import io as scipy_io

from recurra.studies import Budget, Contender, Evidence, Outcome, Results, Study
from recurra.studies.analysis.comparison import compared
from recurra.studies.analysis.results import Cell
from recurra.studies.material import Answer, Material, Sequences, Shown
from recurra.studies.storage import Kept

SHOWN: Mapping[str, Shown] = {
    "keys": "nats",
    "symbols": "nats",
    "class": "wrong",
    "number": "mse",
}


def outcome(value: float, test: float | None = None, **others: Any) -> Outcome:
    """Of a trial of two passes."""
    told: dict[str, Any] = {
        "value": value,
        "validation": value,
        "test": value if test is None else test,
        "constant": 100.0,
        "untrained": 200.0,
        "curve": [value + 1.0, value],
        "learned": [value + 2.0, value],
        "ended": "all passes",
        "hidden_size": 4,
        "parameters": 96,
        "seconds": 1.0,
        "flops": 1e6,
    }
    return Outcome(**{**told, **others})


def evidence(
    study: Study, again: Mapping[tuple[str, str], Sequence[float]], importance: Any = None
) -> Evidence:
    """A study whose cells, learned again, came to these test figures."""
    cells = {}
    for task, contender in study.pairs:
        figures = again.get((task, contender.name), ())
        draws = [Kept(0, {}, outcome(min(figures)))] if figures else []
        seeds = [Kept(number, {}, outcome(figure)) for number, figure in enumerate(figures)]
        cells[task, contender.name] = Cell(task, contender.name, draws, seeds, by_again=True)
    results = Results(study, cells)
    pairs = {task: compared(results.on(task)) for task in study.tasks}
    return Evidence(results, pairs, importance or {})


def declared(**changes: Any) -> Study:
    """Two cells on made-up chorales, four draws each, two seeds."""
    told: dict[str, Any] = {
        "name": "made",
        "tasks": ("jsb",),
        "contenders": (Contender("RNN", "elman"), Contender("GRU", "gru")),
        "space": {},
        "fixed": {"hidden_size": 3},
        "trials": 1,
        "seeds": 2,
        "budget": Budget(epochs=3),
    }
    return Study(**{**told, **changes})


def material(
    answer: Answer,
    *,
    lengths: Sequence[int] = (3, 5, 2, 4),
    inputs: int = 2,
    outputs: int = 3,
    seed: int = 0,
    unasked: bool = False,
) -> Material:
    """A task of a few sequences, in which the last input tells the answer."""
    generator = torch.Generator().manual_seed(seed)

    def part() -> Sequences:
        x = [torch.randn(steps, inputs, generator=generator) for steps in lengths]
        match answer:
            case "keys":
                y = [(row[:, :1] > 0).float().expand(-1, outputs).contiguous() for row in x]
            case "symbols":
                y = [(row[:, 0] > 0).long() + 1 for row in x]
                for row in y if unasked else ():
                    row[0] = -1
            case "class":
                y = [(row[-1, 0] > 0).long() for row in x]
            case _:
                y = [row[-1, :1].expand(outputs).contiguous() for row in x]
        return Sequences(x, y)

    return Material(
        "tiny", "Tiny", answer, inputs, outputs, part(), part(), part(), SHOWN[answer], 2
    )


def write_chorales(folder: Path, *, pieces: int = 6) -> Path:
    """The file of the task ``jsb``, made up: scales up and down."""
    cells = {}
    for name, count in (("traindata", pieces), ("validdata", 2), ("testdata", 2)):
        cells[name] = np.empty((1, count), dtype=object)
        for number in range(count):
            roll = np.zeros((4 + number % 2, 88), dtype=np.uint8)
            roll[np.arange(len(roll)), 30 + number + np.arange(len(roll))] = 1
            cells[name][0, number] = roll
    file = io.BytesIO()
    scipy_io.savemat(file, cells)
    path = folder / "JSB_Chorales.mat"
    path.write_bytes(file.getvalue())
    return path
