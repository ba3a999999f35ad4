"""Large pictures are done in tiles: all of them, without seams, in bounded memory."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made_pictures import pictures
from torch import nn

from recurra.applications.enhance import Enhancer
from recurra.applications.enhance.images import as_image, light
from recurra.applications.enhance.symmetries import WAYS, turned, turned_back
from recurra.applications.enhance.tiles import MARGIN, WHOLE, _parts, enhanced


@given(st.integers(1, 20_000))
def test_parts_cover_a_side_and_each_is_small_with_its_margins(size: int) -> None:
    parts = _parts(size)
    assert parts[0][0] == 0
    assert parts[-1][1] == size
    assert all(one[1] == other[0] for one, other in pairwise(parts))
    room = 0 if len(parts) == 1 else 2 * MARGIN
    assert all(0 < end - begin <= WHOLE - room for begin, end in parts)


class _Sums(nn.Module):
    """Each point with its neighbours, 20 each way: what the tiles must not change."""

    channels = 1

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.sizes += images.shape[-2:]
        return nn.functional.avg_pool2d(images, 41, 1, 20, count_include_pad=False)


@pytest.mark.parametrize("size", [(16, 1100), (600, 17)])
def test_tiles_are_as_the_whole_for_what_looks_no_further_than_the_margin(
    size: tuple[int, int],
) -> None:
    network, image = _Sums(), torch.rand(1, *size)
    found = enhanced(network, image, ways=False)
    assert max(network.sizes) <= WHOLE
    assert torch.allclose(found, network(image.unsqueeze(0))[0], atol=1e-5)


def test_a_network_that_learned_makes_no_seam(enhancer: Enhancer) -> None:
    image = light(as_image(pictures(1, height=40, width=600)[0]))
    network = enhancer.network_
    found = enhanced(network, image, ways=False)
    with torch.no_grad():
        whole = network(image.unsqueeze(0))[0]
    assert (found - whole).abs().max() < 0.02
    assert (found - image).abs().max() > 0.02


@given(st.sampled_from(WAYS), st.integers(1, 5), st.integers(1, 5))
def test_what_is_turned_is_turned_back(way: int, height: int, width: int) -> None:
    image = torch.arange(height * width).reshape(1, height, width)
    assert torch.equal(turned_back(turned(image, way), way), image)


def test_the_eight_ways_differ() -> None:
    image = torch.arange(4).reshape(1, 2, 2)
    assert len({tuple(turned(image, way).flatten().tolist()) for way in WAYS}) == 8
