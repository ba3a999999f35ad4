"""A layer of any cell with its batch."""

from __future__ import annotations

from typing import Any

import torch
from shapes import Shape
from subject import Subject, batch

from recurra import Cell, Recurrent
from recurra.cells import find


def cell_subject(cell: Cell | str, shape: Shape, **extras: Any) -> Subject:
    """A layer, weights as they start, states of zero, and a batch.

    A cell that asks for them gets gaps in a fifth of the input, and uneven times.
    """
    made = find(cell)() if isinstance(cell, str) else cell
    torch.manual_seed(0)
    layer = Recurrent(made, shape.I, shape.H)
    x, cotangent = batch(shape)
    with torch.no_grad():
        after = layer(x[:1])[1]
    carried = after if isinstance(after, tuple) else (after,)
    states = tuple(torch.zeros_like(one) for one in carried)
    return Subject(layer, x, states, cotangent, _asked(made, shape) | extras)


def _asked(cell: Cell, shape: Shape) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(2)
    drawn = {
        "missing": torch.rand(shape.T, shape.B, shape.I, generator=generator) < 0.2,
        "dt": 0.5 + torch.rand(shape.T, shape.B, generator=generator),
    }
    return {name: value for name, value in drawn.items() if name in cell.inputs}
