"""Training and evaluation."""

from __future__ import annotations

from itertools import product

from recurra.errors import ConformanceError
from recurra.language import Cell, trace


def same_parameters(cell: Cell) -> str:
    """A cell has the same parameters in training and in evaluation."""
    for bias, lowest, square in product((True, False), repeat=3):
        training, evaluation = (
            trace(cell, bias=bias, lowest=lowest, square=square, training=mode)
            for mode in (True, False)
        )
        if training.parameters != evaluation.parameters:
            raise ConformanceError(
                f"the parameters in evaluation are {', '.join(evaluation.parameters)}",
                f"those of training: {', '.join(training.parameters)}",
            )
    return f"{len(trace(cell).parameters)} parameters"


def modes(cell: Cell) -> tuple[bool, ...]:
    """Whether the equations are those of training: both ways if they differ."""
    return (True, False) if trace(cell, training=True).randoms else (True,)
