"""Drawings seen anew: turned, stretched and shifted, picture and strokes alike."""

from __future__ import annotations

from dataclasses import replace

import torch
from drawings import SIDE
from sequences import Sequences
from torch import Tensor
from torch.nn import functional

TURN, SLANT, STRETCH, SHIFT = 0.2, 0.2, 0.2, 6.0
"""At most: radians, a share, a share, pixels."""


def moved(batch: Sequences, generator: torch.Generator) -> Sequences:
    """Each drawing under a linear map and a shift of its own."""
    matrix = _matrices(len(batch), generator)
    shift = SHIFT * _within(generator, len(batch), 2)
    points = batch.points @ matrix.mT + shift.unsqueeze(1)
    return replace(batch, pictures=_pictures(batch.pictures, matrix, shift), points=points)


def blurred(batch: Sequences, generator: torch.Generator) -> Sequences:
    """Each point anywhere within its pixel.

    Points are recorded in whole pixels. Left there a density could grow without bound on them; so
    it says how likely the pixel is.
    """
    return replace(batch, points=batch.points + 0.5 * _within(generator, *batch.points.shape))


def _matrices(count: int, generator: torch.Generator) -> Tensor:
    turn, slant, wide, high = _within(generator, 4, count)
    wide, high = (STRETCH * wide).exp(), (STRETCH * high).exp()
    cosine, sine, slant = (TURN * turn).cos(), (TURN * turn).sin(), SLANT * slant
    rotation = torch.stack([cosine, -sine, sine, cosine], -1).view(-1, 2, 2)
    shape = torch.stack([wide, slant * high, torch.zeros(count), high], -1).view(-1, 2, 2)
    return rotation @ shape


def _pictures(pictures: Tensor, matrix: Tensor, shift: Tensor) -> Tensor:
    # A picture is asked where each of its pixels comes from: the map backwards, in half sides.
    back = torch.linalg.inv(matrix)
    theta = torch.cat([back, -back @ shift.unsqueeze(-1) * (2 / SIDE)], -1)
    seen = pictures.unsqueeze(1)
    grid = functional.affine_grid(theta, list(seen.shape), align_corners=False)
    return functional.grid_sample(seen, grid, align_corners=False).squeeze(1)


def _within(generator: torch.Generator, *shape: int) -> Tensor:
    """Numbers from -1 up to 1, all as likely."""
    return 2 * torch.rand(*shape, generator=generator) - 1
