"""Gates that start with memories of many lengths."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from recurra.errors import CellError, OptionError
from recurra.layers.memory_gates import memory_biases
from recurra.layers.recurrent import Recurrent
from recurra.layers.refill import layers_of, refill


def chrono_(module: nn.Module, longest: float, *, generator: torch.Generator | None = None) -> None:
    """Starts each unit's gates so that its memory lasts about as long as a time drawn for it.

    Tallec & Ollivier 2018 (arXiv:1804.11188, eq. 16): the forget gate's bias is log u with u drawn
    uniformly from 1 to ``longest - 1``, so that a unit keeps u / (1 + u) of its state a step; the
    input gate's bias is its negative.

    Which gate that is follows from the cell's equations, whatever it is called: one whose sigmoid
    says how much of a state is kept gets log u. Where it says how much is replaced (the forget gate
    of an MGU, an input gate to which the forget gate is coupled), it gets -log u, and so does a
    gate called "input" with a bias of its own. All else stays as it is. The option
    ``init={"b_f": Chrono(100)}`` of a layer sets single parameters, each from draws of its own.

    Args:
        module: A recurrent layer, or a model that holds some.
        longest: The longest dependency expected, in steps, more than 2: about the length of the
            sequences.
        generator: Where chance comes from; torch's random state if None.

    Raises:
        OptionError: If there is no recurrent layer, or ``longest`` is not more than 2.
        CellError: If a cell has no such gate, or a layer no biases.
    """
    if not 2 < longest < float("inf"):
        raise OptionError(f"longest={longest!r}", "a number of steps above 2")
    for layer in layers_of(module):
        signs = _signs(layer)
        for number in range(layer.num_layers):
            for direction in layer.directions:
                for name, values in _drawn(layer, number, signs, longest, generator).items():
                    refill(layer, number, direction, name, values)


def _signs(layer: Recurrent) -> Mapping[str, float]:
    signs = memory_biases(layer.cell)
    if not signs:
        raise CellError(
            f"the cell {layer.cell.name}, in which no gate with a bias says how much of a state "
            "is kept",
            "a cell with a forget or update gate: lstm, gru, janet",
            "leave chrono_ out for this cell, or take orthogonal_",
        )
    if not layer.bias:
        raise CellError(
            f"a layer of the cell {layer.cell.name} with bias=False",
            "the biases of its gates, which chrono_ draws",
            "make the layer with bias=True",
        )
    return signs


def _drawn(
    layer: Recurrent,
    number: int,
    signs: Mapping[str, float],
    longest: float,
    generator: torch.Generator | None,
) -> dict[str, Tensor]:
    """New values of a layer's biases; those of one width from the same draws, unit by unit."""
    like, parameters = next(layer.parameters()), layer.graph(number).parameters
    logarithms: dict[tuple[int, ...], Tensor] = {}
    found: dict[str, Tensor] = {}
    for name, sign in signs.items():
        shape = parameters[name].resolved(layer.sizes(number))
        if shape not in logarithms:
            times = torch.empty(shape, dtype=like.dtype, device=like.device)
            logarithms[shape] = times.uniform_(1, longest - 1, generator=generator).log_()
        found[name] = sign * logarithms[shape]
    return found
