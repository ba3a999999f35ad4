"""The network: sweeps over overlapping windows, whose answers overlap too."""

from __future__ import annotations

import torch
from settings import SIGMA, Settings
from torch import Tensor, nn
from torch.nn import functional

from recurra import Recurrent
from recurra.structures import Sweeps

PATCH = 2
"""A step of a sweep every so many points, so that sweeps are short."""
READ = 6
"""A step reads a window of so many points each way: its patch and two around it."""
WRITTEN = 4
"""A step answers for a window of so many: its patch and one around it."""


class Denoiser(nn.Module):
    """Takes the noise that it finds away from the picture.

    Each point of the grid is read along columns and then along rows, in both directions, by one
    layer of sweeps on another; each layer but the first adds to what it read. Where the answers of
    neighbours overlap they are summed.
    """

    def __init__(self, cell: str, units: int, layers: int) -> None:
        super().__init__()
        width = 2 * units
        inputs = [READ**2] + [width] * (layers - 1)
        self.sweeps = nn.ModuleList(_sweeps(cell, size, units) for size in inputs)
        self.head = nn.Linear(width + READ**2, WRITTEN**2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, noisy: Tensor) -> Tensor:
        """(B, 1, H, W) to the same, H and W any numbers from 4 on."""
        seen = _windows(noisy)
        found = self.sweeps[0](seen)
        for layer in self.sweeps[1:]:
            found = found + layer(found)
        answers = self.head(torch.cat([found, seen], 1).movedim(1, -1)).movedim(-1, 1)
        height, width = noisy.shape[-2:]
        return noisy - SIGMA * _laid_over(answers)[..., :height, :width]


def build(settings: Settings) -> Denoiser:
    """The same weights for the same seed."""
    torch.manual_seed(settings.seed)
    return Denoiser(settings.cell, settings.units, settings.layers)


def _sweeps(cell: str, inputs: int, units: int) -> Sweeps:
    columns, rows = (
        Recurrent(cell, size, units, bidirectional=True, batch_first=True)
        for size in (inputs, 2 * units)
    )
    return Sweeps(columns, rows)


def _windows(images: Tensor) -> Tensor:
    """What each step reads, about as large as 1: (B, 1, H, W) to (B, READ², h, w)."""
    height, width = (-(-size // PATCH) for size in images.shape[-2:])
    around = (READ - PATCH) // 2
    right, bottom = (-size % PATCH + around for size in (images.shape[-1], images.shape[-2]))
    full = functional.pad(images, (around, right, around, bottom), mode="reflect")
    cut = functional.unfold(full, READ, stride=PATCH)
    return 4 * (cut.reshape(len(images), -1, height, width) - 0.45)


def _laid_over(answers: Tensor) -> Tensor:
    """The sum of overlapping answers: (B, WRITTEN², h, w) to (B, 1, h PATCH, w PATCH)."""
    height, width = (PATCH * points for points in answers.shape[-2:])
    around = (WRITTEN - PATCH) // 2
    return functional.fold(
        answers.flatten(2), (height, width), WRITTEN, padding=around, stride=PATCH
    )
