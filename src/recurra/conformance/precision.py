"""Single precision."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import Tensor

from recurra.conformance.batch import Outcome, call
from recurra.conformance.carried import changed
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.errors import ConformanceError
from recurra.language import Cell


def single_is_double(cell: Cell) -> str:
    """What float32 gives is what float64 gives but for rounding."""
    layer = drawn_layer(cell)
    batch = drawn_batch(layer)
    assert batch.state is not None
    single = call(
        copy.deepcopy(layer).float(),
        replace(
            batch,
            x=batch.x.float(),
            dt=None if batch.dt is None else batch.dt.float(),
            state=changed(batch.state, _single),
        ),
    )
    if single.output.dtype != torch.float32:
        raise ConformanceError(f"float32 comes out as {single.output.dtype}", "float32")
    compare = Comparison(2e-5)
    found = Outcome(single.output.double(), changed(single.state, _double))
    compare.outcomes(found, call(layer, batch))
    return compare.words()


def _single(part: Tensor) -> Tensor:
    return part.float() if part.is_floating_point() else part


def _double(part: Tensor) -> Tensor:
    return part.double() if part.is_floating_point() else part
