"""Biases can be left out."""

from __future__ import annotations

import torch

from recurra.conformance.batch import call
from recurra.conformance.check import NotApplicable
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.errors import ConformanceError
from recurra.language import Cell, trace
from recurra.language.parameter import is_bias


def without_is_zero(cell: Cell) -> str:
    """A layer without biases gives what it gives with biases of zero."""
    biases = [name for name in trace(cell).parameters if is_bias(name)]
    if not biases:
        raise NotApplicable("it has no bias")
    bare, whole = drawn_layer(cell, bias=False), drawn_layer(cell)
    kept = dict(bare.named_parameters())
    with torch.no_grad():
        for name, parameter in whole.named_parameters():
            if is_bias(name.rpartition(".")[2]):
                parameter.zero_()
            elif name in kept:
                parameter.copy_(kept.pop(name))
            else:
                raise ConformanceError(f"{name} vanished with the biases", "biases alone to go")
    if kept:
        raise ConformanceError(f"without biases there are still {', '.join(kept)}", "none of them")
    batch = drawn_batch(bare)
    compare = Comparison()
    compare.outcomes(call(bare, batch), call(whole, batch))
    return compare.words()
