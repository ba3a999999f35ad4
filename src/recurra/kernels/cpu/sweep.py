"""All steps of a cell's loop as one operation that torch can differentiate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from recurra.kernels import reference
from recurra.kernels.cpu.linear import multiply
from recurra.kernels.cpu.machine import Machine
from recurra.kernels.cpu.passes import shares_output
from recurra.kernels.cpu.places import Place, of_thread, stepwise
from recurra.kernels.cpu.plan import Array
from recurra.kernels.task import Task
from recurra.language import schedule
from recurra.language.widths import Width, resolve


@dataclass(frozen=True)
class Slice:
    """Where an input of the loop lies: in which tensor, and from which column on."""

    tensor: int
    column: int


@dataclass(frozen=True)
class Call:
    """What one run needs to know beside what can be differentiated.

    Attributes:
        machine: The code.
        sizes: What the widths ``"H"`` and ``"I"`` are.
        slices: Where each input of the loop lies, by name.
        matrices: The names of the matrices, in order.
        marks: What the loop is told of each step, (T, B, 1), by name.
        truncate: Every how many steps the gradient is cut; None for never.
        every: Whether each state is wanted after every step, or after the last alone.
        steps: T.
        rows: B.
    """

    machine: Machine
    sizes: Mapping[str, int]
    slices: Mapping[str, Slice]
    matrices: tuple[str, ...]
    marks: Mapping[str, Tensor]
    truncate: int | None
    every: bool
    steps: int
    rows: int

    def width(self, width: Width) -> int:
        """The number that a width stands for."""
        return resolve(width, self.sizes)


def sweep(
    call: Call,
    inputs: Sequence[Tensor],
    vectors: Sequence[Tensor],
    matrices: Sequence[Tensor],
    states: Sequence[Tensor],
) -> tuple[Tensor, ...]:
    """The output after every step, (T, B, width), and each state after every or the last step."""
    results: tuple[Tensor, ...] = _Sweep.apply(call, *inputs, *vectors, *matrices, *states)  # type: ignore[no-untyped-call]
    return results


@dataclass(frozen=True)
class _Given:
    """What a run is given, taken apart."""

    call: Call
    inputs: tuple[Tensor, ...]
    vectors: Mapping[str, Tensor]
    matrices: Mapping[str, Tensor]
    states: Mapping[str, Tensor]

    @classmethod
    def of(cls, call: Call, tensors: Sequence[Tensor]) -> _Given:
        loop = call.machine.passes.loop
        names = [[*loop.vectors], [*call.matrices], [*loop.graph.states]]
        start = len(tensors) - sum(map(len, names))
        inputs = tuple(tensors[:start])
        found = []
        for group in names:
            found.append(dict(zip(group, tensors[start:], strict=False)))
            start += len(group)
        return cls(call, inputs, *found)

    def place(self, name: str) -> Place | None:
        """Where an input of the loop lies."""
        if name in self.call.marks:
            return stepwise(self.call.marks[name])
        piece = self.call.slices.get(name)
        return None if piece is None else stepwise(self.inputs[piece.tensor], piece.column)

    def empty(self, width: Width) -> Tensor:
        """Room for a row at each step."""
        call, like = self.call, next(iter(self.states.values()))
        return like.new_empty(call.steps, call.rows, call.width(width))

    def run(self, plan: str, places: dict[Array, Place]) -> None:
        """Runs a pass."""
        call = self.call
        code = getattr(call.machine, plan)
        code.run((call.steps, call.rows), call.sizes, places, self.vectors, self.matrices)


class _Sweep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, call: Call, *tensors: Tensor) -> tuple[Tensor, ...]:
        given = _Given.of(call, tensors)
        training = any(ctx.needs_input_grad)
        results, kept = _forward(given, training=training)
        if training:
            ctx.call, ctx.count = call, len(tensors)
            ctx.save_for_backward(*tensors, *kept)
        ctx.set_materialize_grads(False)
        return results

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        saved = ctx.saved_tensors
        tensors, kept = saved[: ctx.count], saved[ctx.count :]
        wanted = ctx.needs_input_grad[1:]
        if torch.is_grad_enabled():
            return (None, *_differentiable(ctx.call, tensors, gradients, wanted))
        return (None, *_Backward(_Given.of(ctx.call, tensors), kept, gradients).run())


def _forward(given: _Given, *, training: bool) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The results, and what the backward pass needs."""
    call = given.call
    made = call.machine.passes
    plan = made.training if training else made.inference
    history: dict[str, Tensor] = {}
    for name, first in given.states.items():
        history[name] = first.new_empty(call.steps + 1, *first.shape)
        history[name][0] = first
    saved = [given.empty(array.width) for array in made.saved] if training else []
    shares = shares_output(made.loop.graph)
    output = None if shares else given.empty(made.loop.graph.output.width)
    places: dict[Array, Place] = {}
    for array in plan.arrays:
        kind, _, name = array.name.partition(" ")
        if kind == "before":
            places[array] = stepwise(history[name])
        elif kind == "after":
            places[array] = stepwise(history[name]).next_step
        elif kind == "output" and output is not None:
            places[array] = stepwise(output)
        elif found := given.place(array.name):
            places[array] = found
    places |= {array: stepwise(tensor) for array, tensor in zip(made.saved, saved, strict=False)}
    given.run("training" if training else "inference", places)
    states = tuple(part[1:] if call.every else part[-1] for part in history.values())
    first = next(iter(history.values()))[1:].clone() if output is None else output
    return (first, *states), (*history.values(), *saved)


