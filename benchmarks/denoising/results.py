"""What each method makes of the test pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import torch
from measures import psnr
from median import filtered
from model import Denoiser
from pictures import noisy
from settings import TEST_NOISE
from symmetries import WAYS, turned, turned_back
from torch import Tensor


@dataclass(frozen=True)
class Result:
    """A test picture and what became of it: images (1, H, W) by the method's name."""

    name: str
    clean: Tensor
    images: dict[str, Tensor]

    def decibels(self, method: str) -> float:
        """How near a method came."""
        return psnr(self.images[method], self.clean)


def mean(results: Sequence[Result], method: str) -> float:
    """The mean of a method's decibels."""
    return fmean(result.decibels(method) for result in results)


def judge(model: Denoiser, pictures: dict[str, Tensor], median_size: int) -> list[Result]:
    """Every method on every picture, with the same noise whatever was trained."""
    generator = torch.Generator().manual_seed(TEST_NOISE)
    model.eval()
    found = []
    for name, clean in pictures.items():
        given = noisy(clean, generator)
        images = {
            "noisy": given,
            "median": filtered(given, median_size).clamp(0, 1),
            "sweeps": _denoised(model, given).clamp(0, 1),
            "sweeps, mean of 8": _mean_of_eight(model, given).clamp(0, 1),
        }
        found.append(Result(name, clean, images))
        print(f"{name}: " + _line(found[-1]), flush=True)
    return found


def _line(result: Result) -> str:
    return ", ".join(f"{method} {result.decibels(method):.2f} dB" for method in result.images)


@torch.inference_mode()
def _denoised(model: Denoiser, image: Tensor) -> Tensor:
    found: Tensor = model(image.unsqueeze(0)).squeeze(0)
    return found


def _mean_of_eight(model: Denoiser, image: Tensor) -> Tensor:
    """The picture turned in all ways, denoised, turned back."""
    ways = [turned_back(_denoised(model, turned(image, way)), way) for way in WAYS]
    return torch.stack(ways).mean(0)
