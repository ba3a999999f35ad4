"""From a model and one input to all that can be seen of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from recurra.explain.attribution import Attribution, Question, integrated_gradients, occlusion
from recurra.explain.clamping import ends
from recurra.explain.held import held
from recurra.explain.memory import UnitMemory, unit_memory
from recurra.explain.tracing import Trace, traced
from recurra.explain.watching import layers_of
from recurra.training.mode import in_mode

Ask = Callable[[nn.Module, Tensor], Tensor]
"""From a model and inputs (N, T, I) to one number each, (N,)."""


@dataclass(frozen=True)
class Asked:
    """A model, and what it is asked.

    Attributes:
        model: A module with a recurrent layer.
        x: The input, (T, I).
        baseline: What stands for an input that says nothing, (T, I).
        ask: Calls a model, this one or a changed copy of it.
    """

    model: nn.Module
    x: Tensor
    baseline: Tensor
    ask: Ask

    @property
    def question(self) -> Question:
        """The same about this model."""
        return Question(lambda x: self.ask(self.model, x), self.x, self.baseline)


@dataclass(frozen=True)
class Layer:
    """A layer in one direction, seen at work on one input.

    Attributes:
        trace: Every gate and state, B = 1.
        memory: How far back each unit looks.
        first: The position of the input at which its first step begins.
        each: How many positions each of its steps spans.
    """

    trace: Trace
    memory: UnitMemory
    first: int = 0
    each: int = 1


@dataclass(frozen=True)
class Effect:
    """What a gate does.

    Attributes:
        gate: Its name.
        value: Where it was held, in all units at all steps.
        answer: What the model then gives.
    """

    gate: str
    value: float
    answer: float


@dataclass(frozen=True)
class Seen:
    """All that was seen of a model at work on one input.

    Attributes:
        name: What to call the model.
        answer: What it gave.
        layers: From the lowest on.
        gradients: By integrated gradients.
        hidden: By occlusion.
        effects: Of each gate at either end of its range, or at 0.
    """

    name: str
    answer: float
    layers: tuple[Layer, ...]
    gradients: Attribution
    hidden: Attribution
    effects: tuple[Effect, ...]

    @property
    def carried(self) -> Attribution:
        """What each number did: by the gradients where they add up, else by occlusion."""
        return self.gradients if self.gradients.settled else self.hidden


Place = Callable[[Trace], tuple[int, int]]
"""Where the steps of a layer lie: the position of the first, and how many positions each spans."""


def examine(asked: Asked, name: str, place: Place = lambda _: (0, 1)) -> Seen:
    """Looks at a model at work. It is left as it was.

    Args:
        asked: The model, and what it is asked.
        name: What to call it.
        place: Where the steps of each layer lie.

    Raises:
        OptionError: If it has no recurrent layer.
        ShapeError: If it does not answer with one number.
    """
    with in_mode(asked.model, training=False), _fixed(asked.model):
        found = traced(asked.model, lambda: asked.ask(asked.model, asked.x.unsqueeze(0)))
        layers = tuple(Layer(one, unit_memory(one.strand), *place(one)) for one in found)
        gradients = integrated_gradients(asked.question)
        return Seen(
            name,
            gradients.answer,
            layers,
            gradients,
            occlusion(asked.question),
            tuple(effects(asked)),
        )


def effects(asked: Asked) -> list[Effect]:
    """Of each gate that any layer names, held in all layers that have it.

    Args:
        asked: A model in evaluation, and what it is asked.
    """
    held = {
        (gate, value): None
        for layer in layers_of(asked.model).values()
        for gate in layer.graph(training=False).gates
        for value in ends(layer, gate)
    }
    return [Effect(gate, value, _held(asked, gate, value)) for gate, value in held]


def _held(asked: Asked, gate: str, value: float) -> float:
    x = asked.x.unsqueeze(0)
    with torch.no_grad():
        return float(held(asked.model, lambda: asked.ask(asked.model, x), gate, value)[0])


@contextmanager
def _fixed(model: nn.Module) -> Iterator[None]:
    """While it lasts, no gradient by a parameter is taken: nobody asks for it."""
    learned = [one for one in model.parameters() if one.requires_grad]
    for one in learned:
        one.requires_grad_(False)
    try:
        yield
    finally:
        for one in learned:
            one.requires_grad_(True)
