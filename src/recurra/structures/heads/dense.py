"""A dense layer, started as every other input matrix of the project."""

from __future__ import annotations

import torch
from torch import nn

from recurra.errors import OptionError


def dense(
    inputs: int,
    outputs: int,
    *,
    bias: bool = True,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> nn.Linear:
    """A dense layer that starts as Keras starts one: Glorot-uniform, the bias zero.

    Raises:
        OptionError: If a size is no whole number of at least 1.
    """
    for size in (inputs, outputs):
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise OptionError(
                f"a dense layer from {inputs!r} to {outputs!r} numbers",
                "whole numbers of at least 1",
            )
    layer = nn.Linear(inputs, outputs, bias=bias, device=device, dtype=dtype)
    nn.init.xavier_uniform_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer
