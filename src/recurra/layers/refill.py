"""Writes a layer's parameters by the cell's own names, however the layer keeps them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.layers.recurrent import Recurrent


def layers_of(module: nn.Module) -> list[Recurrent]:
    """A recurrent layer, or all of them in a model.

    Raises:
        OptionError: If there is none.
    """
    found = [part for part in module.modules() if isinstance(part, Recurrent)]
    if not found:
        raise OptionError(
            f"a {type(module).__name__} without a recurrent layer",
            "a Recurrent, or a model that holds one",
        )
    return found


@torch.no_grad()
def refill(layer: Recurrent, number: int, direction: str, name: str, values: Tensor) -> None:
    """Gives a parameter other values.

    Where the layer keeps it as the sum of two (torch's two biases), the first takes the values and
    the second becomes zero.

    Args:
        layer: The stack of layers.
        number: Which of them.
        direction: ``"forwards"`` or ``"backwards"``.
        name: The parameter, as the cell calls it.
        values: What it becomes, in its own shape.

    Raises:
        OptionError: If the parameter is computed from others (a parametrization).
    """
    first, *others = layer.sources(number, direction)[name]
    for module, kept, row in (first, *others):
        tensor = getattr(module, kept)
        if not isinstance(tensor, nn.Parameter):
            raise OptionError(
                f"new values for {kept}, which is computed from other parameters",
                "a parameter of its own",
                "remove the parametrization, or initialise before it is put on",
            )
        tensor[row : row + len(values)].zero_()
    module, kept, row = first
    getattr(module, kept)[row : row + len(values)].copy_(values)
