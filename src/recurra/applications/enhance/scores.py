"""How near pictures come to the clean ones, beside what was given and a median filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from torch import Tensor
from torch.nn import functional

from recurra.applications.pictures import psnr, ssim

WAYS_TO_DO = ("given", "median", "enhanced")


@dataclass(frozen=True)
class Nearness:
    """How near a picture is to the clean one.

    Attributes:
        psnr: The peak signal-to-noise ratio in decibels; at most 100.
        ssim: The structural similarity, at most 1.
    """

    psnr: float
    ssim: float

    @classmethod
    def of(cls, image: Tensor, clean: Tensor) -> Nearness:
        """Of pictures (C, H, W), fractions of white."""
        return cls(psnr(image, clean), ssim(image, clean))


@dataclass(frozen=True)
class Row:
    """A picture.

    Attributes:
        name: What it is called.
        given: As it was given.
        median: What a median filter of 3 x 3 points makes of that: the classical way with noise.
        enhanced: What the network makes of it.
    """

    name: str
    given: Nearness
    median: Nearness
    enhanced: Nearness

    @classmethod
    def of(cls, name: str, given: Tensor, enhanced: Tensor, clean: Tensor) -> Row:
        """Measures; what is made is clipped to what a picture can show, what is given is not."""
        made = median(given).clamp(0, 1), enhanced.clamp(0, 1)
        return cls(name, *(Nearness.of(one, clean) for one in (given, *made)))


@dataclass(frozen=True)
class Scores:
    """Of several pictures, at least one."""

    rows: Sequence[Row]

    @property
    def count(self) -> int:
        """N, the pictures."""
        return len(self.rows)

    def mean(self, way: str, measure: str) -> float:
        """The mean over pictures of ``psnr`` or ``ssim``, of what was given, median or enhanced."""
        return fmean(getattr(getattr(row, way), measure) for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        means = {
            way: {measure: self.mean(way, measure) for measure in ("psnr", "ssim")}
            for way in WAYS_TO_DO
        }
        rows = [
            {"name": row.name, **{way: vars(getattr(row, way)) for way in WAYS_TO_DO}}
            for row in self.rows
        ]
        return {"pictures": self.count, **means, "each": rows}


def median(image: Tensor) -> Tensor:
    """The median of the 3 x 3 points around each, borders repeated: (C, H, W)."""
    full = functional.pad(image.unsqueeze(1), (1, 1, 1, 1), mode="replicate")
    around = functional.unfold(full, 3).median(1).values
    return around.reshape(image.shape)
