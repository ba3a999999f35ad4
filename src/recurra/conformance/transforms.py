"""torch.func: a batch is a loop over its rows."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from recurra.conformance.batch import SEED, Batch
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.language import Cell
from recurra.layers import Recurrent


def mapped_is_a_loop(cell: Cell) -> str:
    """A layer under vmap over the batch gives what a loop over the rows gives."""
    layer = drawn_layer(cell, bidirectional=True)
    batch = drawn_batch(layer)
    mapped = vmap(lambda *row: _alone(layer, {}, batch, row), in_dims=1, out_dims=1)
    looped = [_alone(layer, {}, batch, row) for row in _each(batch)]
    compare = Comparison()
    compare.tensors("the output under vmap", mapped(*_mapped(batch)), torch.stack(looped, 1))
    return compare.words()


def gradients_of_rows(cell: Cell) -> str:
    """The gradient of each row by itself, by torch.func, is that of a loop."""
    layer = drawn_layer(cell)
    batch = drawn_batch(layer)
    parameters = {name: value.detach() for name, value in layer.named_parameters()}

    def loss(values: dict[str, Tensor], *row: Tensor) -> Tensor:
        return (_alone(layer, values, batch, row) ** 2).sum()

    each = vmap(grad(loss), in_dims=(None, *[1] * len(_mapped(batch))))
    found = each(parameters, *_mapped(batch))
    compare = Comparison()
    for number, row in enumerate(_each(batch)):
        total = loss(dict(layer.named_parameters()), *row)
        wanted = torch.autograd.grad(total, list(layer.parameters()))
        for name, gradient in zip(parameters, wanted, strict=True):
            compare.tensors(
                f"the gradient of {name} in row {number}", found[name][number], gradient
            )
    return compare.words()


def _mapped(batch: Batch) -> tuple[Tensor, ...]:
    """What differs from row to row."""
    return (batch.x,) if batch.missing is None else (batch.x, batch.missing)


def _each(batch: Batch) -> list[tuple[Tensor, ...]]:
    """The same for each row."""
    return [*zip(*(part.unbind(1) for part in _mapped(batch)), strict=True)]


def _alone(
    layer: Recurrent, parameters: dict[str, Tensor], batch: Batch, row: tuple[Tensor, ...]
) -> Tensor:
    """The output for one row; times are those of the first."""
    given = {
        "dt": None if batch.dt is None else batch.dt[:, 0],
        "missing": row[1] if len(row) > 1 else None,
        "seed": SEED,
    }
    return cast(Tensor, functional_call(layer, parameters, (row[0],), given)[0])
