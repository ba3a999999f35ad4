"""The plain loop over time, in torch operations.

It runs any schedule on any device in any dtype and is differentiable any number of times, since all
it does is torch's own. Every other kernel is held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from recurra.kernels.hoisting import (
    Values,
    before_the_loop,
    evaluate,
    hoisted,
    known,
    spread,
    stacked,
    whole,
)
from recurra.kernels.task import Result, Task
from recurra.language.expression import Expression, Leaf, varies
from recurra.language.schedule import Product, Schedule

NAME = "reference"
"""What reports call this kernel."""


def run(task: Task) -> Result:
    """Runs a cell over a batch of sequences."""
    return _Loop(task, before_the_loop(task)).run()


class _Loop:
    """The steps, one after another."""

    def __init__(self, task: Task, values: Values) -> None:
        self.task = task
        self.values = values
        schedule = task.schedule
        for node in schedule.results:
            # A state that turns out to be a constant, as without biases, is one for each row.
            if not varies(node):
                values[node] = values[node].expand(task.state[0].shape[0], -1)
        self.stages = [
            [_Prepared.of(product, task, values) for product in stage.products]
            for stage in schedule.stages
        ]
        self.by_step = {node: values[node].unbind() for node in _used_by_step(schedule)}
        self.running = self._running()
        self.fresh = _by_step(task.reset)

    def _running(self) -> tuple[Tensor, ...] | None:
        """Whether each row has not yet ended, (B, 1) a step."""
        lengths = self.task.lengths
        if lengths is None:
            return None
        steps = next(iter(self.task.inputs.values())).shape[0]
        return _by_step(torch.arange(steps, device=lengths.device).unsqueeze(1) < lengths)

    def run(self) -> Result:
        state = self.task.state
        outputs, history = [], []
        for t in range(next(iter(self.task.inputs.values())).shape[0]):
            output, state = self._step(t, state)
            outputs.append(output)
            history.append(state if self.running is None else self._ended(t, state))
        every = None
        if self.task.every:
            every = tuple(torch.stack(steps) for steps in zip(*history, strict=True))
        return Result(torch.stack(outputs), state, every)

    def _step(self, t: int, before: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The output and the states after a step."""
        schedule, values = self.task.schedule, self.values
        start = self._started(t, before)
        values.update(zip(schedule.states.values(), start, strict=True))
        values.update((node, steps[t]) for node, steps in self.by_step.items())
        for prepared, stage in zip(self.stages, schedule.stages, strict=True):
            for ready in prepared:
                ready.multiply(t, values)
            evaluate(stage.others, values, self.task)
        after = tuple(values[update] for update in schedule.updates)
        output = values[schedule.output]
        if self.running is None:
            return output, after
        live = self.running[t]
        kept = tuple(torch.where(live, new, old) for new, old in zip(after, before, strict=True))
        return torch.where(live, output, 0.0), kept

    def _started(self, t: int, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The states that a step starts from."""
        if self.task.truncate is not None and t and t % self.task.truncate == 0:
            state = tuple(part.detach() for part in state)
        if self.fresh is None:
            return state
        return tuple(torch.where(self.fresh[t], 0.0, part) for part in state)

    def _ended(self, t: int, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The states after a step, 0 for rows that have ended."""
        assert self.running is not None
        return tuple(torch.where(self.running[t], part, 0.0) for part in state)


def _by_step(marks: Tensor | None) -> tuple[Tensor, ...] | None:
    return None if marks is None else marks.unsqueeze(-1).unbind()


@dataclass(frozen=True)
class _Prepared:
    """A product of a step with all that the steps share.

    Attributes:
        product: The product.
        weights: Its stacked matrices, transposed, (width of the operand, rows).
        addends: What is added to it, (B, rows) for each step, or None.
    """

    product: Product
    weights: Tensor
    addends: tuple[Tensor, ...] | None

    @classmethod
    def of(cls, product: Product, task: Task, values: Values) -> _Prepared:
        weights = stacked(product, task)
        addend = _addend(product, task, values, len(weights))
        return cls(product, weights.t(), None if addend is None else addend.unbind())

    def multiply(self, t: int, values: Values) -> None:
        operand = values[self.product.operand]
        if self.addends is None:
            total = operand @ self.weights
        else:
            total = torch.addmm(self.addends[t], operand, self.weights)
        spread(self.product, total, values)


@cache
def _used_by_step(schedule: Schedule) -> tuple[Expression, ...]:
    """The nodes known before the loop over time that a step uses, one row of time after another."""
    before: set[Expression] = {node for node in known(schedule) if isinstance(node, Leaf)}
    before.update(node for stage in schedule.hoisted for node in stage.others)
    before.update(result for product in hoisted(schedule) for result in product.results)
    used = {operand for s in schedule.stages for node in s.others for operand in node.operands}
    used.update(product.operand for stage in schedule.stages for product in stage.products)
    return tuple(node for node in before & (used | {*schedule.results}) if varies(node))


def _addend(product: Product, task: Task, values: Values, rows: int) -> Tensor | None:
    """What is added to a product at all steps, (T, B, rows)."""
    if all(addend is None for addend in product.addends):
        return None
    like = next(iter(task.inputs.values()))
    if any(product.addends == hoisted.results for hoisted in hoisted(task.schedule)):
        return values[whole(product.addends)].expand(*like.shape[:2], rows)
    part = (*like.shape[:2], rows // len(product.addends))
    zero = task.state[0].new_zeros(())
    return torch.cat([(zero if a is None else values[a]).expand(part) for a in product.addends], -1)
