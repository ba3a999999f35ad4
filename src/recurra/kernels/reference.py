"""The plain loop over time, in torch operations.

It runs any schedule on any device in any dtype and is differentiable any number of times, since all
it does is torch's own. Every other kernel is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pkgutil import resolve_name
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from recurra.language.expression import (
    Constant,
    Expression,
    Pointwise,
    Vector,
    topological,
    varies,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.schedule import Product, Schedule

NAME = "reference"
"""What reports call this kernel."""

Values: TypeAlias = dict[Expression, Tensor]
"""The value of each node known so far."""


def run(
    schedule: Schedule,
    parameters: Mapping[str, Tensor],
    x: Tensor,
    state: tuple[Tensor, ...],
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Runs a cell over a sequence.

    Args:
        schedule: The cell's step in order.
        parameters: By name: matrices (H, I) or (H, H), vectors (H,).
        x: The input, (T, B, I), with T at least 1.
        state: Each state before the first step, (B, H).

    Returns:
        The first state after every step, (T, B, H), and each state after the last, (B, H).
    """
    values: Values = {leaf: _leaf(leaf, parameters, x) for leaf in _fixed(schedule)}
    values[schedule.x] = x
    for stage in schedule.hoisted:
        for product in stage.products:
            _hoist(product, parameters, values)
        _evaluate(stage.pointwise, values)
    stages = [
        [_Prepared.of(product, schedule, parameters, values, x) for product in stage.products]
        for stage in schedule.stages
    ]
    by_step = {node: values[node].unbind() for node in _used_by_step(schedule)}
    leaves = tuple(schedule.states.values())
    outputs = []
    for t in range(x.shape[0]):
        values.update(zip(leaves, state, strict=True))
        values.update((node, steps[t]) for node, steps in by_step.items())
        for prepared, stage in zip(stages, schedule.stages, strict=True):
            for ready in prepared:
                ready.multiply(t, values)
            _evaluate(stage.pointwise, values)
        state = tuple(values[update] for update in schedule.updates)
        outputs.append(state[0])
    return torch.stack(outputs), state


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
    def of(
        cls,
        product: Product,
        schedule: Schedule,
        parameters: Mapping[str, Tensor],
        values: Values,
        x: Tensor,
    ) -> _Prepared:
        weights = _stacked(product, parameters)
        addend = _addend(product, schedule, values, (*x.shape[:2], len(weights)))
        return cls(product, weights.t(), None if addend is None else addend.unbind())

    def multiply(self, t: int, values: Values) -> None:
        operand = values[self.product.operand]
        if self.addends is None:
            total = operand @ self.weights
        else:
            total = torch.addmm(self.addends[t], operand, self.weights)
        _spread(self.product, total, values)


@cache
def _fixed(schedule: Schedule) -> tuple[Constant | Vector, ...]:
    """The leaves whose value is the same at every step."""
    used = topological(schedule.updates)
    return tuple(node for node in used if isinstance(node, Constant | Vector))


@cache
def _used_by_step(schedule: Schedule) -> tuple[Expression, ...]:
    """The nodes known before the loop over time that a step uses, one row of time after another."""
    before = {schedule.x, *(node for stage in schedule.hoisted for node in stage.pointwise)}
    before.update(result for product in _hoisted(schedule) for result in product.results)
    used = {operand for s in schedule.stages for node in s.pointwise for operand in node.operands}
    return tuple(node for node in before & (used | {*schedule.updates}) if varies(node))


@cache
def _hoisted(schedule: Schedule) -> tuple[Product, ...]:
    return tuple(product for stage in schedule.hoisted for product in stage.products)


def _leaf(leaf: Constant | Vector, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
    if isinstance(leaf, Vector):
        return parameters[leaf.parameter]
    # A tensor, since torch's functions refuse plain numbers where a cell writes tanh(0.5).
    return x.new_full((), leaf.value)


def _stacked(product: Product, parameters: Mapping[str, Tensor]) -> Tensor:
    return torch.cat([parameters[name] for name in product.matrices])


def _hoist(product: Product, parameters: Mapping[str, Tensor], values: Values) -> None:
    """Multiplies all steps at once."""
    weights = _stacked(product, parameters)
    zero = weights.new_zeros(len(weights) // len(product.matrices))
    bias = torch.cat([zero if a is None else values[a] for a in product.addends])
    _spread(product, functional.linear(values[product.operand], weights, bias), values)


def _spread(product: Product, total: Tensor, values: Values) -> None:
    """Notes the whole product, since it may be added as a whole, and its parts."""
    values[_whole(product.results)] = total
    values.update(zip(product.results, total.chunk(len(product.results), dim=-1), strict=True))


@cache
def _whole(parts: tuple[Expression | None, ...]) -> Expression:
    """A node that stands for several that lie side by side in memory."""
    return Pointwise("stack", tuple(part for part in parts if part is not None))


def _addend(
    product: Product, schedule: Schedule, values: Values, shape: tuple[int, int, int]
) -> Tensor | None:
    """What is added to a product at all steps, (T, B, rows)."""
    if all(addend is None for addend in product.addends):
        return None
    if any(product.addends == hoisted.results for hoisted in _hoisted(schedule)):
        return values[_whole(product.addends)]
    part = (*shape[:2], shape[2] // len(product.addends))
    zero = values[schedule.x].new_zeros(())
    return torch.cat([(zero if a is None else values[a]).expand(part) for a in product.addends], -1)


@cache
def _function(primitive: str) -> Any:
    return resolve_name(PRIMITIVES[primitive].python)


def _evaluate(nodes: Iterable[Pointwise], values: Values) -> None:
    for node in nodes:
        arguments = [values[argument] for argument in node.arguments]
        values[node] = _function(node.primitive)(*arguments)
