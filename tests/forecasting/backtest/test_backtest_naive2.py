"""Naive2 as the M4 competition defines it."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.forecasting.backtest.naive2 import naive2
from recurra.forecasting.factors import is_seasonal, seasonal_factors

BESIDE = Path(__file__).parents[3].parent / "shared" / "data"


def slow_factors(values, season):
    """Classical decomposition in plain loops: ratios to a moving mean, averaged by place."""
    ratios = [[] for _ in range(season)]
    for n in range(len(values)):
        if season % 2:
            around = range(n - season // 2, n + season // 2 + 1)
            weights = [1 / season] * season
        else:
            around = range(n - season // 2, n + season // 2 + 1)
            weights = [0.5 / season, *[1 / season] * (season - 1), 0.5 / season]
        if around[0] >= 0 and around[-1] < len(values):
            mean = sum(w * values[place] for w, place in zip(weights, around, strict=True))
            ratios[n % season].append(values[n] / mean)
    means = [sum(found) / len(found) for found in ratios]
    return np.array(means) / np.mean(means)


@given(st.integers(2, 9), st.integers(0, 8), st.integers(0, 99))
def test_factors_are_those_of_a_decomposition_in_plain_loops(season, more, seed):
    values = np.random.default_rng(seed).uniform(1, 9, 3 * season + more)
    np.testing.assert_allclose(seasonal_factors(values, season), slow_factors(values, season))


@pytest.mark.parametrize("season", [4, 7, 12])
@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_season_that_repeats_exactly_goes_on(season, more):
    factors = np.linspace(0.5, 1.5, season)
    values = 10 * np.resize(factors, 8 * season + more)
    ahead = 10 * np.resize(factors, 10 * season + more)[len(values) :][: season + 2]
    np.testing.assert_allclose(naive2(values, season + 2, season), ahead)


def test_without_a_season_it_is_the_last_value():
    noise = np.random.default_rng(0).uniform(1, 2, 60)
    assert not is_seasonal(noise, 7)
    np.testing.assert_array_equal(naive2(noise, 3, 7), np.full(3, noise[-1]))
    np.testing.assert_array_equal(naive2(noise, 3, 1), np.full(3, noise[-1]))


def test_a_season_needs_three_of_itself_to_be_tested_for():
    values = np.tile(np.random.default_rng(0).uniform(1, 2, 40), 3)
    assert is_seasonal(values, 40)
    assert not is_seasonal(values[1:], 40)


@pytest.mark.parametrize("values", [np.ones(40), np.array([5.0]), np.arange(3.0)])
def test_the_constant_and_the_short_are_not_seasonal(values):
    np.testing.assert_array_equal(naive2(values, 2, 4), np.full(2, values[-1]))


@pytest.mark.parametrize("shift", [-10.0, -2.0])
def test_values_not_above_0_have_no_multiplicative_season(shift):
    wave = 2 + shift + np.sin(np.arange(60) * np.pi / 6)
    np.testing.assert_array_equal(naive2(wave, 3, 12), np.full(3, wave[-1]))


def test_the_seasonality_test_is_bartletts():
    values = np.random.default_rng(0).normal(size=48) + np.resize([1.5, 0, 0, 0], 48)
    rest = values - values.mean()
    r = [sum(rest[n] * rest[n + lag] for n in range(48 - lag)) / sum(rest**2) for lag in range(5)]
    limit = 1.645 * np.sqrt((1 + 2 * (r[1] ** 2 + r[2] ** 2 + r[3] ** 2)) / 48)
    assert is_seasonal(values, 4) == (abs(r[4]) > limit)
    assert is_seasonal(values, 4)


def m4_hourly(part: str) -> dict[str, np.ndarray]:
    path = Path(os.environ.get("RECURRA_DATA", BESIDE)) / f"forecasting/m4/Hourly-{part}.csv.gz"
    if not path.exists():
        pytest.skip(f"{path} is absent: name the folder of data with RECURRA_DATA")
    with gzip.open(path, "rt") as file:
        _, *rows = csv.reader(file)
    return {row[0]: np.array([float(cell) for cell in row[1:] if cell]) for row in rows}


def test_it_is_the_published_naive2_of_m4_hourly():
    smape, mase = [], []
    test = m4_hourly("test")
    for name, train in m4_hourly("train").items():
        errors = np.abs(test[name] - naive2(train, 48, 24))
        smape.append(200 * np.mean(errors / (test[name] + naive2(train, 48, 24))))
        mase.append(errors.mean() / np.abs(train[24:] - train[:-24]).mean())
    assert len(mase) == 414
    assert np.mean(smape) == pytest.approx(18.383, abs=5e-4)
    assert np.mean(mase) == pytest.approx(2.395, abs=5e-4)
