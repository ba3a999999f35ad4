"""A cell held against numbers worked by hand."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from recurra.conformance.batch import Batch, call
from recurra.conformance.carried import changed
from recurra.conformance.comparison import Comparison
from recurra.conformance.influence import idle_parameters
from recurra.errors import ConformanceError
from recurra.language import Cell, WorkedExample
from recurra.layers import Recurrent

_TWELVE_DIGITS = 1e-11


def worked_example(cell: Cell, check: WorkedExample) -> str:
    """The outputs are those worked by hand, and every parameter has a part in them."""
    cell = replace(cell, **check.options)
    width = len(check.x[0])
    layer = Recurrent(cell, width, check.hidden_size, dtype=torch.float64)
    _fill(layer, check)
    batch = _batch(layer, check)
    compare = Comparison(_TWELVE_DIGITS)
    found = call(layer, batch).output.squeeze(1)
    compare.tensors("the output", found, _tensor(check.output))
    if idle := idle_parameters(layer, batch):
        raise ConformanceError(
            f"the worked example gives the same with another {min(idle)}",
            "an example in which every parameter takes part",
        )
    return f"{len(check.x)} steps by hand, {compare.words()}"


def _tensor(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _fill(layer: Recurrent, check: WorkedExample) -> None:
    """Gives the layer the example's parameters, the others 0."""
    parameters = layer.weights(0, "forwards")
    if unknown := [*check.parameters.keys() - parameters.keys()]:
        raise ConformanceError(
            f"the example gives {unknown[0]}, which the cell does not have",
            f"some of {', '.join(parameters)}",
        )
    with torch.no_grad():
        for name, parameter in parameters.items():
            given = _tensor(check.parameters.get(name, 0.0))
            if given.dim() and given.shape != parameter.shape:
                raise ConformanceError(
                    f"the example's {name} has the shape {tuple(given.shape)}",
                    f"{tuple(parameter.shape)}",
                )
            parameter.copy_(given)


def _batch(layer: Recurrent, check: WorkedExample) -> Batch:
    """The example as a batch of one row."""
    batch = Batch(
        x=_tensor(check.x).unsqueeze(1),
        numbers=torch.zeros(1, dtype=torch.int64),
        dt=None if check.dt is None else _tensor(check.dt).unsqueeze(1),
        missing=None if check.missing is None else _tensor(check.missing).bool().unsqueeze(1),
    )
    (zero,) = changed(call(layer, batch).state, torch.zeros_like)
    given = {name: _tensor(values).unsqueeze(0) for name, values in check.state.items()}
    if unknown := [*given.keys() - zero.keys()]:
        raise ConformanceError(
            f"the example starts from {unknown[0]}, which the cell does not carry",
            f"some of {', '.join(zero)}",
        )
    return replace(batch, state=[{**zero, **given}])
