"""The kinds of node that a cell's equations are made of.

A cell's step, run on symbols, gives a graph of these nodes: pointwise functions, products of a
matrix and a vector, sums over units, and the leaves they start from. Nodes are compared by
identity, so a graph can share them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NoReturn, TypeAlias

from recurra.errors import CellError
from recurra.language.widths import ONE, Width


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

    def __mod__(self, other: Operand) -> Pointwise:
        return pointwise("remainder", self, other)

    def __neg__(self) -> Pointwise:
        return pointwise("negative", self)

    def __matmul__(self, vector: Symbol) -> Linear:
        raise CellError(
            "a vector before @",
            "a matrix before it: p.W @ x",
            "multiply by each parameter apart: write p.A @ h - p.B @ h for (p.A - p.B) @ h, and "
            "2 * (p.A @ h) for (2 * p.A) @ h",
        )

    def __abs__(self) -> Pointwise:
        return pointwise("absolute", self)

    def __gt__(self, other: Operand) -> Pointwise:
        return pointwise("greater", self, other)

    def __lt__(self, other: Operand) -> Pointwise:
        return pointwise("greater", other, self)

    def __ge__(self, other: Operand) -> Pointwise:
        return 1 - pointwise("greater", other, self)

    def __le__(self, other: Operand) -> Pointwise:
        return 1 - pointwise("greater", self, other)

    def __eq__(self, other: object) -> Any:
        # Between nodes it stays identity, which graphs are searched by; equal(a, b) compares them.
        if isinstance(other, int | float):
            return pointwise("equal", self, other)
        return self is other

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise CellError(
            "a value of the cell was used as a condition",
            "equations without branches: their values are not known while they are read",
            "write where(condition, a, b)",
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
        """How many numbers it holds a row; 1 fits any width."""
        return "H"

    def rebuilt(self, operands: Sequence[Expression]) -> Expression:
        """The same computation on other operands, of the same widths."""
        return self


@dataclass(frozen=True, eq=False)
class Leaf(Expression):
    """A value that comes from outside.

    Attributes:
        name: What it is called: ``"x"``, a state's name, ``"t"``, ``"below.c"``.
        role: ``"input"`` for what is known of all steps before the first, ``"state"``, or
            ``"gradient"`` for that of a state or output.
        leaf_width: How many numbers it holds a row.
    """

    name: str
    role: str
    leaf_width: Width = "H"

    @property
    def width(self) -> Width:
        """As declared."""
        return self.leaf_width


@dataclass(frozen=True, eq=False)
class Random(Leaf):
    """Numbers drawn uniformly from 0 up to but not 1.

    Attributes:
        per: ``"step"`` for new ones at each step, ``"sequence"`` for the same at all steps.
    """

    per: str = "step"


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """A number written in the equations."""

    value: float

    @property
    def width(self) -> Width:
        """Fits any width."""
        return ONE


@dataclass(frozen=True, eq=False)
class Size(Expression):
    """How many numbers there are in a vector of some width, as a number."""

    of: Width

    @property
    def width(self) -> Width:
        """Fits any width."""
        return ONE


@dataclass(frozen=True, eq=False)
class PerUnit(Expression):
    """A constant with a value of its own for each unit, dealt out in equal blocks in order."""

    values: tuple[float, ...]
    over: Width = "H"

    @property
    def width(self) -> Width:
        """As declared."""
        return self.over

    def dealt(self, width: int) -> tuple[float, ...]:
        """The value of each unit; blocks differ by one unit at most.

        Args:
            width: How many units there are.

        Raises:
            CellError: If there are fewer units than values, or values of the input's numbers that
                are neither one nor as many as those.
        """
        count = len(self.values)
        if count > width or (self.over == "I" and count not in {1, width}):
            raise CellError(
                f"{count} constants for {width} numbers: {self.values}",
                "one for each number of the input, or a single one"
                if self.over == "I"
                else "at least as many units as constants",
                "give as many constants as there are, or change the size of the layer",
            )
        return tuple(self.values[unit * count // width] for unit in range(width))


@dataclass(frozen=True, eq=False)
class Vector(Expression):
    """A parameter with one number a unit: a bias, a peephole, a diagonal matrix; or a scalar."""

    parameter: str
    over: Width = "H"

    @property
    def width(self) -> Width:
        """That of what it is combined with, or 1 for a scalar."""
        return self.over


@dataclass(frozen=True, eq=False)
class Linear(Expression):
    """A matrix times a vector; ``transposed`` appears only in derivatives.

    ``parameter`` is a parameter's name, or that of a matrix derived from parameters
    (:mod:`recurra.language.matrices`).
    """

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

    def rebuilt(self, operands: Sequence[Expression]) -> Linear:
        """The product of the same matrix with another vector."""
        return Linear(self.parameter, operands[0], self.transposed, self.result_width)


@dataclass(frozen=True, eq=False)
class Total(Expression):
    """The sum over all units of a vector."""

    operand: Expression

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The vector."""
        return (self.operand,)

    @property
    def width(self) -> Width:
        """One number a row."""
        return ONE

    def rebuilt(self, operands: Sequence[Expression]) -> Total:
        """The sum of another vector."""
        return Total(operands[0])


