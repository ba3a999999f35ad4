"""Pictures of any size through the network, in memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor

from recurra.applications.enhance.images import LEAST, filled_up
from recurra.applications.enhance.network import Network
from recurra.applications.enhance.symmetries import WAYS, turned, turned_back
from recurra.training.mode import in_mode

WHOLE = 512
"""The most points each way that the network reads at once."""

MARGIN = 32
"""Points around a tile that are read with it, and whose answers are thrown away."""


@torch.no_grad()
def enhanced(network: Network, image: Tensor, *, ways: bool) -> Tensor:
    """A picture made better, not clipped.

    A picture that is larger than 512 points either way is done in tiles; around each 32 points more
    are read, so that no seam is seen.

    Args:
        network: What makes it better.
        image: (C, H, W), fractions of white. If its colours are not as many as the network's, grey
            is done as three equal colours, whose mean is taken, and each colour as if it were grey.
        ways: Whether the picture is turned and mirrored in all eight ways, and the mean of the
            answers taken: Timofte, Rothe & Van Gool 2016 (arXiv:1511.02228), section 3.5.

    Returns:
        (C, H, W).
    """
    with in_mode(network, training=False):
        done = torch.empty_like(image)
        for rows, columns in _tiles(image.shape[1], image.shape[2]):
            around = [_around(*rows, image.shape[1]), _around(*columns, image.shape[2])]
            (top, bottom), (left, right) = around
            found = _all_ways(network, image[:, top:bottom, left:right], WAYS if ways else [0])
            done[:, rows[0] : rows[1], columns[0] : columns[1]] = found[
                :, rows[0] - top : rows[1] - top, columns[0] - left : columns[1] - left
            ]
    return done


def _tiles(height: int, width: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where each tile goes, down and across."""
    for rows in _parts(height):
        for columns in _parts(width):
            yield rows, columns


def _parts(size: int) -> list[tuple[int, int]]:
    """A side in equal parts, each of which is read at once with its margins."""
    if size <= WHOLE:
        return [(0, size)]
    count = -(-size // (WHOLE - 2 * MARGIN))
    ends = [size * number // count for number in range(count + 1)]
    return list(pairwise(ends))


def _around(begin: int, end: int, size: int) -> tuple[int, int]:
    return max(0, begin - MARGIN), min(size, end + MARGIN)


def _all_ways(network: Network, image: Tensor, ways: range | list[int]) -> Tensor:
    answers = [turned_back(_answer(network, turned(image, way)), way) for way in ways]
    return torch.stack(answers).mean(0)


def _answer(network: Network, image: Tensor) -> Tensor:
    """(C, H, W) to the same, whatever C of the network is."""
    colours, height, width = image.shape
    read = image.unsqueeze(0)
    if colours == 3 and network.channels == 1:
        read = image.unsqueeze(1)
    elif colours < network.channels:
        read = read.expand(-1, network.channels, -1, -1)
    found: Tensor = network(filled_up(read, LEAST))[..., :height, :width]
    if colours == 1:
        return found.mean(1)
    return found.reshape(colours, height, width)
