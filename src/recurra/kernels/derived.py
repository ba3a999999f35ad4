"""The values of matrices that a cell derives from its parameters."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from recurra.language import matrices
from recurra.language.matrices import Matrix
from recurra.language.widths import Shape


def with_derived(
    parameters: Mapping[str, Tensor], derived: Mapping[str, Matrix]
) -> dict[str, Tensor]:
    """The parameters, and the matrices derived from them, by their formulas."""
    return {**parameters, **{name: evaluate(m, parameters) for name, m in derived.items()}}


def evaluate(matrix: Matrix, parameters: Mapping[str, Tensor]) -> Tensor:
    """The value of a matrix, differentiable by the parameters."""
    # Identities are as large as the parameters of the same sum; all are square then.
    name = next(iter(matrix.parameters(Shape("H", "H"))))
    return _value(matrix, parameters, parameters[name])


def _value(matrix: Matrix, parameters: Mapping[str, Tensor], like: Tensor) -> Tensor:
    match matrix:
        case matrices.Whole(name):
            return parameters[name]
        case matrices.Identity():
            return torch.eye(len(like), dtype=like.dtype, device=like.device)
        case matrices.Transposed(of):
            return _value(of, parameters, like).t()
        case matrices.Scaled(of, factor):
            return _value(of, parameters, like) * factor
        case matrices.Sum(first, second, sign):
            terms = (_value(term, parameters, like) for term in (first, second))
            return torch.add(*terms, alpha=sign)
        case matrices.BlockUpper(of, blocks):
            value = _value(of, parameters, like)
            return torch.where(_block_upper(value, blocks), value, 0.0)
        case matrices.BlockDiagonal(of, blocks):
            return _block_diagonal(_value(of, parameters, like), blocks)
    raise AssertionError(matrix)


def _block_diagonal(blocks: Tensor, number: int) -> Tensor:
    """The matrix whose blocks lie one upon another."""
    on_diagonal = torch.eye(number, dtype=torch.bool, device=blocks.device)[:, None, :, None]
    rows, columns = len(blocks) // number, blocks.shape[1]
    apart = blocks.view(number, rows, 1, columns)
    return torch.where(on_diagonal, apart, 0.0).reshape(number * rows, number * columns)


def _block_upper(value: Tensor, blocks: int) -> Tensor:
    """Whether a number lies in or above a block of the diagonal."""
    rows, columns = (
        torch.arange(size, device=value.device) * blocks // size for size in value.shape
    )
    return rows.unsqueeze(1) <= columns
