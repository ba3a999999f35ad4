"""What of a state is kept from one step to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from recurra.language import Expression, Graph
from recurra.language.expression import Leaf, Pointwise, Spread
from recurra.language.gate import terms
from recurra.language.widths import ONE


@dataclass(frozen=True, eq=False)
class Keep:
    """The factor by which a state is carried on.

    Attributes:
        name: The gate that it is, as ``forget``, or made of, as ``1 - update``; empty if none.
        gate: The gate's name, or empty.
        node: Its equation.
    """

    name: str
    gate: str
    node: Expression


@cache
def keeps(graph: Graph) -> Mapping[str, Keep]:
    """For each state that is multiplied by something on its way to its own next value, by what.

    So of an LSTM's cell state by its forget gate, in ``f * c + i * g``; of a GRU's hidden state by
    its update gate, in ``z * h + (1 - z) * n``. Cells that only mix a state by a matrix keep
    nothing in that sense.
    """
    gates = {node: name for name, node in graph.gates.items()}
    found: dict[str, Keep] = {}
    for (name, leaf), update in zip(graph.states.items(), graph.updates, strict=True):
        factors = [node for term in terms(update) if (node := _beside(term, leaf)) is not None]
        if len(factors) == 1:
            found[name] = _keep(factors[0], gates, leaf)
    return found


def _beside(term: Expression, leaf: Leaf) -> Expression | None:
    """The other factor of a product with a state."""
    if not isinstance(term, Pointwise) or term.primitive != "multiply":
        return None
    others = [factor for factor in term.arguments if factor is not leaf]
    return others[0] if len(others) == 1 else None


def _keep(node: Expression, gates: dict[Expression, str], leaf: Leaf) -> Keep:
    if node in gates:
        return Keep(gates[node], gates[node], node)
    if isinstance(node, Pointwise) and node.primitive == "subtract" and node.arguments[1] in gates:
        gate = gates[node.arguments[1]]
        return Keep(f"1 - {gate}", gate, node)
    return Keep("", "", Spread(node, leaf.width) if node.width == ONE else node)
