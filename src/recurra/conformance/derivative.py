"""The derivative that follows from the equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor

from recurra.conformance.batch import call
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import ROWS, drawn_batch, drawn_layer
from recurra.conformance.evaluation import Point
from recurra.conformance.modes import modes
from recurra.kernels.derived import with_derived
from recurra.language import Cell, Derivative, Graph, differentiate
from recurra.language.widths import resolve
from recurra.layers import Recurrent

_Key = TypeVar("_Key")

Named: TypeAlias = "dict[tuple[str, str], Tensor]"
"""Tensors by role (``"input"``, ``"state"``, ``"parameter"``, ...) and name."""


def derivative_is_torchs(cell: Cell) -> str:
    """The derived derivative of a step is what torch's autograd finds."""
    compare = Comparison()
    for training in modes(cell):
        layer = drawn_layer(cell).train(training)
        for number in range(layer.num_layers):
            graph = layer.graph(number, training=training)
            point = _point(layer, number, graph)
            derivative = differentiate(graph)
            arriving = _arriving(derivative, point.sizes)
            found = _derived(derivative, point, arriving)
            for key, wanted in _by_torch(graph, point, arriving).items():
                derived = found.get(key, torch.zeros_like(wanted))
                compare.tensors(f"the derived gradient by {key[1]}", derived, wanted)
    return compare.words()


def _point(layer: Recurrent, number: int, graph: Graph) -> Point:
    """Where a layer stands after some steps."""
    states = call(layer, drawn_batch(layer)).state
    lowest, here = states[0], states[number]
    sizes = layer.sizes(number)
    leaves = {("input", f"below.{name}"): part for name, part in lowest.items()}
    leaves |= {("state" if n in graph.states else "input", n): part for n, part in here.items()}
    leaves["input", "x"] = torch.randn(ROWS, sizes["I"])
    leaves["input", "dt"] = torch.rand(ROWS, 1) + 0.1
    leaves["input", "missing"] = torch.rand(ROWS, sizes["I"]) < 0.4
    for key, drawn in graph.randoms.items():
        leaves["random", key] = torch.rand(ROWS, resolve(drawn.width, sizes))
    parameters = with_derived(layer.weights(number, "forwards"), graph.derived)
    return Point(sizes, _separate(parameters), _separate(leaves))


def _separate(values: Mapping[_Key, Tensor]) -> dict[_Key, Tensor]:
    """The same numbers, each to be differentiated by itself."""
    return {key: value.detach().double().requires_grad_() for key, value in values.items()}


def _arriving(derivative: Derivative, sizes: Mapping[str, int]) -> Named:
    """Gradients that come in from the step after."""
    leaves = [*derivative.updates.values()]
    if derivative.output is not None:
        leaves.append(derivative.output)
    widths = {leaf.name: resolve(leaf.width, sizes) for leaf in leaves}
    return {
        ("gradient", name): torch.randn(ROWS, width, dtype=torch.float64)
        for name, width in widths.items()
    }


def _derived(derivative: Derivative, point: Point, arriving: Named) -> Named:
    """The gradients that the derivative's expressions give."""
    by_row = {("input", name): node for name, node in derivative.inputs.items()}
    by_row |= {("state", name): node for name, node in derivative.states.items()}
    vectors, matrices = derivative.vectors, derivative.matrices
    pairs = [pair for products in matrices.values() for pair in products]
    wanted = [*by_row.values(), *vectors.values(), *(s for p in pairs for s in (p.left, p.right))]
    values = replace(point, leaves={**point.leaves, **arriving}).values(wanted)
    found = {key: values[node].expand_as(point.leaves[key]) for key, node in by_row.items()}
    for name, node in vectors.items():
        shape = (ROWS, *point.parameters[name].shape)
        found["parameter", name] = values[node].expand(shape).sum(0)
    for name, products in matrices.items():
        total = torch.zeros_like(point.parameters[name])
        for pair in products:
            total = total + values[pair.left].t() @ values[pair.right]
        found["parameter", name] = total
    return found


def _by_torch(graph: Graph, point: Point, arriving: Named) -> Named:
    """The gradients that autograd finds through the step itself."""
    values = point.values(graph.results)
    nodes = [*graph.updates, *([graph.output] if len(arriving) > len(graph.updates) else [])]
    leaves = {key: leaf for key, leaf in point.leaves.items() if key[0] in {"input", "state"}}
    leaves |= {("parameter", name): value for name, value in point.parameters.items()}
    found = torch.autograd.grad(
        [values[node] for node in nodes],
        [*leaves.values()],
        [*arriving.values()],
        allow_unused=True,
        materialize_grads=True,
    )
    return dict(zip(leaves, found, strict=True))
