"""A cell's equations, typeset: as LaTeX for pages and in plain characters for terminals."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from recurra.language import matrices
from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    PerUnit,
    Pointwise,
    Random,
    Size,
    Spread,
    Total,
    Vector,
    topological,
)
from recurra.language.matrices import Matrix
from recurra.language.notation import LATEX, Notation
from recurra.language.parts import shortened
from recurra.language.primitives import PRIMITIVES
from recurra.language.simplify import simplify
from recurra.language.trace import Graph

_ATOM = 5
_CALL = 4
_SUM = 1


def equations(graph: Graph, notation: Notation = LATEX) -> list[str]:
    r"""The step, one equation a gate, a state and the output, in the order in which it is written.

    A gate goes by the subscript of its first parameter (``i_t`` for one that starts ``W_i x_t``),
    or by its name where it has none or another gate has taken it. What a long equation repeats is
    written once, as ``part1``, ``part2``, ...

    Args:
        graph: The cell's graph.
        notation: :data:`LATEX` or :data:`~recurra.language.notation.TEXT`.
    """
    return Typesetter(shortened(graph), notation).lines()


@dataclass
class Typesetter:
    """Writes the equations of a graph.

    Attributes:
        graph: The graph.
        notation: How it is written.
        gates: Its gates, simplified, by name.
        updates: Each state after the step, simplified.
        output: What the layer above sees, simplified.
        names: What each of them is called.
    """

    graph: Graph
    notation: Notation

    def __post_init__(self) -> None:
        graph = self.graph
        # A state that is one of the gates and the output that is a state keep one name.
        simpler = simplify((*graph.gates.values(), *graph.results))
        gates = zip(graph.gates, simpler[: len(graph.gates)], strict=True)
        self.gates = {name: node for name, node in gates if node.operands}
        self.updates = simpler[len(graph.gates) : -1]
        self.output = simpler[-1]
        self.names = self._names()

    def lines(self) -> list[str]:
        """An equation each."""
        equal = self.notation.equal
        named = (*self.gates.values(), *self.updates, self.output)
        order = [node for node in topological(named) if node in self.names]
        lines = [equal(self.name(node), self.text(node, top=True)[0]) for node in order]
        for state, update in zip(self.graph.states, self.updates, strict=True):
            now = self.notation.now(state)
            if self.names.get(update) != now:
                lines.append(equal(now, self.text(update)[0]))
        return lines

    def name(self, node: Expression) -> str:
        """What a node is called."""
        return self.names[node]

    def _names(self) -> dict[Expression, str]:
        """What each gate, each new state and the output are called."""
        names: dict[Expression, str] = {}
        now = self.notation.now
        for gate, node in self.gates.items():
            letter = _subscript(node, {*self.gates.values()} - {node})
            taken = now(letter) in names.values() or letter in self.graph.states
            names[node] = now(letter) if letter and not taken else self.notation.word_now(gate)
        if self.output.operands and self.output not in self.updates:
            names[self.output] = now("y" if "y" not in self.graph.states else "output")
        # Two states may share a node, and one may be what another was before: the first names it.
        for state, node in reversed([*zip(self.graph.states, self.updates, strict=True)]):
            if node.operands:
                names[node] = now(state)
        return names

    def text(self, node: Expression, *, top: bool = False) -> tuple[str, int]:
        """A node, and how tightly its outermost operation binds."""
        if node in self.names and not top:
            return self.name(node), _ATOM
        match node:
            case Spread(operand):
                return self.text(operand)
            case Total(operand):
                return self.notation.function("sum", self.text(operand)[0]), _CALL
            case Linear(parameter, operand):
                vector = self.bracketed(operand, _ATOM)
                return self.notation.product(self.matrix(parameter), vector), 3
            case Pointwise(primitive, arguments):
                return self.applied(primitive, arguments)
        return self.atom(node)

    def atom(self, node: Expression) -> tuple[str, int]:
        """A node without operands."""
        write = self.notation
        match node:
            case Random(name):
                return write.function("random", write.word(name)), _ATOM
            case Leaf(name, role):
                return write.leaf(name, role), _ATOM
            case Constant(value):
                return write.number(f"{value:.6g}"), _ATOM if value >= 0 else 3
            case Vector(parameter):
                return write.name(parameter), _ATOM
            case PerUnit(values):
                return write.values(values), _ATOM
            case Size(of):
                return write.number(str(of)), _ATOM
        raise AssertionError(node)

    def matrix(self, name: str) -> str:
        """A matrix, by its name or by the formula that derives it."""
        derived = self.graph.derived.get(name)
        return self.notation.name(name) if derived is None else _formula(derived, self.notation)

    def applied(self, primitive: str, arguments: tuple[Expression, ...]) -> tuple[str, int]:
        """A pointwise function of its arguments."""
        row = PRIMITIVES[primitive]
        form = self.notation.form(row)
        if primitive == "multiply" and any(isinstance(a, Constant) for a in arguments):
            # A number stands before what it multiplies, without a sign.
            arguments = tuple(sorted(arguments, key=lambda a: not isinstance(a, Constant)))
            form = self.notation.scaled
        if row.binding == _CALL:
            return form.format(*(self.text(argument)[0] for argument in arguments)), _CALL
        # Subtraction and division do not associate: their right operand must bind tighter.
        tighter = primitive in {"subtract", "divide", "remainder"}
        parts = [
            self.bracketed(argument, row.binding + (tighter and place == 1))
            for place, argument in enumerate(arguments)
        ]
        # A sign never follows another operator, nor a number a number.
        unclear = "-0123456789" if form == self.notation.scaled else "-"
        if len(parts) > 1 and self.notation.begins(parts[-1]) in unclear:
            parts[-1] = self.notation.bracket(parts[-1])
        # Products of remainders are read in more ways than one.
        return form.format(*parts), _SUM if primitive == "remainder" else row.binding

    def bracketed(self, node: Expression, least: int) -> str:
        """A node in brackets if it binds less tightly than this."""
        text, binding = self.text(node)
        return text if binding >= least else self.notation.bracket(text)


def _subscript(gate: Expression, others: Set[Expression]) -> str:
    """What follows the underscore in the first parameter that the gate uses itself."""
    beneath = {*topological([node for node in topological([gate]) if node in others])}
    for node in topological([gate]):
        if node in beneath:
            continue
        if isinstance(node, Linear | Vector) and "_" in node.parameter:
            return node.parameter.rpartition("(")[2].partition("_")[2].partition(")")[0]
    return ""


def _formula(matrix: Matrix, write: Notation) -> str:
    match matrix:
        case matrices.Whole(name):
            return write.name(name)
        case matrices.Identity():
            return write.word("I")
        case matrices.Transposed(of):
            return write.transposed(_formula(of, write))
        case matrices.Scaled(of, factor):
            return write.scaled.format(f"{factor:g}", _formula(of, write))
        case matrices.Sum(first, second, sign):
            middle = "+" if sign > 0 else "-"
            return write.bracket(write.sum(_formula(first, write), middle, _formula(second, write)))
        case matrices.BlockUpper(of, blocks):
            return write.function(f"triu_{blocks}", _formula(of, write))
        case matrices.BlockDiagonal(of, blocks):
            return write.function(f"diag_{blocks}", _formula(of, write))
    raise AssertionError(matrix)
