"""A cell held against a module of torch.nn."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.carried import taken_apart
from recurra.conformance.comparison import Comparison
from recurra.conformance.differentiated import differentiated
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.language import Cell, SameAsTorch
from recurra.layers import Recurrent
from recurra.layers.state import pack


def same_as_torch(cell: Cell, check: SameAsTorch) -> str:
    """Two layers in one and in both directions are torch's, with all gradients."""
    compare = Comparison()
    for bidirectional in (False, True):
        layer = drawn_layer(cell, bidirectional=bidirectional)
        _compared(compare, layer, twin(layer, check), check)
    return f"torch.nn.{check.module}: {compare.words()}"


def _compared(
    compare: Comparison, layer: Recurrent, module: nn.RNNBase, check: SameAsTorch
) -> None:
    """A layer held against its twin."""

    def theirs(batch: Batch) -> Outcome:
        output, state = module(batch.x, pack(batch.state or []))
        return Outcome(output, taken_apart(layer, state))

    batch = drawn_batch(layer)
    weights = torch.randn(batch.steps, batch.rows, layer.output_size, dtype=torch.float64)
    own = dict(layer.named_parameters())
    found = differentiated(lambda given: call(layer, given), own, batch, weights)
    wanted = differentiated(theirs, dict(module.named_parameters()), batch, weights)
    compare.outcomes(found.outcome, wanted.outcome)
    compare.tensors("the gradient by the input", found.x, wanted.x)
    compare.carried(found.state, wanted.state)
    for packed, names in _packed(layer, check):
        for name, part in zip(names, wanted.parameters[packed].chunk(len(names)), strict=True):
            if name:
                compare.tensors(f"the gradient by {name}", found.parameters[name], part)


def twin(layer: Recurrent, check: SameAsTorch) -> nn.RNNBase:
    """The module of torch.nn with the weights of a layer."""
    module: nn.RNNBase = getattr(nn, check.module)(
        layer.input_size,
        layer.hidden_sizes[0],
        layer.num_layers,
        bidirectional=layer.bidirectional,
        dtype=torch.float64,
        **dict(check.options),
    )
    with torch.no_grad():
        for packed, names in _packed(layer, check):
            parts = module.get_parameter(packed).chunk(len(names))
            for part, name in zip(parts, names, strict=True):
                # A bias that the cell lacks is zero in torch.
                part.copy_(layer.get_parameter(name) if name else torch.zeros_like(part))
    return module


def _packed(layer: Recurrent, check: SameAsTorch) -> Iterator[tuple[str, list[str]]]:
    """Each of torch's packed parameters, and the layer's that it is stacked from."""
    for number in range(layer.num_layers):
        for direction in layer.directions:
            suffix = f"_l{number}" + ("_reverse" if direction == "backwards" else "")
            home = f"layers.{number}.{direction}."
            for packed in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                names = getattr(check, packed)
                yield packed + suffix, [name and home + name for name in names]
