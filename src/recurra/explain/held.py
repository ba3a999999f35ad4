"""A model at work with one of its gates held, by compiled code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from torch import nn

from recurra.cells.wrappers.wrapper import Wrapper
from recurra.explain.watching import Call, watch
from recurra.kernels import choose
from recurra.language import Expression, Graph, Parameters
from recurra.language.expression import Leaf
from recurra.language.primitives import where
from recurra.language.reading import each_gate
from recurra.language.widths import ONE
from recurra.layers import Recurrent
from recurra.layers.leg import Leg
from recurra.layers.passage import Passed

Given = TypeVar("Given")


@dataclass(frozen=True)
class Holdable(Wrapper):
    """A cell each of whose gates can be held by an input of the step.

    So one compiled object serves for all gates and all values at which they are held.
    """

    def step(
        self, p: Parameters, x: Expression, *states: Expression, **inputs: Any
    ) -> Expression | tuple[Expression, ...]:
        """Take the step, with gates held where their inputs say so."""

        def holdable(name: str, value: Expression) -> Expression:
            switch, place = _inputs(name)
            return where(Leaf(switch, "input", ONE), Leaf(place, "input", ONE), value)

        with each_gate(holdable):
            stepped: Expression | tuple[Expression, ...]
            stepped = self.cell.step(p, x, *states, **inputs)
        return stepped


def _inputs(gate: str) -> tuple[str, str]:
    """What the inputs are called that say whether a gate is held, and where."""
    return f"held {gate}", f"place {gate}"


def held(model: nn.Module, call: Callable[[], Given], gate: str, value: float) -> Given:
    """What a model in evaluation gives with a gate of all its layers held; it stays as it is.

    Args:
        model: A module with a recurrent layer.
        call: Calls it.
        gate: The gate's name; layers without it run as they do.
        value: Where all its units are held at every step.
    """
    given: list[Given] = []

    def instead(called: Call) -> Any:
        return called.layer.leg_by_leg(
            lambda leg: _run(leg, _graph(called.layer, leg.number), gate, value), **called.arguments
        )

    watch(model, lambda: given.append(call()), instead)
    return given[0]


def _graph(layer: Recurrent, number: int) -> Graph:
    """The equations of a layer with gates that can be held."""
    other = copy.copy(layer)
    other.cell = Holdable(layer.cell)
    return other.graph(number, training=False)


def _run(leg: Leg, graph: Graph, gate: str, value: float) -> Passed:
    ready = replace(leg, layer=replace(leg.layer, graph=graph)).prepared()
    inputs, (like, *_) = dict(ready.task.inputs), ready.task.inputs.values()
    for name in graph.gates:
        switch, place = _inputs(name)
        for key, number in ((switch, float(name == gate)), (place, value)):
            if key in graph.inputs:
                inputs[key] = like.new_full((1, 1, 1), number).expand(*like.shape[:2], 1)
    return ready.passed(choose.run(replace(ready.task, inputs=inputs)))
