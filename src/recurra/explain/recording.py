"""Gates beside the states, from one pass of the compiled kernel.

A kernel writes the states after every step. So what else is to be seen of every step becomes a
state that no step reads: the kernel computes it anyway and need know nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from torch import Tensor

from recurra.explain.keeping import keeps
from recurra.kernels import choose
from recurra.kernels.task import Result, Task
from recurra.language import Expression, Graph, schedule
from recurra.language.expression import Leaf
from recurra.language.widths import resolve


@dataclass(frozen=True)
class Recording:
    """A cell's equations with more states.

    Attributes:
        graph: The equations.
        nodes: What the states behind the cell's own are.
    """

    graph: Graph
    nodes: tuple[Expression, ...]


def recorded(task: Task, graph: Graph) -> tuple[Result, dict[Expression, Tensor]]:
    """Runs a task with every gate, and every factor that carries a state on, written down.

    Args:
        task: One in which the states after every step are wanted.
        graph: The equations that it runs.

    Returns:
        What it gives, and each node after every step, (T, R, width), 0 after a row's end.
    """
    wide, own = recording(graph), len(graph.states)
    empty = [
        task.state[0].new_zeros(len(task.state[0]), resolve(node.width, task.sizes))
        for node in wide.nodes
    ]
    ran = choose.run(replace(task, schedule=schedule(wide.graph), state=(*task.state, *empty)))
    assert ran.every is not None
    values = dict(zip(wide.nodes, ran.every[own:], strict=True))
    return Result(ran.output, ran.last[:own], ran.every[:own]), values


@cache
def recording(graph: Graph) -> Recording:
    """The equations of which gates and factors are states too."""
    # A factor is often a gate, and is written once.
    nodes = (*dict.fromkeys([*graph.gates.values(), *(k.node for k in keeps(graph).values())]),)
    added = {f"seen {n}": Leaf(f"seen {n}", "state", node.width) for n, node in enumerate(nodes)}
    states: Mapping[str, Leaf] = {**graph.states, **added}
    return Recording(replace(graph, states=states, updates=(*graph.updates, *nodes)), nodes)
