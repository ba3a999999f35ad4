"""A running average of the weights, which forecasts better than the last ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from recurra.errors import OptionError


class WeightAverage:
    """An exponential moving average of a model's weights (Polyak & Juditsky 1992).

    Early on it forgets faster, so that it does not hang on to the initial weights: after n steps
    the average keeps at most n / (n + 9) of itself a step.

    Args:
        model: Its parameters are averaged; buffers are not.
        keep: The share of the average that a step leaves, from 0 (the last weights) to below 1.

    Raises:
        OptionError: If ``keep`` is out of range.
    """

    def __init__(self, model: nn.Module, keep: float = 0.99) -> None:
        if not 0 <= keep < 1:
            raise OptionError(f"keep={keep!r}", "a share from 0 to below 1")
        self.keep = keep
        self.steps = 0
        self._live = [weight for weight in model.parameters() if weight.requires_grad]
        self.weights: list[Tensor] = [weight.detach().clone() for weight in self._live]

    @torch.no_grad()
    def update(self) -> None:
        """Takes in the present weights, after each step of the optimizer."""
        self.steps += 1
        keep = min(self.keep, self.steps / (self.steps + 9))
        torch._foreach_lerp_(self.weights, [weight.detach() for weight in self._live], 1 - keep)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model with the averaged weights, inside the block."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def settle(self) -> None:
        """Leaves the averaged weights in the model for good."""
        self._swap()

    def state_dict(self) -> dict[str, Any]:
        """The averages, and of how many steps."""
        return {"steps": self.steps, "weights": self.weights}

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from them."""
        self.steps = state["steps"]
        for own, kept in zip(self.weights, state["weights"], strict=True):
            own.copy_(kept)

    @torch.no_grad()
    def _swap(self) -> None:
        for live, averaged in zip(self._live, self.weights, strict=True):
            kept = live.detach().clone()
            live.copy_(averaged)
            averaged.copy_(kept)
