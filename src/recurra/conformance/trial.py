"""A layer on a batch as a function from all that it is differentiated by to one number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import torch
from torch import Tensor
from torch.func import vmap

from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.carried import Carried
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.conformance.sizes import sizes
from recurra.language import Cell
from recurra.layers import Recurrent

_STEP = 1e-6

Values: TypeAlias = "Mapping[str, Tensor]"
"""All that is differentiated by: parameters, ``"x"``, ``"dt"``, states as ``"h 0"`` of layer 0."""


@dataclass(frozen=True)
class Trial:
    """A layer on a batch as a function.

    Attributes:
        layer: The layer.
        batch: The batch.
        values: Where the function is differentiated.
        weights: Of outputs and last states in the one number.
    """

    layer: Recurrent
    batch: Batch
    values: Values
    weights: tuple[Tensor, ...]

    def result(self, values: Values) -> Tensor:
        """The one number."""
        parameters = {name: values[name] for name, _ in self.layer.named_parameters()}
        state = None if self.batch.state is None else _replaced(self.batch.state, values)
        batch = replace(self.batch, x=values["x"], dt=values.get("dt"), state=state)
        found = _smooth(call(self.layer, batch, parameters))
        pairs = zip(found, self.weights, strict=True)
        return torch.stack([(part * weights).sum() for part, weights in pairs]).sum()

    def result_of(self, flat: Tensor) -> Tensor:
        """The one number, from all values one after another."""
        parts = torch.split(flat, [value.numel() for value in self.values.values()])
        pairs = zip(self.values.items(), parts, strict=True)
        return self.result({name: part.view_as(value) for (name, value), part in pairs})

    def gradients(self) -> dict[str, Tensor]:
        """The gradient by each value."""
        given = {name: value.clone().requires_grad_() for name, value in self.values.items()}
        found = torch.autograd.grad(
            self.result(given), list(given.values()), allow_unused=True, materialize_grads=True
        )
        return dict(zip(given, found, strict=True))

    def slopes(self, name: str) -> tuple[Tensor, Tensor]:
        """The slopes to the left and to the right of each number of one value."""
        value = self.values[name]
        steps = torch.eye(value.numel(), dtype=value.dtype).view(-1, *value.shape) * _STEP
        below, above = self._each(name, torch.cat([value - steps, value + steps])).chunk(2)
        left, right = (self._here - below) / _STEP, (above - self._here) / _STEP
        return left.view_as(value), right.view_as(value)

    @cached_property
    def _here(self) -> Tensor:
        return self.result(self.values)

    def _each(self, name: str, several: Tensor) -> Tensor:
        """The one number for each of several values."""

        def one(value: Tensor) -> Tensor:
            return self.result({**self.values, name: value})

        # A layer looks at its times, which cannot be done to several at once.
        if name == "dt":
            return torch.stack([one(value) for value in several])
        mapped: Tensor = vmap(one)(several)
        return mapped


def drawn_trial(cell: Cell, *, training: bool, goes_on: bool) -> Trial:
    """A trial with numbers of its own.

    Args:
        cell: The cell.
        training: Whether it is run as in training.
        goes_on: Whether it starts from a state that it has reached, else from zero.
    """
    layer = drawn_layer(cell, sizes(cell, least=3)).train(training)
    batch = drawn_batch(layer, steps=3, rows=2)
    if not goes_on:
        batch = replace(batch, state=None)
    values = {name: value.detach() for name, value in layer.named_parameters()}
    values["x"] = batch.x
    if batch.dt is not None:
        values["dt"] = batch.dt
    for place, own in enumerate(batch.state or []):
        parts = {f"{name} {place}": part for name, part in own.items()}
        values |= {name: part for name, part in parts.items() if part.is_floating_point()}
    weights = tuple(torch.randn_like(part) for part in _smooth(call(layer, batch)))
    return Trial(layer, batch, values, weights)


def _replaced(state: Carried, values: Values) -> Carried:
    return [
        {name: values.get(f"{name} {place}", part) for name, part in own.items()}
        for place, own in enumerate(state)
    ]


def _smooth(outcome: Outcome) -> list[Tensor]:
    """All that has a gradient: not the number of a step."""
    parts = [outcome.output, *(part for own in outcome.state for part in own.values())]
    return [part for part in parts if part.is_floating_point()]
