"""Heads are the distributions they are named after: scipy says the same."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recurra.forecasting.segments.heads import HEADS
from recurra.forecasting.segments.heads.quantiles import AT
from recurra.forecasting.segments.heads.student_t import FEWEST, MOST
from recurra.forecasting.uncertainty.marginals import GRID

LEVELS = torch.from_numpy(GRID)
CONTINUOUS = ["normal", "laplace", "student-t"]


def told(head: str, seed: int = 0, rows: int = 4, steps: int = 3) -> tuple[torch.Tensor, ...]:
    """Place, further numbers and truth of a batch, in double precision."""
    generator = torch.Generator().manual_seed(seed)
    draw = {"generator": generator, "dtype": torch.float64}
    width = HEADS[head].width
    place, further = torch.randn(rows, steps, **draw), torch.randn(rows, steps, width, **draw)
    if head == "negative-binomial":
        return 5 + 4 * place, further - 1, torch.randint(0, 30, (rows, steps), generator=generator)
    return place, further, torch.randn(rows, steps, **draw)


def oracle(head: str, place: torch.Tensor, further: torch.Tensor):
    """The same distribution, by scipy."""
    loc, scale = place.numpy(), np.exp(further[..., 0].numpy())
    if head == "normal":
        return stats.norm(loc, scale)
    if head == "laplace":
        return stats.laplace(loc, scale)
    if head == "student-t":
        freedom = FEWEST + (MOST - FEWEST) / (1 + np.exp(-further[..., 1].numpy()))
        return stats.t(freedom, loc, scale)
    mean = np.log1p(np.exp(loc))
    return stats.nbinom(1 / scale, 1 / (1 + scale * mean))


@pytest.mark.parametrize("head", CONTINUOUS)
def test_the_loss_is_the_negative_log_likelihood(head) -> None:
    place, further, truth = told(head)
    expected = -oracle(head, place, further).logpdf(truth.numpy())
    np.testing.assert_allclose(HEADS[head].loss(place, further, truth).numpy(), expected, rtol=1e-9)


def test_the_loss_of_counts_is_their_negative_log_likelihood() -> None:
    place, further, truth = told("negative-binomial")
    expected = -oracle("negative-binomial", place, further).logpmf(truth.numpy())
    found = HEADS["negative-binomial"].loss(place, further, truth)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9)


@pytest.mark.parametrize("head", CONTINUOUS)
def test_quantiles_of_distributions(head) -> None:
    place, further, _ = told(head)
    found = HEADS[head].quantile(place, further, LEVELS)
    assert found.shape == (4, 3, len(GRID))
    one = oracle(head, place, further)
    for number, level in enumerate(GRID):
        away = np.abs(found[..., number].numpy() - one.ppf(level)) / np.exp(further[..., 0].numpy())
        assert away.max() < (1e-3 if head == "student-t" else 1e-9)
    assert torch.equal(found[..., len(GRID) // 2], place)


def test_quantiles_of_counts_are_exact_where_counts_are_few() -> None:
    place, further, _ = told("negative-binomial", rows=40)
    found = HEADS["negative-binomial"].quantile(place, further, LEVELS)
    one = oracle("negative-binomial", place, further)
    few = one.ppf(0.9999) < 300
    assert few.mean() > 0.9
    for number, level in enumerate(GRID):
        np.testing.assert_array_equal(found[..., number].numpy()[few], one.ppf(level)[few])


def test_quantiles_of_large_counts_are_near() -> None:
    place = torch.tensor([[3e3, 2e5, 4e4, 900.0, 1e6]], dtype=torch.float64)
    excess = np.array([0.01, 0.3, 4.0, 20.0, 0.001])
    further = torch.from_numpy(np.log(excess)).reshape(1, -1, 1)
    exact = stats.nbinom(1 / excess, 1 / (1 + excess * place.numpy()[0]))
    found = HEADS["negative-binomial"].quantile(place, further, LEVELS).numpy()[0]
    for number, level in enumerate(GRID):
        # Reached by it and not before it, but for a hundredth of a probability.
        assert (exact.cdf(found[:, number]) > level - 2e-3).all()
        assert (exact.cdf(found[:, number] - 1) < level + 2e-3).all()


def test_pinball_by_brute_force() -> None:
    place, further, truth = told("quantiles")
    knots = HEADS["quantiles"].quantile(place, further, torch.tensor(AT, dtype=torch.float64))
    found = HEADS["quantiles"].loss(place, further, truth)
    for row, step in np.ndindex(4, 3):
        each = []
        for level, knot in zip(AT, knots[row, step].tolist(), strict=True):
            off = truth[row, step].item() - knot
            each.append(level * off if off > 0 else (1 - level) * -off)
        assert found[row, step].item() == pytest.approx(2 * sum(each) / len(each), rel=1e-6)


def test_the_median_of_quantiles_is_the_place_and_tails_are_exponential() -> None:
    place, further, _ = told("quantiles")
    at = torch.tensor([0.5, 0.975, 0.9875, 0.99375], dtype=torch.float64)
    middle, first, second, third = HEADS["quantiles"].quantile(place, further, at).unbind(-1)
    assert torch.equal(middle, place)
    # Half of what is left beyond, the same step further.
    torch.testing.assert_close(second - first, third - second)
    last = torch.nn.functional.softplus(further[..., -1])
    torch.testing.assert_close(second - first, last, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("head", HEADS)
@settings(deadline=None, max_examples=20)
@given(
    st.floats(-30, 30),
    st.lists(st.floats(-30, 30), min_size=12, max_size=12),
    st.lists(st.floats(0.001, 0.999), min_size=2, max_size=6),
)
def test_quantiles_never_cross(head, place, numbers, levels) -> None:
    distribution = HEADS[head]
    further = torch.tensor(numbers[: distribution.width]).reshape(1, 1, -1)
    at = torch.tensor(sorted(levels), dtype=torch.float64)
    found = distribution.quantile(torch.tensor([[place]]), further, at)[0, 0]
    assert torch.isfinite(found).all()
    assert (found.diff() >= -1e-5 * found.abs().max()).all()


@pytest.mark.parametrize("head", HEADS)
def test_it_starts_from_the_errors(head) -> None:
    generator = torch.Generator().manual_seed(1)
    errors = 0.3 * torch.randn(5000, generator=generator)
    distribution = HEADS[head]
    further = distribution.start(errors).reshape(1, 1, -1)
    assert further.shape == (1, 1, distribution.width)
    if distribution.counts:
        return
    low, high = distribution.quantile(torch.zeros(1, 1), further, torch.tensor([0.1, 0.9]))[0, 0]
    inside = ((low < errors) & (errors < high)).float().mean().item()
    assert inside == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("head", HEADS)
def test_errors_without_any_spread_give_finite_numbers(head) -> None:
    further = HEADS[head].start(torch.zeros(10)).reshape(1, 1, -1).requires_grad_()
    loss = HEADS[head].loss(torch.ones(1, 1), further, torch.ones(1, 1)).sum()
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(further.grad).all()
