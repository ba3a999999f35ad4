"""Level and season, smoothed by coefficients that are learned."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.segments.batch import Batch, Whose
from recurra.forecasting.segments.frames import ByVolatility, FromLast, LogOfLevel
from recurra.forecasting.segments.smoothing import (
    ExponentialSmoothing,
    SmoothedFrame,
    Smoothing,
    first_seasons,
)
from recurra.layers import Recurrent

M, L, K = 4, 13, 6
SEASONS = torch.tensor([[0.4, -0.1, -0.5, 0.2], [0.0, 0.3, -0.3, 0.0], [0.0, 0.0, 0.0, 0.0]])


def sigma(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def by_hand(values, missing, first, level, seasons, alpha, gamma):  # noqa: PLR0917
    """Holt and Winters' recursion, value by value."""
    seasons, expected = list(seasons), []
    for step, (y, gone) in enumerate(zip(values, missing, strict=True)):
        place = (first + step) % len(seasons)
        expected.append(seasons[place])
        if not gone:
            level = alpha * (y - seasons[place]) + (1 - alpha) * level
            seasons[place] = gamma * (y - level) + (1 - gamma) * seasons[place]
    return expected, level, seasons


def test_the_cell_is_the_recursion_with_each_rows_coefficients_places_and_gaps() -> None:
    generator = np.random.default_rng(0)
    rows, steps = 5, 11
    layer = Recurrent(ExponentialSmoothing(M), 1, M, dtype=torch.float64)
    values = generator.normal(size=(steps, rows))
    missing = generator.random((steps, rows)) < 0.3
    level, seasons = generator.normal(size=rows), generator.normal(size=(rows, M))
    alpha, gamma = generator.normal(size=(2, rows))
    first = generator.integers(0, 20, rows)
    state = (level[:, None], seasons, alpha[:, None], gamma[:, None], first[:, None])
    given_ = tuple(torch.from_numpy(part)[None] for part in state)
    x = torch.from_numpy(values)[..., None]
    output, after = layer(x, given_, missing=torch.from_numpy(missing)[..., None])
    for row in range(rows):
        expected, end, turned = by_hand(
            values[:, row],
            missing[:, row],
            first[row],
            level[row],
            seasons[row],
            sigma(-0.7 + alpha[row]),
            sigma(-2.2 + gamma[row]),
        )
        np.testing.assert_allclose(output[:, row, 0].detach(), expected)
        np.testing.assert_allclose(after[0][0, row, 0].item(), end)
        np.testing.assert_allclose(after[1][0, row].detach(), turned)


def whose(*first: int) -> Whose:
    return Whose(torch.arange(len(first)), torch.tensor(first))


def batch_of(past, seen=None, first=(0, 5, -3)) -> Batch:
    here = torch.ones_like(past) if seen is None else seen
    rows = len(past)
    nothing = torch.zeros(rows, K)
    return Batch(past * here, here, nothing, nothing, torch.ones(rows), whose=whose(*first))


def test_a_level_depends_on_the_values_before_it_only() -> None:
    smoothing = Smoothing(SEASONS)
    torch.nn.init.normal_(smoothing.alpha)
    u = torch.randn(3, 2 * L)
    ones = torch.ones_like(u)
    changed = torch.cat([u[:, :L], 9 + torch.randn(3, L)], 1)
    places = whose(0, 5, -3)
    before = smoothing(u[:, :L], ones[:, :L], places, K)
    for whole in (u, changed):
        longer = smoothing(whole, ones, places, K)
        # What is expected of a step is known before it: up to and with the first after L.
        torch.testing.assert_close(
            longer.past[:, : L + 1], torch.cat([before.past, before.ahead[:, :1]], 1)
        )
    assert not torch.allclose(smoothing(changed, ones, places, K).level, before.level)


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("frame", [FromLast(), ByVolatility(), LogOfLevel(M)], ids=repr)
@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_what_came_after_is_restored(frame, shares, seed) -> None:
    torch.manual_seed(seed)
    smoothed = SmoothedFrame(frame, SEASONS, K, shares=shares)
    # In logarithms what is left must stay above 0, with seasons added to it as well.
    batch = batch_of(3 + torch.rand(3, L))
    framed = smoothed.of(batch)
    y = 3 + torch.rand(3, K)
    torch.testing.assert_close(smoothed.restored(smoothed.ahead(y, framed), framed), y)


