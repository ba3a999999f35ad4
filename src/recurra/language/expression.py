"""The kinds of node that a cell's equations are made of.

A cell's step, run on symbols, gives a graph of these nodes. Three kinds carry all the mathematics:
pointwise functions, products of a parameter matrix and a vector, and the leaves they start from.
Nodes are compared by identity, so a graph can share them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NoReturn, TypeAlias

from recurra.errors import CellError

Width: TypeAlias = str
"""How many numbers a node holds a row: ``"H"``, the hidden size, ``"I"``, the input size, or ``""``
for a scalar that fits any width."""


class Symbol:
    """Arithmetic on symbols: what a cell's author may write between two of them."""

    # NumPy arrays and scalars must not try to loop over a symbol: they hand the operation to it.
    __array_ufunc__: ClassVar[None] = None

    def __add__(self, other: Operand) -> Pointwise:
        return pointwise("add", self, other)

    def __radd__(self, other: Operand) -> Pointwise:
        return pointwise("add", other, self)

    def __sub__(self, other: Operand) -> Pointwise:
        return pointwise("subtract", self, other)

    def __rsub__(self, other: Operand) -> Pointwise:
        return pointwise("subtract", other, self)

    def __mul__(self, other: Operand) -> Pointwise:
        return pointwise("multiply", self, other)

    def __rmul__(self, other: Operand) -> Pointwise:
        return pointwise("multiply", other, self)

    def __truediv__(self, other: Operand) -> Pointwise:
        return pointwise("divide", self, other)

    def __rtruediv__(self, other: Operand) -> Pointwise:
        return pointwise("divide", other, self)

    def __neg__(self) -> Pointwise:
        return pointwise("negative", self)

    def __bool__(self) -> NoReturn:
        raise CellError(
            "a value of the cell was used as a condition",
            "equations without branches: their values are not known while they are read",
            "write both branches and weigh them, as z * a + (1 - z) * b does",
        )


Operand: TypeAlias = "Symbol | float"


@dataclass(frozen=True, eq=False)
class Expression(Symbol):
    """A node of a cell's graph."""

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The nodes this one is computed from."""
        return ()

    @property
    def width(self) -> Width:
        """How many numbers it holds a row."""
        return "H"


@dataclass(frozen=True, eq=False)
class Leaf(Expression):
    """A value that comes from outside: the input ``x``, a state, or the gradient of one."""

    name: str
    role: str
    leaf_width: Width = "H"

    @property
    def width(self) -> Width:
        """``"I"`` for the input, ``"H"`` for a state."""
        return self.leaf_width


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """A number written in the equations."""

    value: float

    @property
    def width(self) -> Width:
        """Fits any width."""
        return ""


@dataclass(frozen=True, eq=False)
class Vector(Expression):
    """A parameter with one number a unit: a bias, a peephole, a diagonal matrix."""

    parameter: str


@dataclass(frozen=True, eq=False)
class Linear(Expression):
    """A parameter matrix times a vector; ``transposed`` appears only in derivatives."""

    parameter: str
    operand: Expression
    transposed: bool = False
    result_width: Width = "H"

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The vector."""
        return (self.operand,)

    @property
    def width(self) -> Width:
        """The number of rows of the matrix, or of columns if it is transposed."""
        return self.result_width


@dataclass(frozen=True, eq=False)
class Pointwise(Expression):
    """A primitive applied unit by unit."""

    primitive: str
    arguments: tuple[Expression, ...]

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The arguments, in order."""
        return self.arguments

    @cached_property
    def width(self) -> Width:
        """The one width that the arguments share."""
        return common_width(self.arguments)


@dataclass(frozen=True)
class Parameter(Symbol):
    """A parameter as a cell names it: a matrix in ``p.W @ x``, a vector in ``p.v * c``."""

    name: str

    def __matmul__(self, vector: Symbol) -> Linear:
        operand = as_expression(vector)
        if not varies(operand):
            raise CellError(
                f"the product {self.name} @ ... with parameters and numbers alone",
                "a product of a parameter with what depends on the input or a state",
                "make it one parameter, since it is the same at every step",
            )
        return Linear(self.name, operand)


def as_expression(value: Operand) -> Expression:
    """The node that ``value`` stands for.

    Raises:
        CellError: If it is neither a symbol nor a number.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, Parameter):
        return Vector(value.name)
    if isinstance(value, int | float):
        return Constant(float(value))
    raise CellError(
        f"a {type(value).__name__} in the equations: {value!r}",
        "the input, a state, a parameter, a number, or what is computed from them",
        "write the value as a plain number, or name it as a parameter, p.NAME",
    )


def pointwise(primitive: str, *arguments: Operand) -> Pointwise:
    """A primitive applied to symbols and numbers."""
    node = Pointwise(primitive, tuple(as_expression(argument) for argument in arguments))
    common_width(node.arguments)
    return node


def common_width(operands: Iterable[Expression]) -> Width:
    """The width that all the operands share.

    Raises:
        CellError: If an input is combined unit by unit with a state.
    """
    widths = {operand.width for operand in operands} - {""}
    if len(widths) > 1:
        raise CellError(
            "the input x combined unit by unit with a value of the hidden size",
            "vectors of one width: x has input_size numbers, a state hidden_size",
            "bring x to the hidden size with a matrix first, as p.W @ x",
        )
    return widths.pop() if widths else ""


def varies(node: Expression) -> bool:
    """Whether it depends on the input or a state, and so differs from row to row of the batch."""
    return any(isinstance(below, Leaf) for below in topological([node]))


def topological(outputs: Iterable[Expression]) -> list[Expression]:
    """Every node that the outputs need, each after its operands."""
    order: dict[Expression, None] = {}
    pending: list[tuple[Expression, bool]] = [(output, False) for output in reversed([*outputs])]
    while pending:
        node, ready = pending.pop()
        if node in order:
            continue
        if ready:
            order[node] = None
            continue
        pending.append((node, True))
        pending.extend((operand, False) for operand in reversed(node.operands))
    return list(order)
