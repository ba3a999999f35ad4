"""Weights whose step is one call of compiled code."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import increment_version

from recurra.training.optimizers import code
from recurra.training.optimizers.rule import Rule
from recurra.training.optimizers.state import count, states, taken
from recurra.training.optimizers.table import Table

_NUMBERS = {torch.float32: "float32", torch.float64: "float64"}
_bytes = attrgetter("nbytes")


def is_native(weight: Tensor) -> bool:
    """Whether compiled code can take a step of a weight."""
    return (
        type(weight) in {Tensor, nn.Parameter}
        and weight.layout is torch.strided
        and weight.device.type == "cpu"
        and weight.dtype in _NUMBERS
        and weight.is_contiguous()
        and not weight.is_neg()
        and weight.numel() > 0
    )


class Native:
    """Weights of one type that have taken equally many steps.

    Gradients are read where they lie, which changes from step to step. Weights must lie where they
    did, which `take` tells, and states too.

    Args:
        rule: What a step does.
        weights: Those for which `is_native` holds.
        kept: What is kept of each.
    """

    @torch.no_grad()
    def __init__(
        self, rule: Rule, weights: Sequence[Tensor], kept: Sequence[dict[str, Any]]
    ) -> None:
        self.rule = rule
        self.weights = list(weights)
        self._taken = taken(rule, kept[0])
        self._states = [states(rule, *each) for each in zip(weights, kept, strict=True)]
        self._counts = [count(state) for state in kept] if rule.counting == "all" else []
        self._count = [ctypes.c_float.from_address(each.data_ptr()) for each in self._counts[:1]]
        # An alias keeps the memory, so that nothing else can come to lie at the same address.
        self._aliases = [weight.detach() for weight in weights]
        self._addresses = list(map(Tensor.data_ptr, weights))
        self._sizes = list(map(_bytes, weights))
        # torch may mark numbers as negated instead of negating them, but only where they lie apart,
        # and one alone always lies apart.
        self._single = [place for place, weight in enumerate(weights) if weight.numel() == 1]
        self._table = Table(weights, self._counts, list(zip(*self._states, strict=True)))
        number = _NUMBERS[weights[0].dtype]
        self._update, self._add_up = code.update(rule, number), code.squares(number)

    def take(self, gradients: Sequence[Tensor]) -> bool:
        """Takes the gradients of a step, which are to be kept until it is done.

        Returns:
            Whether weights lie where they did and gradients are as compiled code reads them.
        """
        if (
            list(map(Tensor.data_ptr, self.weights)) != self._addresses
            or not all(map(Tensor.is_contiguous, gradients))
            or list(map(_bytes, gradients)) != self._sizes
            or any(gradients[place].is_neg() for place in self._single)
        ):
            return False
        addresses = list(map(Tensor.data_ptr, gradients))
        self._table.point_at(addresses)
        return 0 not in addresses

    def squares(self, bound: float) -> float:
        """The sum of the squares of all gradients, each number within a bound."""
        self._table.fill(bound, 1.0, ())
        self._add_up(self._table.address)
        return self._table.squares()

    def step(self, group: Mapping[str, Any], bound: float, scale: float) -> None:
        """Takes a step.

        Args:
            group: The options.
            bound: What the numbers of gradients are cut to, on either side of 0.
            scale: What gradients are multiplied by after that.
        """
        self._table.fill(bound, scale, self.rule.numbers(group, self.taken))
        # Before the update, which drives all that Python has at hand out of the caches.
        increment_version(self.weights)
        self._update(self._table.address)
        self._taken = 1

    @property
    def taken(self) -> int:
        """The steps that were taken, as far as the rule tells them apart."""
        return int(self._count[0].value) if self._count else self._taken
