"""The network: sweeps over overlapping windows, whose answers overlap too."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.enhance.material import Levels
from recurra.applications.enhance.rules import Plan
from recurra.layers import Recurrent
from recurra.structures import Sweeps

PATCH = 2
"""A step of a sweep every so many points, so that sweeps are short."""
READ = 6
"""A step reads a window of so many points each way: its patch and two around it."""
WRITTEN = 4
"""A step answers for a window of so many: its patch and one around it."""


class Network(nn.Module):
    """Takes away from a picture what it finds to be wrong with it.

    Each point of a grid is read along columns and then along rows, in both directions, by one
    layer of sweeps on another (ReNet: Visin et al. 2015, arXiv:1505.00393, section 2); each layer
    but the first adds to what it read. Where the answers of neighbours overlap they are summed. It
    starts as that which leaves pictures as they are.

    Args:
        channels: C, 1 for grey, 3 for colours.
        plan: How large it is.
        levels: How light pictures are, and how wrong.

    Attributes:
        kernel: What runs its layers, by name.
    """

    def __init__(self, channels: int, plan: Plan, levels: Levels) -> None:
        super().__init__()
        width, seen = 2 * plan.units, channels * READ**2
        inputs = [seen] + [width] * (plan.layers - 1)
        self.channels, self.levels = channels, levels
        layers = [_sweeps(plan, size) for size in inputs]
        self.kernel = layers[0].rows.recurrent.kernels()[0].kernel
        self.sweeps = nn.ModuleList(layers)
        self.head = nn.Linear(width + seen, channels * WRITTEN**2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, given: Tensor) -> Tensor:
        """(B, C, H, W) to the same, H and W any numbers from 4 on."""
        seen = self._windows(given)
        found = self.sweeps[0](seen)
        for layer in self.sweeps[1:]:
            found = found + layer(found)
        answers = self.head(torch.cat([found, seen], 1).movedim(1, -1)).movedim(-1, 1)
        height, width = given.shape[-2:]
        return given - self.levels.difference * _laid_over(answers)[..., :height, :width]

    def _windows(self, images: Tensor) -> Tensor:
        """What each step reads, of mean 0 and deviation 1: (B, C, H, W) to (B, C READ², h, w)."""
        height, width = (-(-size // PATCH) for size in images.shape[-2:])
        around = (READ - PATCH) // 2
        right, bottom = (-size % PATCH + around for size in (images.shape[-1], images.shape[-2]))
        full = functional.pad(images, (around, right, around, bottom), mode="reflect")
        cut = functional.unfold(full, READ, stride=PATCH)
        points = cut.reshape(len(images), -1, height, width)
        return (points - self.levels.mean) / self.levels.deviation


def _sweeps(plan: Plan, inputs: int) -> Sweeps:
    columns, rows = (
        Recurrent(plan.cell, size, plan.units, bidirectional=True, batch_first=True)
        for size in (inputs, 2 * plan.units)
    )
    return Sweeps(columns, rows)


def _laid_over(answers: Tensor) -> Tensor:
    """The sum of overlapping answers: (B, C WRITTEN², h, w) to (B, C, h PATCH, w PATCH)."""
    height, width = (PATCH * points for points in answers.shape[-2:])
    around = (WRITTEN - PATCH) // 2
    return functional.fold(
        answers.flatten(2), (height, width), WRITTEN, padding=around, stride=PATCH
    )
