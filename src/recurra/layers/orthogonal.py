"""Orthogonal recurrent matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from recurra.errors import CellError, OptionError
from recurra.language import Graph, Shape, Width
from recurra.language.expression import Leaf, Linear, topological
from recurra.language.widths import resolve
from recurra.layers.recurrent import Recurrent
from recurra.layers.refill import layers_of, refill


def orthogonal_(
    module: nn.Module, gain: float = 1.0, *, generator: torch.Generator | None = None
) -> None:
    """Makes every recurrent matrix orthogonal, each by itself: W Wᵀ = gain² I.

    What goes back through an orthogonal matrix keeps its length, so that at the start gradients
    shrink by the activation alone (Saxe et al. 2014, arXiv:1312.6120; Henaff et al. 2016,
    arXiv:1602.06662). A cell's usual start draws the matrices of all gates as one, whose columns
    are orthonormal together; here each gate's is orthogonal.

    Recurrent is a matrix that multiplies a state or what depends on one. One with more rows than
    columns gets orthonormal columns, one with fewer orthonormal rows. In a matrix of diagonal
    blocks each block is orthogonal. Where a cell makes its matrix of a parameter (U - Uᵀ), it is
    the parameter that is orthogonal.

    Args:
        module: A recurrent layer, or a model that holds some.
        gain: What the matrices are multiplied by, finite and above 0.
        generator: Where chance comes from; torch's random state if None.

    Raises:
        OptionError: If there is no recurrent layer, or ``gain`` is out of range.
        CellError: If a cell has no recurrent matrix.
    """
    if not (math.isfinite(gain) and gain > 0):
        raise OptionError(f"gain={gain!r}", "a finite number above 0")
    for layer in layers_of(module):
        for number in range(layer.num_layers):
            for direction in layer.directions:
                _fill(layer, number, direction, gain, generator)


def _fill(
    layer: Recurrent, number: int, direction: str, gain: float, generator: torch.Generator | None
) -> None:
    graph, sizes = layer.graph(number), layer.sizes(number)
    found = recurrent_matrices(graph)
    if not found:
        raise CellError(
            f"the cell {layer.cell.name}, which multiplies its states by no matrix",
            "a cell with recurrent matrices: lstm, gru, elman",
            "leave orthogonal_ out for this cell",
        )
    like = next(layer.parameters())
    # Orthogonal matrices cannot be drawn in half precision.
    dtype = torch.promote_types(like.dtype, torch.float32)
    for name, matrix in found.items():
        rows, columns = matrix.shape.resolved(sizes)
        blocks = resolve(matrix.seen, sizes) // columns
        drawn = torch.empty(rows, columns, dtype=dtype, device=like.device)
        _draw(drawn, blocks, gain, generator)
        refill(layer, number, direction, name, drawn)


def _draw(matrix: Tensor, blocks: int, gain: float, generator: torch.Generator | None) -> None:
    for block in matrix.chunk(blocks):
        nn.init.orthogonal_(block, gain, generator=generator)


@dataclass(frozen=True)
class RecurrentMatrix:
    """A parameter that multiplies what depends on a state.

    Attributes:
        shape: The parameter's own shape.
        seen: The width of what it multiplies: more than its columns where it holds the blocks of a
            block-diagonal matrix.
    """

    shape: Shape
    seen: Width


@cache
def recurrent_matrices(graph: Graph) -> dict[str, RecurrentMatrix]:
    """The parameters that multiply what depends on a state, by name."""
    found: dict[str, RecurrentMatrix] = {}
    for node in topological(graph.results):
        if isinstance(node, Linear) and _depends_on_a_state(node):
            for name in _parameters(graph, node):
                shape = graph.parameters[name]
                # An input that a cell has filled in from its past (GRU-D's) is an input still.
                if shape.columns != "I":
                    found[name] = RecurrentMatrix(shape, node.operand.width)
    return found


def _parameters(graph: Graph, node: Linear) -> list[str]:
    """The parameters that the matrix of a product is made of."""
    if node.parameter not in graph.derived:
        return [node.parameter]
    shape = Shape(node.result_width, node.operand.width)
    return list(graph.derived[node.parameter].parameters(shape))


def _depends_on_a_state(node: Linear) -> bool:
    return any(isinstance(below, Leaf) and below.role == "state" for below in topological([node]))
