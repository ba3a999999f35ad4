"""What is claimed: no more than the test bears."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recurra.applications.prices import report
from recurra.applications.prices.scores import Foretold, direction_of, scores

W, S = 200, 3


def foretold(own: float, *, seed: int = 0, skill: float = 0.0) -> Foretold:
    """Moves that came at chance, and forecasts that know a share of them."""
    chance = np.random.default_rng(seed)
    came = chance.normal(0, 1, (W * S, 4))
    guessed = skill * came + own * chance.normal(0, 1, came.shape)
    rivals = {"last_values": chance.normal(0, 1, came.shape), "usual": np.zeros(came.shape)}
    times = np.repeat(np.arange(W).astype("datetime64[D]"), S)
    ones = np.ones(W * S)
    names = np.full(W * S, "A", dtype=object)
    return Foretold(names, times, ones, 0.01 * ones, guessed, rivals, came)


def test_errors_are_means_in_percent_of_the_price() -> None:
    found = foretold(0.3)
    held = scores(found, {50: 0.7, 95: 2.0})
    off = np.abs(found.own - found.came)
    assert held.errors["path"].own == pytest.approx(off.mean())
    assert held.errors["low"].own == pytest.approx(off[:, 2].mean())
    assert held.errors["close"].rivals["usual"] == pytest.approx(np.abs(found.came[:, 3]).mean())
    assert held.covered[50] == pytest.approx((off[:, 3] <= 0.7).mean())
    assert (held.periods, held.count) == (W, W * S)


def test_tickers_of_one_time_count_once_in_the_test() -> None:
    found = foretold(0.3)
    test = scores(found, {}).errors["open"].tests["usual"]
    off = np.abs(found.own - found.came)[:, 0] - np.abs(found.came)[:, 0]
    by_time = off.reshape(W, S).mean(1)
    assert test.origins == W
    assert test.p == pytest.approx(stats.ttest_1samp(by_time, 0).pvalue, rel=0.02)


def test_skill_is_claimed_and_noise_is_not() -> None:
    skilled, blind = scores(foretold(0.1, skill=0.5), {}), scores(foretold(0.6), {})
    assert all(one.better and not one.worse for one in skilled.errors.values())
    assert all(one.worse and not one.better for one in blind.errors.values())
    rivals = "the last period's values and the last close with a usual range"
    assert f"Better, by more than chance explains, than {rivals}." in report.verdict(skilled)
    assert "orse, by more than chance explains, than the last" in report.verdict(blind)
    assert "no better than by the close before" in report.verdict(blind)


def test_of_forecasts_by_chance_few_directions_are_beyond_it() -> None:
    beyond = 0
    for seed in range(200):
        found = foretold(1.0, seed=seed)
        beyond += scores(found, {}).direction.beyond_chance
    # One-sided at 2.5%: 5 are to be expected, more than 14 come once in ten thousand.
    assert beyond <= 14
    assert scores(foretold(0.5, skill=0.5), {}).direction.beyond_chance


def test_an_interval_of_chance_is_that_of_coins_where_tickers_are_alone() -> None:
    chance = np.random.default_rng(0)
    own, came = chance.normal(size=4000), chance.normal(size=4000)
    found = direction_of(own, came, np.arange(4000))
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / 4000**0.5, rel=0.01)
    # Ten tickers that all move together are no more than one.
    together = direction_of(np.repeat(own, 10), np.repeat(came, 10), np.repeat(np.arange(4000), 10))
    assert together.high - together.low == pytest.approx(found.high - found.low, rel=0.01)


def test_always_up_where_prices_rise_is_no_skill() -> None:
    came = np.random.default_rng(0).normal(0.5, 1, 1000)
    found = direction_of(np.ones(1000), came, np.arange(1000))
    assert found.rate > 0.6
    assert found.low < found.rate < found.high
    assert not found.beyond_chance


def test_forecasts_that_never_move_have_no_direction() -> None:
    found = direction_of(np.zeros(9), np.ones(9), np.arange(9))
    assert found.count == 0
    assert not found.beyond_chance
    assert report.finite({"a": [1], "direction": vars(found)})["direction"]["rate"] is None
