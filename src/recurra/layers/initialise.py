"""Draws what the parameters of a cell start from."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from recurra.language import Cell, Filled, Graph, Initial, Orthogonal
from recurra.language.initial import GlorotUniform
from recurra.language.trace import Shape


@torch.no_grad()
def initialise(cell: Cell, graph: Graph, parameters: Mapping[str, Tensor]) -> None:
    """Fills the parameters as the cell declares.

    Parameters of one family, shape and rule are drawn as one matrix with all their rows, which is
    how Keras draws its kernels.

    Args:
        cell: The cell.
        graph: Its graph.
        parameters: By name: matrices (H, I) or (H, H), vectors (H,).
    """
    groups: dict[tuple[str, Shape, Initial], list[str]] = {}
    for name, shape in graph.parameters.items():
        groups.setdefault((_family(name), shape, _rule(cell, name, shape)), []).append(name)
    for (_, _, rule), members in groups.items():
        rows = sum(len(parameters[name]) for name in members)
        like = parameters[members[0]]
        # Orthogonal matrices cannot be drawn in half precision.
        dtype = torch.promote_types(like.dtype, torch.float32)
        drawn = _draw(rule, like.new_empty(rows, *like.shape[1:], dtype=dtype))
        for name, part in zip(members, drawn.chunk(len(members)), strict=True):
            parameters[name].copy_(part)


def _family(name: str) -> str:
    return name.partition("_")[0]


def _rule(cell: Cell, name: str, shape: Shape) -> Initial:
    """The cell's word on the parameter or its family, or else what suits its shape."""
    declared = cell.initial.get(name, cell.initial.get(_family(name)))
    if declared is not None:
        return declared
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
        case Orthogonal():
            return torch.nn.init.orthogonal_(tensor)
    raise AssertionError(rule)
