"""PSNR and SSIM, held against their formulas, written out point by point."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.pictures import psnr, ssim


def ssim_by_hand(x: np.ndarray, y: np.ndarray) -> float:
    """Wang et al. 2004, eq. 13, window by window, with the weighted sums of eq. 14 to 16."""
    places = np.arange(11) - 5
    weights = np.exp(-(places[:, None] ** 2 + places[None, :] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    found = []
    for top in range(x.shape[0] - 10):
        for left in range(x.shape[1] - 10):
            a, b = (one[top : top + 11, left : left + 11] for one in (x, y))
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            var_a = (weights * (a - mean_a) ** 2).sum()
            var_b = (weights * (b - mean_b) ** 2).sum()
            both = (weights * (a - mean_a) * (b - mean_b)).sum()
            c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
            found.append(
                (2 * mean_a * mean_b + c1)
                * (2 * both + c2)
                / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
            )
    return float(np.mean(found))


@pytest.mark.parametrize("noise", [2, 25, 90])
def test_ssim_is_what_the_paper_writes(noise: float) -> None:
    chance = np.random.default_rng(noise)
    clean = np.add.outer(np.arange(17.0), 9 * np.arange(14.0)) + 20
    other = clean + chance.normal(0, noise, clean.shape)
    tensors = [torch.from_numpy(one / 255).unsqueeze(0) for one in (other, clean)]
    assert ssim(*tensors) == pytest.approx(ssim_by_hand(other, clean), abs=1e-9)
    colours = [one.expand(3, -1, -1) for one in tensors]
    assert ssim(*colours) == pytest.approx(ssim(*tensors))


@given(st.floats(1e-4, 1))
def test_psnr_of_an_even_error_is_its_logarithm(error: float) -> None:
    clean = torch.zeros(1, 4, 5, dtype=torch.float64)
    assert psnr(clean + error, clean) == pytest.approx(-20 * math.log10(error))


def test_pictures_that_are_the_same_are_as_near_as_can_be() -> None:
    image = torch.rand(3, 12, 13)
    assert psnr(image, image) == 100
    assert ssim(image, image) == pytest.approx(1)
