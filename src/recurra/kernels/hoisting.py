"""What is computed for all steps at once, before the loop over time begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pkgutil import resolve_name
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from recurra.kernels.philox import uniform
from recurra.kernels.task import Task
from recurra.language.expression import (
    Constant,
    Expression,
    Leaf,
    PerUnit,
    Pointwise,
    Random,
    Size,
    Spread,
    Total,
    Vector,
    topological,
)
from recurra.language.primitives import PRIMITIVES
from recurra.language.schedule import Product, Schedule
from recurra.language.widths import resolve

Values: TypeAlias = dict[Expression, Tensor]
"""The value of each node known so far."""

Linear: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]
"""A product with a matrix's transpose, and a sum with a vector."""


def before_the_loop(task: Task, linear: Linear = functional.linear) -> Values:
    """The values of all that no state takes part in; of what varies, for all steps.

    Args:
        task: What is to be done.
        linear: Multiplies all steps by the transpose of a matrix and adds a vector.
    """
    values = {node: leaf(node, task) for node in known(task.schedule)}
    for stage in task.schedule.hoisted:
        for product in stage.products:
            _hoist(product, task, values, linear)
        evaluate(stage.others, values, task)
    return values


@cache
def known(schedule: Schedule) -> tuple[Expression, ...]:
    """The leaves whose value is known before the first step."""
    used = topological(schedule.results)
    return tuple(n for n in used if not n.operands and n not in {*schedule.states.values()})


@cache
def hoisted(schedule: Schedule) -> tuple[Product, ...]:
    """The products that are taken for all steps at once."""
    return tuple(product for stage in schedule.hoisted for product in stage.products)


def leaf(node: Expression, task: Task) -> Tensor:
    """The value of a node without operands that is no state."""
    like = task.state[0]
    match node:
        case Vector(parameter):
            return task.parameters[parameter]
        case Constant(number):
            # A tensor, since torch's functions refuse plain numbers where a cell writes tanh(0.5).
            return like.new_full((), number)
        case Size(of):
            return like.new_full((), resolve(of, task.sizes))
        case PerUnit(over=over):
            return like.new_tensor(node.dealt(resolve(over, task.sizes)))
        case Random(key):
            assert task.stream is not None
            width = resolve(node.width, task.sizes)
            return uniform(task.stream, key, width, per=node.per, dtype=like.dtype)
        case Leaf(name):
            return task.inputs[name]
    raise AssertionError(node)


def stacked(product: Product, task: Task) -> Tensor:
    """The matrices of a product, one upon another."""
    return torch.cat([task.parameters[name] for name in product.matrices])


def _hoist(product: Product, task: Task, values: Values, linear: Linear) -> None:
    """Multiplies all steps at once."""
    weights = stacked(product, task)
    zero = weights.new_zeros(len(weights) // len(product.matrices))
    bias = torch.cat([zero if a is None else values[a] for a in product.addends])
    spread(product, linear(values[product.operand], weights, bias), values)


def spread(product: Product, total: Tensor, values: Values) -> None:
    """Notes the whole product, since it may be added as a whole, and its parts."""
    values[whole(product.results)] = total
    values.update(zip(product.results, total.chunk(len(product.results), dim=-1), strict=True))


@cache
def whole(parts: tuple[Expression | None, ...]) -> Expression:
    """A node that stands for several that lie side by side in memory."""
    return Pointwise("stack", tuple(part for part in parts if part is not None))


@cache
def _function(primitive: str) -> Any:
    return resolve_name(PRIMITIVES[primitive].python)


def evaluate(nodes: Iterable[Expression], values: Values, task: Task) -> None:
    """Computes nodes whose operands are known."""
    for node in nodes:
        arguments = [values[operand] for operand in node.operands]
        values[node] = value(node, arguments, task)


def value(node: Expression, arguments: list[Tensor], task: Task) -> Tensor:
    """The value of a node, product of a matrix apart, from those of its operands."""
    match node:
        case Pointwise(primitive):
            result: Tensor = _function(primitive)(*arguments)
            return result
        case Total():
            return arguments[0].sum(-1, keepdim=True)
        case Spread(_, to):
            return arguments[0].expand(*arguments[0].shape[:-1], resolve(to, task.sizes))
    raise AssertionError(node)
