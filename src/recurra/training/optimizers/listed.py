"""Weights whose step is made of torch's operations: those that compiled code cannot read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from recurra.training.optimizers.gradient import dense
from recurra.training.optimizers.lists import List, Lists
from recurra.training.optimizers.rule import Rule
from recurra.training.optimizers.state import count, states, taken

_ARITHMETIC = Lists()


class Listed:
    """Weights of one type, on one device, that have taken equally many steps.

    Args:
        rule: What a step does.
        weights: Any that are real.
        kept: What is kept of each.
    """

    @torch.no_grad()
    def __init__(
        self, rule: Rule, weights: Sequence[Tensor], kept: Sequence[dict[str, Any]]
    ) -> None:
        self.rule = rule
        self.weights = list(weights)
        self._taken = taken(rule, kept[0])
        by_weight = [states(rule, *each) for each in zip(weights, kept, strict=True)]
        self._states = [list(state) for state in zip(*by_weight, strict=True)]
        self._counts = [count(state) for state in kept] if rule.counting == "all" else []
        self._dtype, self._device = weights[0].dtype, weights[0].device
        self._gradients: list[Tensor] = []

    def take(self, gradients: Sequence[Tensor]) -> bool:
        """Takes the gradients of a step.

        Returns:
            Whether weights are of the type and on the device that they were.
        """
        self._gradients = [dense(*pair) for pair in zip(self.weights, gradients, strict=True)]
        return all(w.dtype == self._dtype and w.device == self._device for w in self.weights)

    @torch.no_grad()
    def squares(self, bound: float) -> float:
        """The sum of the squares of all gradients, each number within a bound."""
        norms = torch._foreach_norm(self._bounded(bound))
        return sum(float(norm) ** 2 for norm in norms)

    @torch.no_grad()
    def step(self, group: Mapping[str, Any], bound: float, scale: float) -> None:
        """Takes a step.

        Args:
            group: The options.
            bound: What the numbers of gradients are cut to, on either side of 0.
            scale: What gradients are multiplied by after that.
        """
        gradients: List = self._bounded(bound)
        if scale != 1:
            gradients = torch._foreach_mul(gradients, scale)
        numbers = self.rule.numbers(group, self.taken)
        results = self.rule.equations(_ARITHMETIC, self.weights, gradients, self._states, numbers)
        for former, result in zip((self.weights, *self._states), results, strict=True):
            torch._foreach_copy_(former, result)
        if self._counts:
            torch._foreach_add_(self._counts, 1)
        self._taken, self._gradients = 1, []

    @property
    def taken(self) -> int:
        """The steps that were taken, as far as the rule tells them apart."""
        return int(self._counts[0]) if self._counts else self._taken

    def _bounded(self, bound: float) -> list[Tensor]:
        if math.isinf(bound):
            return self._gradients
        above = torch._foreach_clamp_max(self._gradients, bound)
        return list(torch._foreach_clamp_min(above, -bound))
