"""No parameter is idle."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.errors import ConformanceError
from recurra.language import Cell
from recurra.layers import Recurrent

_DRAWS = 3


def every_parameter_counts(cell: Cell) -> str:
    """Other values of any parameter give other outputs or states."""
    layer = drawn_layer(cell)
    idle = idle_parameters(layer, drawn_batch(layer))
    for _ in range(_DRAWS - 1):
        if not idle:
            break
        # What is shut out by chance, as behind a relu, may count with other numbers.
        layer = drawn_layer(cell)
        idle &= idle_parameters(layer, drawn_batch(layer))
    if idle:
        raise ConformanceError(
            f"other values of {', '.join(sorted(idle))} leave all outputs and states as they are",
            "every parameter to take part",
        )
    return f"{len(layer.weights(0, 'forwards'))} parameters in the lowest layer"


def idle_parameters(layer: Recurrent, batch: Batch) -> set[str]:
    """The cell's parameters other values of which change nothing, in whatever layer."""
    wanted = call(layer, batch)
    own = {key: key.rpartition(".")[2] for key, _ in layer.named_parameters()}
    counting = {
        own[key]
        for key, parameter in layer.named_parameters()
        if _differ(call(layer, batch, {key: _other(parameter)}), wanted)
    }
    return {*own.values()} - counting


def _differ(found: Outcome, wanted: Outcome) -> bool:
    parts = [(found.output, wanted.output)]
    for own, other in zip(found.state, wanted.state, strict=True):
        parts += [(own[name], other[name]) for name in own]
    return any(not torch.allclose(one, two, rtol=1e-9, atol=1e-9) for one, two in parts)


def _other(parameter: Tensor) -> Tensor:
    # Each number by a step of its own: a cell may be blind to what all of them share.
    return parameter.detach() + 0.01 + torch.rand_like(parameter) / 4
