"""A cell held against another cell, to which it reduces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from recurra.cells import find
from recurra.conformance.batch import Batch, call
from recurra.conformance.carried import Carried
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.conformance.sizes import sizes
from recurra.errors import ConformanceError
from recurra.language import Cell, SameAsCell
from recurra.layers import Recurrent


def same_as_cell(cell: Cell, check: SameAsCell) -> str:
    """With some parameters held, it gives what the other cell gives, with its gradients."""
    cell = replace(cell, **check.options)
    layer = drawn_layer(cell)
    other = drawn_layer(find(check.cell)(), sizes(cell))
    _hold(layer, check)
    _copy(layer, other, check)
    batch = drawn_batch(layer)
    theirs = replace(batch, state=_translated(batch.state or [], other, check))
    found, wanted = call(layer, batch), call(other, theirs)
    compare = Comparison()
    compare.tensors("the output", found.output, wanted.output)
    compare.carried(_translated(found.state, other, check), wanted.state)
    compare.tensors("the gradient of the input", _slope(layer, batch), _slope(other, theirs))
    return f"{check.cell}: {compare.words()}"


def _hold(layer: Recurrent, check: SameAsCell) -> None:
    """Puts the cell's own parameters where the check holds them."""
    parameters = dict(layer.named_parameters())
    with torch.no_grad():
        for name, value in check.held.items():
            held = [p for key, p in parameters.items() if key.rpartition(".")[2] == name]
            if not held:
                raise ConformanceError(
                    f"the check holds {name}, which the cell does not have", "a parameter of it"
                )
            for parameter in held:
                parameter.fill_(value)


def _copy(layer: Recurrent, other: Recurrent, check: SameAsCell) -> None:
    """Gives the other cell the parameters that it shares with the cell."""
    own: Mapping[str, Tensor] = dict(layer.named_parameters())
    with torch.no_grad():
        for key, parameter in other.named_parameters():
            home, _, name = key.rpartition(".")
            source = check.parameters.get(name, name)
            if not isinstance(source, str):
                parameter.fill_(source)
            elif f"{home}.{source}" in own:
                parameter.copy_(own[f"{home}.{source}"])
            else:
                raise ConformanceError(
                    f"the check does not say what {name} of {check.cell} is",
                    "a parameter of the cell, or a number",
                )


def _translated(state: Carried, other: Recurrent, check: SameAsCell) -> Carried:
    """The states that the other cell has, by its names."""
    names = other.cell.states
    return [{name: own[check.states.get(name, name)] for name in names} for own in state]


def _slope(layer: Recurrent, batch: Batch) -> Tensor:
    x = batch.x.clone().requires_grad_()
    output = call(layer, replace(batch, x=x)).output
    return torch.autograd.grad((output**2).sum(), x)[0]
