"""The functions that Triton does not offer, against NumPy in float64."""

import interpreted
import numpy as np
import pytest
import torch

triton = interpreted.triton
tl = interpreted.tl

from recurra.kernels.gpu import pieces  # noqa: E402

sigmoid, tanh, softplus, sign, remainder = (
    pieces.sigmoid,
    pieces.tanh,
    pieces.softplus,
    pieces.sign,
    pieces.remainder,
)


@triton.jit
def _all(source, target, many: tl.constexpr):
    at = tl.arange(0, many)
    a = tl.load(source + at)
    tl.store(target + at, sigmoid(a))
    tl.store(target + many + at, tanh(a))
    tl.store(target + 2 * many + at, softplus(a))
    tl.store(target + 3 * many + at, sign(a))
    tl.store(target + 4 * many + at, remainder(a, 0.75))


WANTED = [
    lambda a: 1 / (1 + np.exp(-a)),
    np.tanh,
    lambda a: np.logaddexp(a, 0),
    np.sign,
    lambda a: np.mod(a, 0.75),
]


@pytest.fixture(scope="module")
def computed():
    points = np.concatenate(
        [np.linspace(-30, 30, 2001), np.geomspace(1e-6, 1, 46), [0.0]], dtype=np.float32
    )
    source = torch.tensor(points, device=interpreted.DEVICE)
    target = torch.full((5, 2048), float("nan"), device=interpreted.DEVICE)
    _all[(1,)](source, target, 2048)
    return points.astype(np.float64), target.cpu().double().numpy()


@pytest.mark.parametrize("number", range(4))
def test_they_are_right_to_rounding(computed, number):
    points, found = computed
    wanted = WANTED[number](points)
    assert np.abs(found[number] - wanted).max() <= 4e-7 * (1 + np.abs(wanted)).max()
    small = np.abs(wanted) > 1e-30
    relative = np.abs(found[number] / np.where(small, wanted, 1) - 1)[small]
    # The exponential of a large argument is as near as its argument is.
    assert relative.max() <= 4e-6


def test_a_remainder_has_the_sign_of_the_divisor_and_is_exact_for_multiples(computed):
    points, found = computed
    assert (found[4] >= 0).all()
    assert (found[4] < 0.75).all()
    multiples = np.mod(points, 0.75) == 0
    assert multiples.sum() > 10
    assert (found[4][multiples] == 0).all()
