"""Parity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.options import whole
from recurra.tasks.scores import cross_entropy
from recurra.tasks.task import Batch, Task


@dataclass(frozen=True)
class Parity(Task):
    """Ones and zeros: was the number of ones odd?

    The problem that Minsky & Papert 1969 (Perceptrons) made known, read one bit at a time. All
    bits count alike, so that not one may be forgotten, and each turns the answer around.

    * Many to one. ``x`` (B, T, 1): 0 or 1, as likely. ``y`` (B,) int64: 1 for an odd number of
      ones, else 0.
    * Loss: cross-entropy, in nats. Who remembers nothing, or even one bit less than all, cannot
      tell: ln 2.
    * Memory: T - 1 steps.

    Args:
        length: T, at least 2.

    Raises:
        OptionError: If it is less.
    """

    length: int = 50

    def __post_init__(self) -> None:
        whole("length", self.length, 2)

    @property
    def input_size(self) -> int:
        """A bit."""
        return 1

    @property
    def output_size(self) -> int:
        """Even and odd."""
        return 2

    @property
    def memory(self) -> int:
        """From the first bit to the last."""
        return self.length - 1

    @property
    def baseline(self) -> float:
        """Even and odd are as likely, whatever the last bit."""
        return math.log(2)

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Bits (B, T, 1) and parities (B,)."""
        rows = whole("batch_size", batch_size, 1)
        bits = torch.randint(2, (rows, self.length), generator=generator)
        return Batch(bits.unsqueeze(-1).float(), bits.sum(1) % 2)

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy."""
        return cross_entropy(prediction, y)
