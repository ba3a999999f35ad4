"""Equations of a length that can be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from recurra.language.expression import Expression, topological
from recurra.language.trace import Graph

LONGEST = 40
"""How many nodes an equation may have before what it repeats gets a line of its own."""

_WORTH_A_NAME = 4


def shortened(graph: Graph) -> Graph:
    """The graph with names for what long equations repeat.

    Where an equation would be long, intermediate values that are used several times become gates
    called ``part1``, ``part2``, ..., so that each is written once. Without that, a step that uses
    each of its values twice would double in length with each.
    """
    found = sizes(graph, frozenset())
    if max(found[node] for node in _named(graph)) <= LONGEST:
        return graph
    parts = {f"part{number}": node for number, node in enumerate(_parts(graph), 1)}
    return replace(graph, gates={**graph.gates, **parts})


def sizes(graph: Graph, parts: frozenset[Expression]) -> dict[Expression, int]:
    """How many nodes are written for each node, gates, results and ``parts`` going by names."""
    named = {*_named(graph), *parts}
    size: dict[Expression, int] = {}
    for node in topological(_named(graph)):
        size[node] = 1 + sum(1 if one in named else size[one] for one in node.operands)
    return size


def _named(graph: Graph) -> tuple[Expression, ...]:
    """What has a line of its own, in the order in which it is written."""
    return (*graph.gates.values(), *graph.results)


def _parts(graph: Graph) -> list[Expression]:
    """What is used several times and worth a name."""
    order = topological(_named(graph))
    uses = Counter(operand for node in order for operand in node.operands)
    shared = [node for node in order if uses[node] > 1 and node not in set(_named(graph))]
    found = sizes(graph, frozenset(shared))
    return [node for node in shared if found[node] >= _WORTH_A_NAME]
