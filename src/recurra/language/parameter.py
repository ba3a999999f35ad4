"""Parameters as a cell's step names them: ``p.NAME``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recurra.language.expression import Constant, Linear, NamedParameter, Spread, Symbol
from recurra.language.matrices import Matrix, as_matrix
from recurra.language.product import product
from recurra.language.widths import Width


@dataclass(frozen=True, eq=False)
class Parameter(NamedParameter):
    """A parameter: a matrix in ``p.W @ x`` and with matrices, a vector in ``p.v * c``."""

    def __matmul__(self, vector: Symbol) -> Linear:
        return product(self.name, self.width, vector)

    def __add__(self, other: Any) -> Any:
        return as_matrix(self) + other if isinstance(other, Matrix) else super().__add__(other)

    def __sub__(self, other: Any) -> Any:
        return as_matrix(self) - other if isinstance(other, Matrix) else super().__sub__(other)

    @property
    def T(self) -> Matrix:  # noqa: N802 - as NumPy and torch call it
        """The transpose; see :attr:`recurra.language.matrices.Matrix.T`."""
        return as_matrix(self).T

    def block_upper(self, blocks: int) -> Matrix:
        """See :meth:`recurra.language.matrices.Matrix.block_upper`."""
        return as_matrix(self).block_upper(blocks)

    def block_diagonal(self, blocks: int) -> Matrix:
        """See :meth:`recurra.language.matrices.Matrix.block_diagonal`."""
        return as_matrix(self).block_diagonal(blocks)


@dataclass(frozen=True, eq=False)
class Absent(NamedParameter):
    """A bias where there are none: zeros, as many as it would hold numbers."""

    def as_vector(self, width: Width) -> Spread:
        """The zeros."""
        return Spread(Constant(0.0), self.width or width)


class Parameters:
    """The ``p`` of a step: any attribute is a parameter of that name."""

    def __init__(self, widths: Mapping[str, Width], *, bias: bool) -> None:
        self._widths = widths
        self._bias = bias

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not self._bias and is_bias(name):
            return Absent(name, self._widths.get(name))
        return Parameter(name, self._widths.get(name))


def is_bias(parameter: str) -> bool:
    """Whether a parameter of that name is a bias: ``b`` or ``b_...``."""
    return parameter == "b" or parameter.startswith("b_")
