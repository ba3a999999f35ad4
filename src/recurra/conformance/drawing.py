"""Draws layers and batches for checks: small, in float64, no number of them at rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from recurra.conformance.batch import Batch, call
from recurra.conformance.carried import changed
from recurra.conformance.sizes import Sizes, sizes
from recurra.language import Cell
from recurra.layers import Recurrent

STEPS, ROWS = 5, 4


def drawn_layer(cell: Cell, size: Sizes | None = None, **options: Any) -> Recurrent:
    """A stack of layers whose parameters differ from what they start from, and from zero.

    Args:
        cell: The cell.
        size: Its sizes; the smallest that the cell can have if None.
        options: Whatever else the layer is made with.
    """
    size = size or sizes(cell)
    layer = Recurrent(cell, size.inputs, size.units, size.layers, dtype=torch.float64, **options)
    with torch.no_grad():
        for parameter in layer.parameters():
            # What starts positive stays so: a cell may count on it.
            parameter.mul_(1 + _bounded_normal(parameter) / 4)
            parameter.add_(torch.where(parameter == 0, _bounded_normal(parameter) / 4, 0.0))
    return layer


def _bounded_normal(like: Tensor) -> Tensor:
    return torch.randn_like(like).clamp(-2, 2)


def drawn_batch(layer: Recurrent, steps: int = STEPS, rows: int = ROWS) -> Batch:
    """A batch for a layer, each row started from a state that the layer itself has reached."""
    before = _fresh(layer, 3, rows)
    lengths = torch.arange(rows) % 3 + 1
    state = changed(call(layer, before, lengths=lengths).state, torch.Tensor.detach)
    return replace(_fresh(layer, steps, rows), state=state)


def _fresh(layer: Recurrent, steps: int, rows: int) -> Batch:
    shape = (steps, rows)
    asked = layer.cell.inputs
    return Batch(
        x=torch.randn(*shape, layer.input_size, dtype=torch.float64),
        numbers=torch.arange(rows) + 5,
        dt=torch.rand(shape, dtype=torch.float64) * 2 + 0.1 if "dt" in asked else None,
        missing=torch.rand(*shape, layer.input_size) < 0.4 if "missing" in asked else None,
    )
