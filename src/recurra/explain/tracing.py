"""Every gate and every state at every step, of any cell, at the speed of the compiled kernel.

The compiled pass writes gates as it writes states. All else in the equations follows from them: the
state that each step started from is known, so all steps are independent of one another, and one
evaluation of the equations over all of them at once gives any value, with no loop over time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.diagnose.arguments import called_with
from recurra.errors import OptionError
from recurra.explain.keeping import Keep, keeps
from recurra.explain.strands import Strand, run
from recurra.explain.watching import Call, watch
from recurra.kernels import hoisting
from recurra.kernels.task import Task
from recurra.language import Expression
from recurra.language.expression import Leaf, Linear, topological
from recurra.layers.lengths import Lengths
from recurra.training.mode import in_mode

AT_ONCE = 65536
"""Numbers of a gate that are computed at once, so that they stay in a processor's cache."""

LEAST = 64
"""Steps of rows at least."""


@dataclass(frozen=True)
class Trace:
    """What went on in one layer in one direction, in the order of time.

    Attributes:
        name: The layer's place in the model.
        strand: The same in the order in which the layer reads.
        gates: Each gate that the cell names, (T, B, width): 0 after a row's end, like all here.
        states: Each state after every step, (T, B, width).
        kept: For each state that is carried on by a factor, that factor, (T, B, width or 1).
        output: What the layer above sees, (T, B, width).
    """

    name: str
    strand: Strand
    gates: Mapping[str, Tensor]
    states: Mapping[str, Tensor]
    kept: Mapping[str, Tensor]
    output: Tensor

    @property
    def cell(self) -> str:
        """The cell's name."""
        return self.strand.layer.cell.name

    @property
    def before(self) -> Mapping[str, Tensor]:
        """Each state that a step started from, (T, B, width)."""
        return _in_time(self.strand, self.strand.before())

    @property
    def keeps(self) -> Mapping[str, Keep]:
        """By what each state is carried on."""
        return keeps(self.strand.graph)

    @property
    def inputs(self) -> Tensor:
        """What the layer read, (T, B, I)."""
        return self.strand.in_time(self.strand.task.inputs["x"])


def traces(model: nn.Module, batch: Any, *, lengths: Lengths | None = None) -> list[Trace]:
    """Every gate and state at every step, a layer and direction each.

    The model is called once, in evaluation, and left as it was. If one of its layers is called
    several times, its longest call is taken.

    Args:
        model: A recurrent layer, or any module that contains one or more.
        batch: What the model takes: a tensor, (B, T, I) or (T, B, I) as the layer takes it, or a
            PackedSequence; or several arguments as a tuple or, by name, a dictionary.
        lengths: How many steps each row has, (B,), passed on to the model; T if None.

    Raises:
        OptionError: If the model has no recurrent layer, or does not take ``lengths``.
        ShapeError: If a tensor does not fit.
    """
    model = getattr(model, "_orig_mod", model)
    if not isinstance(model, nn.Module):
        raise OptionError(f"model={model!r}", "a torch.nn.Module")
    arguments, named = called_with(model, batch, lengths)
    with in_mode(model, training=False):
        return traced(model, lambda: model(*arguments, **named))


def traced(model: nn.Module, call: Callable[[], Any]) -> list[Trace]:
    """The same of a model in evaluation, whatever way it is called.

    Args:
        model: A module with a recurrent layer.
        call: Calls it.
    """
    found: dict[str, tuple[Strand, ...]] = {}

    def seen(call: Call) -> Any:
        ran = run(call)
        longest = found.get(call.name)
        if longest is None or _steps(ran.strands) > _steps(longest):
            found[call.name] = ran.strands
        return ran.given

    with torch.no_grad():
        watch(model, call, seen)
        each = [strand for several in found.values() for strand in several]
        return [trace_of(strand, alone=len(found) == 1) for strand in each]


def _steps(strands: Sequence[Strand]) -> int:
    return strands[0].order.sequences.steps


def trace_of(strand: Strand, *, alone: bool) -> Trace:
    """The trace of a strand; of the only stack of a model, the stack is not named."""
    graph = strand.graph
    assert strand.result.every is not None
    seen = {node: strand.in_time(value) for node, value in strand.values.items()}
    return Trace(
        name=strand.place if alone else strand.name,
        strand=strand,
        gates={name: seen[node] for name, node in graph.gates.items()},
        states=_in_time(strand, strand.result.every),
        kept={name: seen[keep.node] for name, keep in keeps(graph).items()},
        output=strand.in_time(strand.result.output),
    )


def _in_time(strand: Strand, parts: Sequence[Tensor]) -> dict[str, Tensor]:
    return {
        name: strand.in_time(part) for name, part in zip(strand.graph.states, parts, strict=True)
    }


def at_every_step(
    strand: Strand, nodes: tuple[Expression, ...], before: tuple[Tensor, ...]
) -> list[Tensor]:
    """The values of nodes of a cell's equations, (T', R, width): all steps as rows of one step.

    Args:
        strand: Whose equations they are.
        nodes: Any of its graph, simplified or not.
        before: The states that each step started from.
    """
    task, order = strand.task, topological(nodes)
    steps, rows = before[0].shape[:2]
    inputs = {name: _side_by_side(value) for name, value in task.inputs.items()}
    states = dict(zip(strand.graph.states, map(_side_by_side, before), strict=True))
    some = max(LEAST, AT_ONCE // max(state.shape[1] for state in states.values()))
    found: list[Tensor] = []
    with torch.no_grad():
        for first in range(0, steps * rows, some):
            here = slice(first, first + some)
            part = replace(task, inputs={name: value[here] for name, value in inputs.items()})
            values = _evaluated(order, {n: state[here] for n, state in states.items()}, part)
            if not found:
                whole = [
                    values[node].new_empty(steps * rows, _width(values[node])) for node in nodes
                ]
                found.extend(whole)
            for place, node in zip(found, nodes, strict=True):
                place[here] = values[node]
    return [values.reshape(steps, rows, -1) for values in found]


def _width(value: Tensor) -> int:
    return value.shape[-1] if value.dim() else 1


def _evaluated(
    order: Sequence[Expression], states: Mapping[str, Tensor], task: Task
) -> dict[Expression, Tensor]:
    """The values of nodes, each after its operands, (N, width)."""
    values: dict[Expression, Tensor] = {}
    for node in order:
        # By name, since equations that were simplified have leaves of their own.
        if isinstance(node, Leaf) and node.role == "state":
            values[node] = states[node.name]
        else:
            values[node] = _value(node, values, task)
    return values


def _value(node: Expression, values: Mapping[Expression, Tensor], task: Task) -> Tensor:
    """The value of a node whose operands are known, (N, width)."""
    if not node.operands:
        return hoisting.leaf(node, task)
    if isinstance(node, Linear):
        return functional.linear(values[node.operand], task.parameters[node.parameter])
    return hoisting.value(node, [values[operand] for operand in node.operands], task)


def _side_by_side(values: Tensor) -> Tensor:
    """(T, R, width) as (T R, width)."""
    return values.reshape(-1, values.shape[-1])