class _Backward:
    """The gradients, by the compiled backward pass."""

    def __init__(
        self, given: _Given, kept: Sequence[Tensor], gradients: Sequence[Tensor | None]
    ) -> None:
        self.given, self.call = given, given.call
        self.made = self.call.machine.passes
        states = [*given.states]
        self.history = dict(zip(states, kept, strict=False))
        self.saved = dict(zip(self.made.saved, kept[len(states) :], strict=True))
        self.of_output = gradients[0]
        self.of_states = dict(zip(states, gradients[1:], strict=True))
        self.turns = {name: self._turns(name) for name in states}
        self.of_inputs = [
            torch.zeros_like(t, memory_format=torch.contiguous_format) for t in given.inputs
        ]
        # Each thread adds up rows of its own.
        team = torch.get_num_threads()
        self.of_vectors = {n: v.new_zeros(team, len(v)) for n, v in given.vectors.items()}
        self.places = {array: self._place(array) for array in self.made.backward.plan.arrays}

    def run(self) -> tuple[Tensor | None, ...]:
        places = {array: place for array, place in self.places.items() if place is not None}
        self.given.run("backward", places)
        of_vectors = [vector.sum(0) for vector in self.of_vectors.values()]
        of_matrices = self._of_matrices()
        before = [both[0] for both in self.turns.values()]
        return (*self.of_inputs, *of_vectors, *of_matrices, *before)

    def _turns(self, name: str) -> Tensor:
        """Room for a state's gradient before and after a step, that of the last state in it."""
        state = self.given.states[name]
        both = state.new_zeros(2, *state.shape)
        arriving = self.of_states[name]
        if arriving is not None and not self.call.every:
            both[self.call.steps % 2] = arriving
        return both

    def _place(self, array: Array) -> Place | None:
        if array in self.saved:
            return stepwise(self.saved[array])
        kind, _, name = array.name.partition(" ")
        match kind:
            case "before":
                return stepwise(self.history[name])
            case "arriving" | "leaving":
                return stepwise(self.turns[name])
            case "outside":
                return self._outside(name, array)
            case "gradient":
                piece = self.call.slices.get(name)
                if piece is not None:
                    return stepwise(self.of_inputs[piece.tensor], piece.column)
                return stepwise(self.given.empty(array.width))
            case "left":
                return stepwise(self.given.empty(array.width))
            case "sum":
                return of_thread(self.of_vectors[name])
        return self.given.place(array.name)

    def _outside(self, name: str, array: Array) -> Place:
        gradient = self.of_output if name == "output" else self.of_states[name]
        if gradient is None:
            gradient = self.given.empty(array.width).zero_()
        return stepwise(gradient.contiguous())

    def _of_matrices(self) -> list[Tensor]:
        """The gradient of each matrix, those whose left sides lie side by side at once."""
        backward, matrices = self.made.backward, self.given.matrices
        beside: dict[tuple[Array, int], list[tuple[Place, str]]] = {}
        for name in matrices:
            for left, right in zip(backward.lefts[name], backward.rights[name], strict=True):
                place = self.places[left]
                assert place is not None
                beside.setdefault((right, id(place.tensor)), []).append((place, name))
        found: dict[str, Tensor] = {}
        for (right, _), members in beside.items():
            for name, part in self._outer(right, members):
                found[name] = found[name] + part if name in found else part
        return [found[n] if n in found else torch.zeros_like(m) for n, m in matrices.items()]

    def _outer(
        self, right: Array, members: Sequence[tuple[Place, str]]
    ) -> Iterator[tuple[str, Tensor]]:
        """The gradients of matrices that multiply one vector, from columns of one tensor."""
        shapes = {name: self.given.matrices[name].shape for _, name in members}
        first = min(place.column for place, _ in members)
        last = max(place.column + shapes[name][0] for place, name in members)
        left = members[0][0].tensor.flatten(0, 1)[:, first:last]
        product = multiply(left.t(), self._flat(right, members[0][1]))
        for place, name in members:
            start = place.column - first
            yield name, product[start : start + shapes[name][0]]

    def _flat(self, array: Array, matrix: str) -> Tensor:
        """The vectors that a matrix multiplied, (T B, width)."""
        place = self.places.get(array) or self._place(array)
        assert place is not None
        width = self.given.matrices[matrix].shape[1]
        steps = place.tensor[: self.call.steps]
        return steps.flatten(0, 1)[:, place.column : place.column + width]


def _differentiable(
    call: Call,
    tensors: Sequence[Tensor],
    gradients: Sequence[Tensor | None],
    wanted: Sequence[bool],
) -> tuple[Tensor | None, ...]:
    """The gradients, by the reference, which can be differentiated again."""
    given = _Given.of(call, tensors)
    graph = call.machine.passes.loop.graph
    inputs = {}
    for name, leaf in graph.inputs.items():
        place = given.place(name)
        assert place is not None
        inputs[name] = place.tensor[..., place.column : place.column + call.width(leaf.width)]
    result = reference.run(
        Task(
            schedule=schedule(graph),
            parameters={**given.vectors, **given.matrices},
            sizes=call.sizes,
            inputs=inputs,
            state=tuple(given.states.values()),
            truncate=call.truncate,
            every=call.every,
        )
    )
    pairs = zip((result.output, *(result.every or result.last)), gradients, strict=True)
    reached = [(value, gradient) for value, gradient in pairs if gradient is not None]
    sources = [tensor for tensor, want in zip(tensors, wanted, strict=True) if want]
    found = iter(
        torch.autograd.grad(
            [value for value, _ in reached],
            sources,
            [gradient for _, gradient in reached],
            create_graph=True,
            allow_unused=True,
        )
    )
    return tuple(next(found) if want else None for want in wanted)