@pytest.mark.parametrize("shares", [True, False])
def test_a_series_that_is_its_season_is_forecast_exactly_from_the_first_step(shares) -> None:
    smoothed = SmoothedFrame(FromLast(), SEASONS, K, shares=shares)
    places = [(first + torch.arange(L + K)) % M for first in (0, 5, -3)]
    u = 1 + torch.stack([one[at] for one, at in zip(SEASONS, places, strict=True)])
    y = u.exp() if shares else u
    framed = smoothed.of(batch_of(y[:, :L]))
    found = smoothed.restored(framed.start.expand(-1, K), framed)
    torch.testing.assert_close(found, y[:, L:])


def test_what_is_missing_has_no_influence() -> None:
    smoothed = SmoothedFrame(FromLast(), SEASONS, K, shares=True)
    seen = (torch.rand(3, L) > 0.3).float()
    past, other = 1 + torch.rand(2, 3, L)
    one, two = (
        smoothed.of(batch_of(past * seen + noise * (1 - seen), seen)) for noise in (past, other)
    )
    assert torch.equal(one.start, two.start)
    assert torch.equal(one.season, two.season)


def test_all_coefficients_are_learned() -> None:
    smoothed = SmoothedFrame(FromLast(), SEASONS, K, shares=True)
    framed = smoothed.of(batch_of(1 + torch.rand(3, L)))
    smoothed.restored(framed.start.expand(-1, K), framed).sum().backward()
    for name, weight in smoothed.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name


def test_without_a_season_there_is_a_level_only() -> None:
    smoothed = SmoothedFrame(FromLast(), torch.zeros(3, 1), K, shares=False)
    framed = smoothed.of(batch_of(torch.randn(3, L)))
    assert torch.equal(framed.season, torch.zeros(3, K))
    assert not smoothed.smoothing.change.requires_grad


def test_a_new_series_gets_the_median_coefficients_and_changes_no_other() -> None:
    smoothing = Smoothing(SEASONS)
    with torch.no_grad():
        smoothing.alpha.copy_(torch.tensor([1.0, -5.0, 0.25]))
        smoothing.gamma.copy_(torch.tensor([2.0, 0.5, 9.0]))
    u, ones = torch.randn(3, L), torch.ones(3, L)
    before = smoothing(u, ones, whose(0, 5, -3), K)
    smoothing.take_up(torch.tensor([[1.0, 0.0, -1.0, 0.0]]))
    after = smoothing(u, ones, whose(0, 5, -3), K)
    assert torch.equal(before.level, after.level)
    assert torch.equal(before.ahead, after.ahead)
    assert smoothing.alpha.tolist() == [1.0, -5.0, 0.25, 0.25]
    assert smoothing.gamma.tolist() == [2.0, 0.5, 9.0, 2.0]
    assert smoothing.first[3].tolist() == [1.0, 0.0, -1.0, 0.0]


def test_the_first_seasons_are_those_of_the_classical_decomposition() -> None:
    factors = np.array([0.5, 2.0, 1.0, 1.0])
    values = 7 * np.tile(factors, 6)
    np.testing.assert_allclose(first_seasons(values, M, shares=True), np.log(factors), atol=1e-12)
    offsets = first_seasons(values, M, shares=False)
    np.testing.assert_allclose(offsets, 7 * (factors - factors.mean()), atol=1e-12)
    assert not first_seasons(values[:11], M, shares=True).any()
