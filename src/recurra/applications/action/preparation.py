"""What becomes of recordings of movement before a network reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from recurra.applications.action.skeleton import Skeleton
from recurra.applications.series import Values
from recurra.applications.series.filling import filled
from recurra.applications.series.scaling import Scaling
from recurra.applications.series.stretching import stretched, warped

FEWEST_FRAMES, MOST_FRAMES = 24, 128

LEAST_PART = 0.8
"""The least share of a recording that is read in training."""

BEND = 0.5
"""How far time is bent in training: at its ends it runs up to so much faster or slower."""

TURN = 0.3
"""How far skeletons are turned in training, at most, in radians."""

NOISE = 0.05
"""The deviation of what is added to sensors in training, in deviations of their channel."""

SPEED = 5.0
"""By what changes from frame to frame are multiplied, which makes them about as large as places."""


@dataclass(frozen=True)
class Motion:
    """Places and speeds in a fixed number of frames.

    Attributes:
        scaling: Of the channels, where they are no skeleton.
        skeleton: What the channels are; None for sensors.
        frames: S, to which each recording is stretched.
    """

    scaling: Scaling
    skeleton: Skeleton | None
    frames: int

    @classmethod
    def of(cls, series: Sequence[Values], skeleton: Skeleton | None, frames: int | None) -> Self:
        """From training recordings, (T, C) each.

        Args:
            series: The recordings.
            skeleton: What the channels are; None for sensors.
            frames: S; None for their median length, from 24 to 128.
        """
        lengths = sorted(len(one) for one in series)
        median = lengths[len(lengths) // 2]
        return cls(
            Scaling.of(series),
            skeleton,
            frames or min(MOST_FRAMES, max(FEWEST_FRAMES, median)),
        )

    @property
    def channels(self) -> int:
        """C."""
        return self.scaling.channels

    @property
    def width(self) -> int:
        """I: the place and the speed of each channel."""
        return 2 * self.channels

    def prepared(self, series: Values) -> Tensor:
        """Gaps closed, skeletons centred and of one size, sensors on one scale: (T, C) to itself.

        A channel without any value is its mean of the training recordings.
        """
        if self.skeleton is None:
            return self.scaling.scaled(series)
        whole = torch.from_numpy(self.scaling.known(filled(series)))
        return self.skeleton.centred(whole)

    def varied(self, series: Tensor) -> Tensor:
        """A part of it, its time bent, skeletons turned, sensors with noise: (T, C) to (S, C)."""
        part = LEAST_PART + (1 - LEAST_PART) * float(torch.rand(()))
        low = (1 - part) * float(torch.rand(()))
        bend = BEND * (2 * float(torch.rand(())) - 1)
        moved = warped(series, low, low + part, bend, self.frames)
        if self.skeleton is None:
            return moved + NOISE * torch.randn(moved.shape)
        return (moved.reshape(-1, 3) @ _turn()).reshape(moved.shape)

    def shown(self, series: Tensor) -> Tensor:
        """Places beside speeds: (T, C) to (S, 2 C)."""
        places = stretched(series, self.frames)
        speeds = torch.diff(places, dim=0, prepend=places[:1])
        return torch.cat([places, SPEED * speeds], 1)

    @property
    def told(self) -> list[str]:
        """Sentences on what the channels are taken for."""
        what = f"{self.channels} sensors" if self.skeleton is None else self.skeleton.told
        return [f"the channels are {what}; recordings are stretched to {self.frames} frames"]

    def reader(self) -> nn.Module:
        """The layer reads what is shown."""
        return nn.Identity()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Of what :meth:`to_json` gave."""
        skeleton = told["skeleton"]
        return cls(
            Scaling.from_json(told["scaling"]),
            None if skeleton is None else Skeleton(**skeleton),
            told["frames"],
        )


def _turn() -> Tensor:
    """A rotation by up to so much around any axis, (3, 3)."""
    axis = torch.nn.functional.normalize(torch.randn(3), dim=0)
    x, y, z = (TURN * float(torch.rand(())) * axis).tolist()
    turned: Tensor = torch.linalg.matrix_exp(torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0.0]]))
    return turned
