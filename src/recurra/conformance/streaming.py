"""A sequence as a stream."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor

from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.carried import taken_apart
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.language import Cell
from recurra.layers import Recurrent
from recurra.layers.state import pack
from recurra.layers.stepper import Stepper


def stepper_is_the_whole(cell: Cell) -> str:
    """A stepper gives the outputs of the whole sequence and ends in the same state."""
    layer = drawn_layer(cell).eval()
    batch = drawn_batch(layer)
    assert batch.state is not None
    stepper = _stepper(layer, batch.rows)
    stepper.state = pack(batch.state)
    outputs = torch.stack([_step(stepper, batch, number) for number in range(batch.steps)])
    compare = Comparison()
    compare.outcomes(Outcome(outputs, taken_apart(layer, stepper.state)), call(layer, batch))
    return compare.words()


def _stepper(layer: Recurrent, rows: int) -> Stepper:
    with warnings.catch_warnings():
        # Whether it is a slow one does not matter here.
        warnings.simplefilter("ignore", UserWarning)
        return layer.stepper(rows)


def _step(stepper: Stepper, batch: Batch, number: int) -> Tensor:
    dt = None if batch.dt is None else batch.dt[number]
    missing = None if batch.missing is None else batch.missing[number]
    return stepper.step(batch.x[number], dt=dt, missing=missing).clone()
