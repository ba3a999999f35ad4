"""The state of a stack of layers, as users give and get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

from recurra.errors import ShapeError

Packed: TypeAlias = "Tensor | tuple[Tensor, ...]"
"""One of a cell's states in all layers and directions: (layers x directions, B, width), or where
layers differ in width a tuple of (B, width)."""

State: TypeAlias = "Packed | tuple[Packed, ...]"
"""All that a cell carries: bare if it is one thing, else a tuple in the cell's order."""

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]
"""The shape of what one layer carries in one direction, by name."""


def pack(after: Sequence[Mapping[str, Tensor]]) -> State:
    """What each layer and direction carries, as users get it."""
    by_state = tuple(_together([part[name] for part in after]) for name in after[0])
    return by_state if len(by_state) > 1 else by_state[0]


def _together(parts: list[Tensor]) -> Packed:
    alike = all(part.shape == parts[0].shape for part in parts)
    return torch.stack(parts) if alike else tuple(parts)


def unpack(
    state: State | None, shapes: Sequence[Shapes], x: Tensor, *, single: bool
) -> list[dict[str, Tensor]]:
    """What each layer and direction starts from, with a batch.

    Args:
        state: As users give it; None is zero.
        shapes: What each layer and direction carries.
        x: The input, (T, B, I).
        single: Whether the state is that of a single sequence and so lacks B.

    Raises:
        ShapeError: If it does not fit.
    """
    if state is None:
        return [
            {name: x.new_zeros(shape, dtype=_dtype(name, x)) for name, shape in layer.items()}
            for layer in shapes
        ]
    names = list(shapes[0])
    by_state = [[*parts] for parts in ((state,) if len(names) == 1 else state)]
    if single:
        by_state = [[part.unsqueeze(-2) for part in parts] for parts in by_state]
    expected = [[tuple(layer[name]) for layer in shapes] for name in names]
    found = [[tuple(part.shape) for part in parts] for parts in by_state]
    if found != expected:
        raise ShapeError(
            f"a state of shapes {_listed(found, single)}",
            f"for {', '.join(names)}: {_listed(expected, single)}, one shape for each layer and "
            "direction",
            "give back the state that the layer returned, or None to start from zero",
        )
    by_state = [
        [_alike(part, _dtype(name, x), x) for part in parts]
        for name, parts in zip(names, by_state, strict=True)
    ]
    return [dict(zip(names, parts, strict=True)) for parts in zip(*by_state, strict=True)]


def _alike(part: Tensor, dtype: torch.dtype, x: Tensor) -> Tensor:
    """A state of the right type, on the input's device."""
    if part.dtype != dtype and torch.is_autocast_enabled(x.device.type):
        part = part.to(dtype)
    if part.dtype != dtype or part.device != x.device:
        raise ShapeError(
            f"a state of type {part.dtype} on {part.device}",
            f"{dtype} on {x.device}, like the input",
            f"each of its tensors .to({str(x.device)!r}, {dtype})",
        )
    return part


def as_like(state: State, x: Tensor) -> State:
    """A state with its numbers in the type of x, where x lies."""
    if isinstance(state, Tensor):
        return state.to(x) if state.is_floating_point() else state.to(x.device)
    found: Any = tuple(as_like(part, x) for part in state)
    return found  # type: ignore[no-any-return]


def _dtype(name: str, x: Tensor) -> torch.dtype:
    """The count of steps is a whole number, all else like the input."""
    return torch.int64 if name == "t" else x.dtype


def _listed(shapes: list[list[tuple[int, ...]]], single: bool) -> str:
    """The shapes as the user has them."""
    own = [[s[:-2] + s[-1:] if single else s for s in parts] for parts in shapes]
    return "; ".join(str(parts) for parts in own)
