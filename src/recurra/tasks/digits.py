"""Pictures of digits, read pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.libraries import library
from recurra.options import whole
from recurra.tasks.scores import cross_entropy
from recurra.tasks.task import Batch, Task

_SPLIT_SEED = 0
"""Of the order in which pictures are dealt to the two parts, whatever is drawn from them later."""


@dataclass(frozen=True)
class SequentialDigits(Task):
    """A picture of a digit, one pixel a step: which digit is it?

    Le, Jaitly & Hinton 2015 (arXiv:1504.00941, section 4.2), who read MNIST so, in order and in an
    order that was shuffled once; here the 1,797 pictures of 8 x 8 pixels that come with
    scikit-learn (Alpaydin & Kaynak 1998), so that nothing is downloaded. A fifth is held out.

    * Many to one. ``x`` (B, 64, 1): the pixels from 0 to 1, line by line, or in the order of a
      permutation. ``y`` (B,) int64: the digit.
    * Loss: cross-entropy, in nats. Who knows nothing of the picture answers with the digits' shares
      among all: 2.30, about ln 10.
    * Memory: 63 steps, from the first pixel to the last.

    Args:
        permutation: The seed of the order in which pixels are read, 0 or more; None for line by
            line.
        part: ``"train"``, four pictures of five, or ``"test"``, the others.

    Raises:
        OptionError: If an option is none of those, or scikit-learn is not installed when pictures
            are first asked for.
    """

    permutation: int | None = None
    part: Literal["train", "test"] = "train"

    def __post_init__(self) -> None:
        if self.permutation is not None:
            whole("permutation", self.permutation, 0)
        if self.part not in {"train", "test"}:
            raise OptionError(f"part={self.part!r}", "'train' or 'test'")

    @property
    def input_size(self) -> int:
        """A pixel."""
        return 1

    @property
    def output_size(self) -> int:
        """The digits."""
        return 10

    @property
    def memory(self) -> int:
        """From the first pixel to the last."""
        return 63

    @property
    def baseline(self) -> float:
        """The entropy of the digits' shares."""
        shares = self.pictures().y.bincount(minlength=10).double()
        shares /= shares.sum()
        return float(-(shares * shares.log()).sum())

    def held_out(self) -> SequentialDigits:
        """The pictures that are not trained on, in the same order of pixels."""
        return replace(self, part="test")

    def pictures(self) -> Batch:
        """All pictures of the part: (N, 64, 1) and (N,)."""
        x, y = _part(self.part)
        return Batch(x[:, self.order].unsqueeze(-1), y)

    @property
    def order(self) -> Tensor:
        """Which pixel is read at each step, (64,) int64."""
        if self.permutation is None:
            return torch.arange(64)
        return torch.randperm(64, generator=torch.Generator().manual_seed(self.permutation))

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Pictures (B, 64, 1) and digits (B,), any of the part, each time anew."""
        rows, (x, y) = whole("batch_size", batch_size, 1), _part(self.part)
        chosen = torch.randint(len(x), (rows,), generator=generator)
        return Batch(x[chosen][:, self.order].unsqueeze(-1), y[chosen])

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy."""
        return cross_entropy(prediction, y)


@cache
def _part(part: str) -> tuple[Tensor, Tensor]:
    """Pictures (N, 64) from 0 to 1, and digits (N,)."""
    x, y = _all()
    dealt = torch.randperm(len(x), generator=torch.Generator().manual_seed(_SPLIT_SEED))
    held_out = len(x) // 5
    chosen = dealt[:held_out] if part == "test" else dealt[held_out:]
    return x[chosen], y[chosen]


@cache
def _all() -> tuple[Tensor, Tensor]:
    use = "the task SequentialDigits"
    datasets = library("sklearn.datasets", package="scikit-learn", use=use, extra="tasks")
    found = datasets.load_digits()
    return torch.from_numpy(found.data).float() / 16, torch.from_numpy(found.target).long()
