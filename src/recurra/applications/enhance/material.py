"""What is learned from: clean pictures, and what became of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.applications.enhance.images import light, of_channels
from recurra.applications.enhance.symmetries import WAYS, turned
from recurra.errors import DataError

WHITE = 255
"""What a deviation of noise is counted in: white is 255."""


@dataclass(frozen=True)
class Levels:
    """How light pictures are, and how far what is given is from what is wanted.

    Attributes:
        mean: Of all points, where white is 1.
        deviation: Of all points.
        difference: The root of the mean squared difference, above 0: the noise's deviation.
    """

    mean: float
    deviation: float
    difference: float


@dataclass(frozen=True)
class Material:
    """N pictures as they should be, with what was given of them, or with noise that is made.

    Attributes:
        clean: (C, H, W) each.
        given: Each of the size of its clean one; None if noise is added.
        noise: Its deviation, where white is 255; unused with ``given``.
        channels: C of all that is handed out; grey pictures become colours that are equal.
    """

    clean: Sequence[Tensor]
    given: Sequence[Tensor] | None
    noise: float
    channels: int

    def __len__(self) -> int:
        """N."""
        return len(self.clean)

    def some(self, places: Sequence[int]) -> Material:
        """Of some pictures."""
        given = None if self.given is None else [self.given[place] for place in places]
        return Material([self.clean[place] for place in places], given, self.noise, self.channels)

    def batch(self, places: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """Crops of pictures, turned and mirrored, by torch's chance: given, clean, (B, C, s, s)."""
        cut = [self._cut(int(place), size) for place in places]
        clean = torch.stack([one[0] for one in cut])
        if self.given is None:
            return self._noisy(clean, None), clean
        return torch.stack([one[1] for one in cut]), clean

    def whole(self, place: int, chance: torch.Generator) -> tuple[Tensor, Tensor]:
        """A picture as it is: given, clean, (C, H, W)."""
        clean = of_channels(light(self.clean[place]), self.channels)
        if self.given is None:
            return self._noisy(clean, chance), clean
        return of_channels(light(self.given[place]), self.channels), clean

    def alike(self, chance: torch.Generator) -> tuple[Tensor, Tensor]:
        """The first picture in its own colours, or those of what is given if these are more."""
        both = [self.clean[0], *([] if self.given is None else [self.given[0]])]
        own = Material(self.clean, self.given, self.noise, max(len(one) for one in both))
        return own.whole(0, chance)

    def levels(self) -> Levels:
        """How light they are.

        Raises:
            DataError: If what is given is what is wanted.
        """
        means, squares, apart = [], [], []
        for place, one in enumerate(self.clean):
            points = light(one).double()
            means.append(float(points.mean()))
            squares.append(float(points.square().mean()))
            if self.given is not None:
                apart.append(float((light(self.given[place]) - points).square().mean()))
        mean = sum(means) / len(means)
        deviation = math.sqrt(max(0.0, sum(squares) / len(squares) - mean**2))
        difference = self.noise / WHITE if self.given is None else math.sqrt(_mean(apart))
        if not difference:
            raise DataError(
                "pictures that are the same as the clean ones",
                "pictures that can be made better",
            )
        # Of pictures without contrast nothing would be left to read.
        return Levels(mean, max(0.05, deviation), difference)

    def _cut(self, place: int, size: int) -> Tensor:
        """The clean crop, and beside it the given one where there is one: (1 or 2, C, s, s)."""
        clean = self.clean[place]
        top, left = (_below(side - size + 1) for side in clean.shape[1:])
        both = [clean] if self.given is None else [clean, self.given[place]]
        parts = [one[:, top : top + size, left : left + size] for one in both]
        whole = torch.stack([of_channels(light(one), self.channels) for one in parts])
        return turned(whole, _below(len(WAYS)))

    def _noisy(self, clean: Tensor, chance: torch.Generator | None) -> Tensor:
        """With Gaussian noise on every point, not clipped to what a picture can show."""
        return clean + self.noise / WHITE * torch.randn(clean.shape, generator=chance)


def _below(limit: int) -> int:
    return int(torch.randint(limit, ()))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
