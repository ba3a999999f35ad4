"""The state of a stack of layers, as users give and get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from recurra.errors import ShapeError

Packed: TypeAlias = "Tensor | tuple[Tensor, ...]"
"""One of a cell's states in all layers and directions: (layers x directions, B, H), or where layers
differ in width a tuple of (B, H)."""

State: TypeAlias = "Packed | tuple[Packed, ...]"
"""All of a cell's states: bare if there is one, else a tuple in the cell's order."""


def pack(after: Sequence[tuple[Tensor, ...]]) -> State:
    """The states of each layer and direction, (B, H), as users get them."""
    by_state = tuple(
        torch.stack(parts) if len({part.shape for part in parts}) == 1 else parts
        for parts in zip(*after, strict=True)
    )
    return by_state if len(by_state) > 1 else by_state[0]


def unpack(
    state: State | None, names: Sequence[str], widths: Sequence[int], x: Tensor, *, single: bool
) -> list[tuple[Tensor, ...]]:
    """The states of each layer and direction before the first step, (B, H).

    Args:
        state: As users give it; None is zero.
        names: The cell's states.
        widths: H of each layer and direction.
        x: The input, (T, B, I).
        single: Whether the state is that of a single sequence and so lacks B.

    Raises:
        ShapeError: If it does not fit.
    """
    B = x.shape[1]
    if state is None:
        return [tuple(x.new_zeros(B, H) for _ in names) for H in widths]
    by_state = [[*parts] for parts in ((state,) if len(names) == 1 else state)]
    shapes = [[tuple(part.shape) for part in parts] for parts in by_state]
    expected = [(H,) if single else (B, H) for H in widths]
    if shapes != [expected] * len(names):
        raise ShapeError(
            f"a state of shapes {shapes}, one list a state",
            f"for each of {', '.join(names)}: {expected}, one for each layer and direction",
            "give back the state that the layer returned, or None to start from zero",
        )
    if single:
        by_state = [[part.unsqueeze(0) for part in parts] for parts in by_state]
    return [tuple(parts) for parts in zip(*by_state, strict=True)]
