"""A sequence in parts equals the sequence as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch

from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import STEPS, drawn_batch, drawn_layer
from recurra.language import Cell
from recurra.layers import Recurrent


def step_by_step(cell: Cell) -> str:
    """One step at a time equals the whole."""
    layer = drawn_layer(cell)
    compare = Comparison()
    for batch in _started(layer):
        whole = call(layer, batch)
        compare.outcomes(_in_parts(layer, batch, range(STEPS + 1)), whole)
    return compare.words()


def split_anywhere(cell: Cell) -> str:
    """A sequence split in two equals the whole, wherever it is cut."""
    layer = drawn_layer(cell)
    compare = Comparison()
    for batch in _started(layer):
        whole = call(layer, batch)
        for cut in range(1, STEPS):
            compare.outcomes(_in_parts(layer, batch, (0, cut, STEPS)), whole)
    return compare.words()


def _started(layer: Recurrent) -> tuple[Batch, Batch]:
    """A batch that starts from zero, and one that goes on."""
    batch = drawn_batch(layer)
    return batch.between(0, STEPS, None), batch


def _in_parts(layer: Recurrent, batch: Batch, cuts: Sequence[int]) -> Outcome:
    """The steps between the cuts, each part started from where the one before ended."""
    outputs, state = [], batch.state
    for first, last in pairwise(cuts):
        part = call(layer, batch.between(first, last, state))
        outputs.append(part.output)
        state = part.state
    assert state is not None
    return Outcome(torch.cat(outputs), state)
