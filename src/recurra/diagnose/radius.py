"""The spectral radius of the matrices through which a cell sees its own past."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from recurra.diagnose.strands import Strand
from recurra.diagnose.sweep import wide
from recurra.language import Graph
from recurra.language.expression import Expression, Leaf, Linear, Pointwise, Vector, topological

WHOLE = 256
"""The widest matrix whose eigenvalues are computed; wider ones are squared again and again."""

SQUARINGS = 10


def radii(strand: Strand) -> dict[str, float]:
    """The largest size of an eigenvalue of each recurrent matrix, by the parameter's name.

    Two thin matrices one after the other count as their product; where no matrix multiplies a
    state, the vectors that do count as diagonal matrices.
    """
    weights = {name: wide(value) for name, value in strand.task.parameters.items()}
    found = {name: _radius(matrix) for name, matrix in _matrices(strand.graph, weights)}
    return found or {name: float(weights[name].abs().max()) for name in _diagonals(strand.graph)}


def _matrices(graph: Graph, weights: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for node in topological(graph.results):
        if not isinstance(node, Linear) or not _recurs(node):
            continue
        name, matrix = node.parameter, weights[node.parameter]
        inner = node.operand
        if matrix.shape[0] != matrix.shape[1] and isinstance(inner, Linear):
            name, matrix = f"{name} {inner.parameter}", matrix @ weights[inner.parameter]
        if matrix.shape[0] == matrix.shape[1]:
            yield name, matrix


def _diagonals(graph: Graph) -> Iterator[str]:
    for node in topological(graph.results):
        match node:
            case Pointwise("multiply", (Vector(name), Leaf(role="state"))):
                yield name
            case Pointwise("multiply", (Leaf(role="state"), Vector(name))):
                yield name


def _recurs(node: Expression) -> bool:
    """Whether a state of the layer's own takes part."""
    return any(isinstance(leaf, Leaf) and leaf.role == "state" for leaf in topological([node]))


def _radius(matrix: Tensor) -> float:
    if len(matrix) <= WHOLE:
        return float(torch.linalg.eigvals(matrix).abs().max())
    return _by_squaring(matrix)


def _by_squaring(matrix: Tensor) -> float:
    """Gelfand's formula, the k-th root of the norm of the k-th power, for k = 1024."""
    logarithm, power = 0.0, matrix
    for _ in range(SQUARINGS):
        norm = float(torch.linalg.matrix_norm(power))
        if norm == 0:
            return 0.0
        logarithm = 2 * (logarithm + math.log(norm))
        power = power / norm
        power = power @ power
    norm = float(torch.linalg.matrix_norm(power))
    return 0.0 if norm == 0 else math.exp((logarithm + math.log(norm)) / 2**SQUARINGS)
