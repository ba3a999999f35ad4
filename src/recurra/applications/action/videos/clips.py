"""What becomes of a video's frames before a network reads them, and what it sees in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

LEAST_PART = 0.8
"""The least share of a video that is read in training."""

SHIFT = 12
"""Videos are moved in training by up to one point in so many of a side."""

LIGHT = 0.15
"""How much lighter or darker they are made in training, at most, as a share of white."""

MAPS, GROUPS = 16, 8
FEATURES = 64
"""The numbers that are made of a frame."""


@dataclass(frozen=True)
class Clips:
    """So many frames, as they are and as they differ from the one before.

    Attributes:
        side: S, the points of a side of a frame.
        frames: F, how many a network reads of each video.
    """

    side: int
    frames: int

    @property
    def channels(self) -> int:
        """The numbers in a frame."""
        return 3 * self.side**2

    @property
    def width(self) -> int:
        """What is made of a frame."""
        return FEATURES

    def prepared(self, series: NDArray[Any]) -> Tensor:
        """Bytes (T, S S 3) as they are."""
        return torch.from_numpy(series)

    def varied(self, series: Tensor) -> Tensor:
        """A part of it, moved a little, lighter or darker: bytes (T, S S 3) to (F, S S 3)."""
        part = LEAST_PART + (1 - LEAST_PART) * float(torch.rand(()))
        low = (1 - part) * float(torch.rand(()))
        some = self._spread(series, low, low + part).reshape(self.frames, self.side, self.side, 3)
        most = self.side // SHIFT
        moves = torch.randint(-most, most + 1, (2, 1)) + torch.arange(self.side)
        down, right = moves.clamp(0, self.side - 1)
        light = 255 * LIGHT * (2 * torch.rand(()) - 1)
        moved = (some[:, down][:, :, right] + light).clamp(0, 255).to(torch.uint8)
        return moved.flatten(1)

    def shown(self, series: Tensor) -> Tensor:
        """Bytes (T, S S 3) to numbers from -1 to 1, (F, S S 3)."""
        return self._spread(series, 0.0, 1.0).float() / 127.5 - 1

    def reader(self) -> nn.Module:
        """What sees the frames."""
        return Frames(self.side)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Reads what :meth:`to_json` made."""
        return cls(int(found["side"]), int(found["frames"]))

    def _spread(self, series: Tensor, low: float, high: float) -> Tensor:
        """F frames from a share to another of the video."""
        at = low + (high - low) * (torch.arange(self.frames) + 0.5) / self.frames
        return series[(at * len(series)).long().clamp(max=len(series) - 1)]


class Frames(nn.Module):
    """Three convolutions over each frame and its difference from the one before.

    Args:
        side: S, the points of a side of a frame.
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side
        layers: list[nn.Module] = []
        for given, made in ((6, MAPS), (MAPS, 2 * MAPS), (2 * MAPS, 2 * MAPS)):
            layers += [
                nn.Conv2d(given, made, 3, stride=2, padding=1),
                nn.GroupNorm(GROUPS, made),
                nn.ReLU(),
            ]
        self.convolutions = nn.Sequential(*layers)
        places = -(-side // 8)
        self.whole = nn.Linear(2 * MAPS * places**2, FEATURES)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, F, S S 3) to (B, F, 64)."""
        rows, count = frames.shape[:2]
        images = frames.reshape(rows, count, self.side, self.side, 3).movedim(4, 2)
        before = torch.cat([images[:, :1], images[:, :-1]], 1)
        both = torch.cat([images, images - before], 2).flatten(0, 1)
        found: Tensor = self.whole(self.convolutions(both).flatten(1))
        return torch.tanh(found).reshape(rows, count, -1)
