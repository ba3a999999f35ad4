"""A cell's equations, typeset."""

from __future__ import annotations

from collections.abc import Mapping

from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    Linear,
    Pointwise,
    Vector,
    topological,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.trace import Graph

_ATOM = 5


def equations(graph: Graph) -> list[str]:
    r"""The step as LaTeX, one equation a gate and a state, in the order in which they are written.

    A gate goes by the subscript of its first parameter (``i_t`` for one that starts ``W_i x_t``),
    or by its name where it has none or another gate has taken it.
    """
    names = _symbols(graph)
    order = [n for n in topological((*graph.gates.values(), *graph.updates)) if n in names]
    lines = [f"{names[node]} = {_typeset(node, names, top=True)[0]}" for node in order]
    for state, update in zip(graph.states, graph.updates, strict=True):
        if names.get(update) != f"{state}_t":
            lines.append(f"{state}_t = {_typeset(update, names)[0]}")
    return lines


def _symbols(graph: Graph) -> dict[Expression, str]:
    """What each gate and each new state is called."""
    symbols: dict[Expression, str] = {}
    for name, node in graph.gates.items():
        symbol = _subscript(node) or rf"\mathrm{{{name}}}"
        taken = f"{symbol}_t" in symbols.values() or symbol in graph.states
        symbols[node] = rf"\mathrm{{{name}}}_t" if taken else f"{symbol}_t"
    # Two states may share a node, and one may be what another was before: the first names it.
    for name, node in reversed([*zip(graph.states, graph.updates, strict=True)]):
        if not isinstance(node, Leaf):
            symbols[node] = f"{name}_t"
    return symbols


def _subscript(gate: Expression) -> str:
    """What follows the underscore in the first parameter that the gate uses itself."""
    for node in topological([gate]):
        if isinstance(node, Linear | Vector) and "_" in node.parameter:
            return node.parameter.partition("_")[2]
    return ""


def _typeset(
    node: Expression, names: Mapping[Expression, str], *, top: bool = False
) -> tuple[str, int]:
    """A node as LaTeX, and how tightly its outermost operation binds."""
    if node in names and not top:
        return names[node], _ATOM
    match node:
        case Leaf(name, role):
            return (f"{name}_t" if role == "input" else f"{name}_{{t-1}}"), _ATOM
        case Constant(value):
            return f"{value:g}", _ATOM
        case Vector(parameter):
            return _parameter(parameter), _ATOM
        case Linear(parameter, operand):
            return f"{_parameter(parameter)} {_bracketed(operand, names, _ATOM)}", 3
        case Pointwise(primitive, arguments):
            return _applied(primitive, arguments, names)
    raise AssertionError(node)


def _applied(
    primitive: str, arguments: tuple[Expression, ...], names: Mapping[Expression, str]
) -> tuple[str, int]:
    row = PRIMITIVES[primitive]
    if row.binding == 4:
        return row.latex.format(_typeset(arguments[0], names)[0]), row.binding
    # Subtraction and division do not associate: their right operand must bind tighter.
    tighter = primitive in {"subtract", "divide"}
    parts = [
        _bracketed(argument, names, row.binding + (tighter and place == 1))
        for place, argument in enumerate(arguments)
    ]
    # A sign never follows another operator.
    if parts[-1].startswith("-"):
        parts[-1] = f"({parts[-1]})"
    return row.latex.format(*parts), row.binding


def _bracketed(node: Expression, names: Mapping[Expression, str], least: int) -> str:
    text, binding = _typeset(node, names)
    return text if binding >= least else f"({text})"


def _parameter(name: str) -> str:
    family, _, subscript = name.partition("_")
    return f"{family}_{{{subscript}}}" if subscript else family
