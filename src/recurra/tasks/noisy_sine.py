"""A noisy sine that goes on unseen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.options import whole
from recurra.tasks.checks import not_negative
from recurra.tasks.scores import squared_error
from recurra.tasks.task import Batch, Task


@dataclass(frozen=True)
class NoisySine(Task):
    """A noisy sine is seen for a while, then nothing: how does it go on?

    Period and phase are to be found in the noise, and then kept for as long as nothing is seen: an
    error in the period grows with every step.

    * Each to each. ``x`` (B, T, 2) with T = ``shown`` + ``hidden``: the sine with normal noise, and
      0; then 0, and 1 for "hidden". ``y`` (B, T, 1): the sine without noise.
    * Loss: mean squared error over the hidden steps. Who remembers nothing answers 0, the mean:
      1/2, the mean square of a sine of any phase.
    * Memory: ``hidden`` steps, and before that as many as the noise must be averaged over.

    Args:
        shown: The steps that are seen, at least 1.
        hidden: The steps that are not, at least 1.
        noise: The noise's standard deviation, finite and at least 0; the sine's amplitude is 1.
        periods: The shortest and the longest period, in steps, from 2; each row has one of its own,
            drawn uniformly between them.

    Raises:
        OptionError: If one is out of range.
    """

    shown: int = 100
    hidden: int = 100
    noise: float = 0.1
    periods: tuple[float, float] = (15.0, 30.0)

    structure: ClassVar[Literal["many to one", "each to each"]] = "each to each"
    classes: ClassVar[bool] = False

    def __post_init__(self) -> None:
        whole("shown", self.shown, 1)
        whole("hidden", self.hidden, 1)
        not_negative("noise", self.noise)
        shortest, longest = self.periods
        if not 2 <= shortest <= longest < math.inf:
            raise OptionError(
                f"periods={self.periods!r}", "the shortest, from 2 steps, and one no shorter"
            )

    @property
    def input_size(self) -> int:
        """What is seen, and whether anything is."""
        return 2

    @property
    def output_size(self) -> int:
        """The sine."""
        return 1

    @property
    def memory(self) -> int:
        """From the last step that is seen to the end."""
        return self.hidden

    @property
    def baseline(self) -> float:
        """The mean square of a sine."""
        return 0.5

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Inputs (B, T, 2) and the sine (B, T, 1)."""
        rows, (shortest, longest) = whole("batch_size", batch_size, 1), self.periods
        drawn = torch.rand(2, rows, 1, generator=generator, dtype=torch.float64)
        period = shortest + (longest - shortest) * drawn[0]
        time = torch.arange(self.shown + self.hidden, dtype=torch.float64)
        sine = torch.sin(2 * math.pi * (time / period + drawn[1])).float()
        x = torch.zeros(*sine.shape, 2)
        noise = torch.randn(rows, self.shown, generator=generator)
        x[:, : self.shown, 0] = sine[:, : self.shown] + self.noise * noise
        x[:, self.shown :, 1] = 1.0
        return Batch(x, sine.unsqueeze(-1))

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean squared error over the hidden steps."""
        return squared_error(prediction[:, self.shown :], y[:, self.shown :])
