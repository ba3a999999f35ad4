"""Draws what the parameters of a cell start from."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.language import (
    Cell,
    Chrono,
    Filled,
    GlorotUniform,
    Graph,
    Identity,
    Initial,
    Normal,
    Orthogonal,
    Shape,
    Uniform,
)


@torch.no_grad()
def initialise(
    cell: Cell,
    graph: Graph,
    parameters: Mapping[str, Tensor],
    init: str | Mapping[str, Initial],
    hidden_size: int,
) -> None:
    """Fills the parameters.

    Parameters of one family, shape and rule are drawn as one matrix with all their rows, which is
    how Keras draws its kernels.

    Args:
        cell: The cell.
        graph: Its graph.
        parameters: By name.
        init: ``"cell"``, ``"torch"``, ``"keras"``, or rules by name or family before the cell's.
        hidden_size: H.
    """
    declared = _declared(cell, graph, init, hidden_size)
    groups: dict[tuple[str, Shape, Initial], list[str]] = {}
    for name, shape in graph.parameters.items():
        rule = declared.get(name, declared.get(_family(name), _usual(shape)))
        groups.setdefault((_family(name), shape, rule), []).append(name)
    for (_, _, rule), members in groups.items():
        rows = sum(len(parameters[name]) for name in members)
        like = parameters[members[0]]
        # Orthogonal matrices cannot be drawn in half precision.
        dtype = torch.promote_types(like.dtype, torch.float32)
        drawn = _draw(rule, like.new_empty(rows, *like.shape[1:], dtype=dtype))
        for name, part in zip(members, drawn.chunk(len(members)), strict=True):
            parameters[name].copy_(part)


def _declared(
    cell: Cell, graph: Graph, init: str | Mapping[str, Initial], hidden_size: int
) -> Mapping[str, Initial]:
    """The rules that come before the usual ones, by name or family."""
    if isinstance(init, Mapping):
        known = {*graph.parameters, *map(_family, graph.parameters)}
        if unknown := [name for name in init if name not in known]:
            raise OptionError(
                f"an initial value for {unknown[0]!r}, which the cell {cell.name} does not have",
                f"one of its parameters: {', '.join(graph.parameters)}",
            )
        return {**cell.initial, **init}
    if init == "torch":
        bound = 1 / math.sqrt(hidden_size)
        return dict.fromkeys(graph.parameters, Uniform(-bound, bound))
    return {"b_f": Filled(1.0)} if init == "keras" else cell.initial


def _family(name: str) -> str:
    return name.partition("_")[0]


def _usual(shape: Shape) -> Initial:
    """What suits a parameter of that shape."""
    if not shape.is_matrix:
        return Filled(0.0)
    return GlorotUniform() if shape.columns == "I" else Orthogonal()


def _draw(rule: Initial, tensor: Tensor) -> Tensor:
    match rule:
        case Filled(value):
            return tensor.fill_(value)
        case GlorotUniform():
            limit = math.sqrt(6 / sum(tensor.shape))
            return tensor.uniform_(-limit, limit)
        case Uniform(low, high):
            return tensor.uniform_(low, high)
        case Normal(std):
            return tensor.normal_(0, std)
        case Orthogonal():
            return torch.nn.init.orthogonal_(tensor)
        case Identity(scale):
            return _identities(tensor).mul_(scale)
        case Chrono(longest, sign):
            return tensor.uniform_(1, longest - 1).log_().mul_(sign)
    raise AssertionError(rule)


def _identities(tensor: Tensor) -> Tensor:
    """An identity for each of the square matrices that lie one upon another."""
    columns = tensor.shape[-1]
    eye = torch.eye(columns, dtype=tensor.dtype, device=tensor.device)
    return eye.repeat(len(tensor) // columns, 1)
