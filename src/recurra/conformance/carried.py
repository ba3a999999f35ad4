"""What a stack of layers carries from call to call, taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor

from recurra.layers import Recurrent
from recurra.layers.state import State

Carried: TypeAlias = "list[dict[str, Tensor]]"
"""For each layer and direction what it carries, by name: (B, width) each; with the states of all
steps (T, B, width)."""


def names(layer: Recurrent) -> list[str]:
    """What each layer and direction carries: states, earlier inputs, the number of the step."""
    graph = layer.graph()
    counts = "t" in graph.inputs or any(drawn.per == "step" for drawn in graph.randoms.values())
    earlier = [f"x_{back}" for back in range(1, graph.earlier + 1)]
    return [*graph.states, *earlier, *(["t"] if counts else [])]


def taken_apart(layer: Recurrent, state: State) -> Carried:
    """A state as the layer returned it, for each layer and direction by name."""
    called = names(layer)
    by_name = [state] if len(called) == 1 else [*state]
    parts = [[*part] for part in by_name]
    return [dict(zip(called, own, strict=True)) for own in zip(*parts, strict=True)]


def changed(carried: Carried, change: Callable[[Tensor], Tensor]) -> Carried:
    """The same with each tensor changed."""
    return [{name: change(part) for name, part in own.items()} for own in carried]


def part_of(carried: Carried, rows: slice) -> Carried:
    """The same of some rows."""
    return changed(carried, lambda part: part[rows])