@dataclass(frozen=True, eq=False)
class Spread(Expression):
    """One number a row, repeated for each unit; or a vector known to be as wide as ``to``.

    Appears only where a bias is left out, or a graph was differentiated or simplified.
    """

    operand: Expression
    to: Width

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The number."""
        return (self.operand,)

    @property
    def width(self) -> Width:
        """As far as it is spread."""
        return self.to

    def rebuilt(self, operands: Sequence[Expression]) -> Spread:
        """Another number spread as far."""
        return Spread(operands[0], self.to)


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

    def rebuilt(self, operands: Sequence[Expression]) -> Pointwise:
        """The same primitive of other arguments."""
        return Pointwise(self.primitive, tuple(operands))


@dataclass(frozen=True, eq=False)
class NamedParameter(Symbol):
    """A parameter as a cell names it, before it is known whether it is a matrix or a vector."""

    name: str
    width: Width | None = None

    def as_vector(self, width: Width) -> Expression:
        """The parameter with one number a unit: as declared, else of the width it meets."""
        return Vector(self.name, self.width or width)


def as_expression(value: Operand, width: Width = "H") -> Expression:
    """The node that ``value`` stands for; a parameter not declared otherwise has ``width``.

    Raises:
        CellError: If it is neither a symbol nor a number.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, NamedParameter):
        return value.as_vector(width)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Constant(float(value))
    raise CellError(
        # Two values compared with == come as False, which must not pass for 0.
        f"a {type(value).__name__} in the equations: {value!r}",
        "the input, a state, a parameter, a number, or what is computed from them",
        "write the value as a plain number, or name it as a parameter, p.NAME; compare two values "
        "by equal(a, b), and choose by an option of the cell with an if of Python's",
    )


def pointwise(primitive: str, *arguments: Operand) -> Pointwise:
    """A primitive applied to symbols and numbers."""
    known = [as_expression(a) for a in arguments if not isinstance(a, NamedParameter)]
    width = common_width(known)
    met = "H" if width == ONE else width
    node = Pointwise(primitive, tuple(as_expression(argument, met) for argument in arguments))
    common_width(node.arguments)
    return node


def common_width(operands: Iterable[Expression]) -> Width:
    """The width that all the operands share, those of one number a row fitting any.

    Raises:
        CellError: If vectors of different widths are combined unit by unit.
    """
    widths = {operand.width for operand in operands} - {ONE}
    if len(widths) > 1:
        raise CellError(
            "vectors of different widths combined unit by unit: "
            + " and ".join(sorted(map(str, widths))),
            "vectors of one width: x has input_size (I) numbers, a state hidden_size (H) unless "
            "declared otherwise",
            "bring one to the width of the other with a matrix first, as p.W @ x",
        )
    return widths.pop() if widths else ONE


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
