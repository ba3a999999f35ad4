"""The gates by which a cell keeps its state."""

from __future__ import annotations

from recurra.language import Expression, Graph
from recurra.language.expression import Leaf, Pointwise, Vector
from recurra.language.gate import activation, terms


def keepers(graph: Graph) -> dict[str, str]:
    """The bias of each gate that multiplies a state on its way to its own next value.

    So of an LSTM's forget gate in ``f * c + i * g``, of a GRU's update gate in ``z * h + ...``:
    the larger the bias, the longer the state is kept.
    """
    names = {node: name for name, node in graph.gates.items()}
    found: dict[str, str] = {}
    for leaf, update in zip(graph.states.values(), graph.updates, strict=True):
        for term in terms(update):
            gate = _kept_by(term, leaf)
            bias = None if gate not in names else _bias(gate)
            if gate is not None and bias is not None:
                found[names[gate]] = bias
    return found


def _kept_by(term: Expression, state: Leaf) -> Expression | None:
    """The gate in gate * state, whichever stands first."""
    if not isinstance(term, Pointwise) or term.primitive != "multiply":
        return None
    first, second = term.arguments
    return first if second is state else second if first is state else None


def _bias(gate: Expression) -> str | None:
    """The one vector in the sum that a sigmoid squashes."""
    parts = activation(gate)
    if parts is None or parts[0] != "sigmoid":
        return None
    vectors = [term.parameter for term in parts[1] if isinstance(term, Vector)]
    return vectors[0] if len(vectors) == 1 else None
