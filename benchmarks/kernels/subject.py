"""A layer with all that it needs to be run: input, states, and what is given back to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from shapes import Shape
from torch import Tensor, nn


@dataclass
class Subject:
    """A layer and a batch.

    Attributes:
        module: Called as torch.nn.LSTM is.
        x: The input, (T, B, I).
        states: What it starts from, one tensor a state, each (1, B, width).
        cotangent: The gradient of the output, (T, B, H), dense, as a loss gives it.
        extras: What else the module is called with.
    """

    module: nn.Module
    x: Tensor
    states: tuple[Tensor, ...]
    cotangent: Tensor
    extras: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for leaf in (self.x, *self.states):
            if leaf.is_floating_point():
                leaf.requires_grad_()

    @property
    def leaves(self) -> dict[str, Tensor]:
        """All that gets a gradient, by name."""
        states = {f"state {n}": s for n, s in enumerate(self.states) if s.requires_grad}
        weights = {n: w for n, w in self.module.named_parameters() if w.requires_grad}
        return {"x": self.x, **states, **weights}

    def output(self) -> Tensor:
        """The layer's output, (T, B, H)."""
        state = self.states if len(self.states) > 1 else self.states[0]
        found: Tensor = self.module(self.x, state, **self.extras)[0]
        return found

    def train(self) -> Tensor:
        """Forwards, and backwards to input, states and weights, as a training loop does."""
        for leaf in self.leaves.values():
            leaf.grad = None
        output = self.output()
        torch.autograd.backward(output, self.cotangent)
        return output

    def gradients(self) -> dict[str, Tensor]:
        """What the last :meth:`train` found; zero for what has no influence."""
        return {
            name: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad.clone()
            for name, leaf in self.leaves.items()
        }

    def training(self) -> Callable[[], object]:
        """A step of training."""
        self.module.train()
        leaves = [*self.leaves.values()]

        def step() -> None:
            for leaf in leaves:
                leaf.grad = None
            torch.autograd.backward(self.output(), self.cotangent)

        return step

    def inference(self) -> Callable[[], object]:
        """A step without gradients."""
        self.module.eval()

        def step() -> None:
            with torch.inference_mode():
                self.output()

        return step

    def step(self, mode: str) -> Callable[[], object]:
        """A step of ``"training"`` or ``"inference"``."""
        return self.training() if mode == "training" else self.inference()


MODES = ("training", "inference")


def batch(shape: Shape, seed: int = 0) -> tuple[Tensor, Tensor]:
    """An input and a gradient of the output, drawn from a seed."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(shape.T, shape.B, shape.I, generator=generator)
    return x, torch.randn(shape.T, shape.B, shape.H, generator=generator)
