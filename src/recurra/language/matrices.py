"""Matrices derived from parameters: computed once a call, before the first step.

A derived matrix goes by a name of its own, its formula. To all that comes after, a product with it
is one like any other: only who provides the parameters' values computes the formula first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from recurra.errors import CellError
from recurra.language.expression import Linear, NamedParameter, Symbol
from recurra.language.product import product
from recurra.language.widths import Shape, Width, divided


class Matrix:
    """What can be done with a matrix before it multiplies a vector."""

    @property
    def rows(self) -> Width | None:
        """The number of its rows, where the cell declares it."""
        return None

    @property
    def formula(self) -> str:
        """How it is written; the name of the matrix."""
        raise NotImplementedError

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """The parameters it is made of, if it itself has ``shape``."""
        raise NotImplementedError

    @property
    def T(self) -> Matrix:  # noqa: N802 - as NumPy and torch call it
        """Its transpose; rows and columns must be of one width."""
        return Transposed(self)

    def block_upper(self, blocks: int) -> Matrix:
        """The same with all blocks below the diagonal zero.

        Args:
            blocks: Into how many blocks rows and columns are cut, at least 1.

        Raises:
            CellError: If it is no such number.
        """
        return BlockUpper(self, _number(blocks))

    def block_diagonal(self, blocks: int) -> Matrix:
        """Blocks on the diagonal, zero elsewhere; kept as (rows, columns / blocks).

        Args:
            blocks: How many, at least 1; the width must be divisible by it.

        Raises:
            CellError: If it is no such number.
        """
        return self if _number(blocks) == 1 else BlockDiagonal(self, blocks)

    def __add__(self, other: Matrix) -> Matrix:
        return Sum(self, as_matrix(other), 1)

    def __sub__(self, other: Matrix) -> Matrix:
        return Sum(self, as_matrix(other), -1)

    def __neg__(self) -> Matrix:
        return Scaled(self, -1.0)

    def __rmul__(self, factor: float) -> Matrix:
        return Scaled(self, float(factor))

    def __matmul__(self, vector: Symbol) -> Linear:
        return product(self.formula, self.rows, vector, derived=self)


@dataclass(frozen=True)
class Whole(Matrix):
    """A parameter as it is."""

    name: str
    width: Width | None = None

    @property
    def rows(self) -> Width | None:
        """As declared."""
        return self.width

    @property
    def formula(self) -> str:
        """Its name."""
        return self.name

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """Itself."""
        return {self.name: shape}

    def __matmul__(self, vector: Symbol) -> Linear:
        return product(self.name, self.width, vector)


@dataclass(frozen=True)
class Identity(Matrix):
    """Ones on the diagonal."""

    @property
    def formula(self) -> str:
        """The letter I."""
        return "I"

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """None."""
        if shape.rows != shape.columns:
            raise CellError(
                f"the identity where a matrix has {shape.rows} rows and {shape.columns} columns",
                "a matrix with as many rows as columns",
                "give the product a parameter of its own",
            )
        return {}


@dataclass(frozen=True)
class Transposed(Matrix):
    """A matrix turned about its diagonal."""

    of: Matrix

    @property
    def rows(self) -> Width | None:
        """As many as the matrix has."""
        return self.of.rows

    @property
    def formula(self) -> str:
        """With a T."""
        return f"{self.of.formula}^T"

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """Those of what is turned."""
        if shape.columns is None or shape.rows != shape.columns:
            raise CellError(
                f"the transpose of {self.of.formula}, which has {shape.columns} rows and "
                f"{shape.rows} columns",
                "a matrix with as many rows as columns",
                "give the product a parameter of its own",
            )
        return self.of.parameters(shape)


@dataclass(frozen=True)
class Sum(Matrix):
    """``first + sign * second``."""

    first: Matrix
    second: Matrix
    sign: int

    @property
    def rows(self) -> Width | None:
        """As many as either is declared to have."""
        return self.first.rows or self.second.rows

    @property
    def formula(self) -> str:
        """Both, in brackets."""
        return f"({self.first.formula} {'+' if self.sign > 0 else '-'} {self.second.formula})"

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """Those of both."""
        return _united(self.first.parameters(shape), self.second.parameters(shape))


@dataclass(frozen=True)
class Scaled(Matrix):
    """A matrix times a number."""

    of: Matrix
    factor: float

    @property
    def rows(self) -> Width | None:
        """As many as the matrix has."""
        return self.of.rows

    @property
    def formula(self) -> str:
        """The number first."""
        return f"{self.factor!r} {self.of.formula}"

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """Those of the matrix."""
        return self.of.parameters(shape)


@dataclass(frozen=True)
class BlockUpper(Matrix):
    """A matrix whose blocks below the diagonal are zero."""

    of: Matrix
    blocks: int

    @property
    def rows(self) -> Width | None:
        """As many as the matrix has."""
        return self.of.rows

    @property
    def formula(self) -> str:
        """The matrix, and how it is cut."""
        return f"triu{self.blocks}({self.of.formula})"

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """Those of the matrix."""
        return self.of.parameters(shape)


@dataclass(frozen=True)
class BlockDiagonal(Matrix):
    """A matrix with blocks on the diagonal, which lie one upon another in the parameter."""

    of: Matrix
    blocks: int

    @property
    def rows(self) -> Width | None:
        """As many as the matrix has."""
        return self.of.rows

    @property
    def formula(self) -> str:
        """The matrix, and how it is cut."""
        return f"diag{self.blocks}({self.of.formula})"

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        """That of the blocks, with fewer columns."""
        columns = None if shape.columns is None else divided(shape.columns, self.blocks)
        return self.of.parameters(replace(shape, columns=columns))


identity = Identity()
"""The matrix with ones on its diagonal."""


def as_matrix(value: Any) -> Matrix:
    """A parameter or matrix as a matrix.

    Raises:
        CellError: If it is neither.
    """
    if isinstance(value, Matrix):
        return value
    if isinstance(value, NamedParameter):
        return Whole(value.name, value.width)
    raise CellError(
        f"a matrix combined with {value!r}",
        "matrices combined with matrices of the same shape",
        "write p.A - p.A.T, or p.A.T + 0.1 * identity",
    )


def _number(blocks: int) -> int:
    if isinstance(blocks, bool) or not isinstance(blocks, int) or blocks < 1:
        raise CellError(
            f"a matrix cut into {blocks!r} blocks",
            "a whole number, 1 or more",
            "write p.U.block_diagonal(4)",
        )
    return blocks


def _united(first: dict[str, Shape], second: dict[str, Shape]) -> dict[str, Shape]:
    """The parameters of both; one that is in both must have one shape."""
    for name in first.keys() & second.keys():
        if first[name] != second[name]:
            raise CellError(
                f"the parameter {name} is used with two shapes",
                "one shape for each parameter",
                "give the second use a name of its own",
            )
    return first | second
