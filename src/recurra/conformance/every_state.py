"""The states of all steps."""

from __future__ import annotations

import torch

from recurra.conformance.batch import call
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.language import Cell

_LENGTHS = (3, 5, 1, 2)


def all_end_in_the_last(cell: Cell) -> str:
    """The states of all steps end in the last state; the first is the output, if no other is."""
    layer = drawn_layer(cell)
    batch = drawn_batch(layer)
    last = call(layer, batch, lengths=_LENGTHS)
    every = call(layer, batch, lengths=_LENGTHS, states="all")
    compare = Comparison(0)
    compare.tensors("the output", every.output, last.output)
    steps = torch.tensor(_LENGTHS) - 1
    rows = torch.arange(batch.rows)
    live = (torch.arange(batch.steps).unsqueeze(1) <= steps).unsqueeze(-1)
    for place, (own, end) in enumerate(zip(every.state, last.state, strict=True)):
        for name, part in own.items():
            what = f"{name} of all steps (layer {place})"
            compare.tensors(what, part[steps, rows], end[name])
            compare.tensors(f"{what} behind the end", part, torch.where(live, part, 0))
    if not cell.output:
        compare.tensors("the first state", every.state[-1][cell.states[0]], every.output)
    return compare.words()
