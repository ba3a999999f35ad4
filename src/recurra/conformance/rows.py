"""The rows of a batch know nothing of each other."""

from __future__ import annotations

from dataclasses import replace

import torch

from recurra.conformance.batch import call
from recurra.conformance.carried import part_of
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.language import Cell


def rows_alone(cell: Cell) -> str:
    """Each row alone gives what it gives in a batch; a row of NaN leaves the others' bits."""
    layer = drawn_layer(cell, bidirectional=True)
    batch = drawn_batch(layer)
    whole = call(layer, batch)
    compare = Comparison()
    for number in range(batch.rows):
        own = slice(number, number + 1)
        alone = call(layer, batch.row(number))
        compare.tensors(f"the output of row {number} alone", alone.output, whole.output[:, own])
        compare.carried(alone.state, part_of(whole.state, own))
    spoilt = batch.x.clone()
    spoilt[:, 0] = torch.nan
    beside = call(layer, replace(batch, x=spoilt))
    same, others = Comparison(0), slice(1, None)
    same.tensors(
        "the output beside a row of NaN", beside.output[:, others], whole.output[:, others]
    )
    same.carried(part_of(beside.state, others), part_of(whole.state, others))
    return compare.words()
