"""Seasons and their strength, against plain sums and known answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.doctor import inspect
from recurra.forecasting.doctor.seasons import (
    autocorrelation,
    deseasonalized,
    find_seasons,
    profile,
    slow_course,
)
from recurra.tables.frequency import Frequency

HOURS = Frequency(1, "hour")
MONTHS = Frequency(1, "month")


def week(count: int = 168 * 12, noise: float = 0.3) -> np.ndarray:
    time = np.arange(count)
    daily = np.sin(time * 2 * np.pi / 24)
    weekly = 1.0 * (time % 168 >= 120)
    return 2 * daily + 2 * weekly + np.random.default_rng(0).normal(0, noise, count)


def test_both_of_two_seasons_are_found() -> None:
    assert [one.length for one in find_seasons(week(), HOURS)] == [24, 168]


@pytest.mark.parametrize("noise", [0.2, 0.7, 1.0, 1.5])
def test_strength_is_the_share_of_variance_that_repeats(noise: float) -> None:
    time = np.arange(2400)
    wave = np.sin(time * 2 * np.pi / 12) * np.sqrt(2)
    values = wave + np.random.default_rng(1).normal(0, noise, len(time)) + 0.01 * time
    (found,) = find_seasons(values, MONTHS)
    assert found.strength == pytest.approx(1 / (1 + noise**2), abs=0.04)


@pytest.mark.parametrize("kind", ["noise", "walk"])
def test_chance_rarely_makes_a_season(kind: str) -> None:
    random = np.random.default_rng(2)
    found = 0
    for _ in range(200):
        values = random.normal(size=240)
        found += bool(find_seasons(values.cumsum() if kind == "walk" else values, MONTHS))
    assert found <= 4


@pytest.mark.parametrize("values", [np.ones(100), np.arange(100.0), np.ones(3), np.zeros(30)])
def test_a_series_that_does_not_vary_has_none(values: np.ndarray) -> None:
    assert find_seasons(values, MONTHS) == []


def test_without_a_calendar_the_period_of_a_wave_is_found() -> None:
    values = np.sin(np.arange(400) * 2 * np.pi / 20)
    assert [one.length for one in find_seasons(values, Frequency(1, "step"))] == [20]


def test_what_was_found_can_be_taken_away() -> None:
    values = week(noise=0.1)
    assert deseasonalized(values, [24, 168])[200:-200].std() < 0.2 < values.std()


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 60), st.integers(0, 100), st.integers(1, 12))
def test_sums_are_those_written_out(count: int, seed: int, lag: int) -> None:
    values = np.random.default_rng(seed).normal(size=count)
    rest = values - values.mean()
    plain = [
        float(np.mean(rest[k:] * rest[: count - k])) / rest.var()
        for k in range(min(lag, count - 1) + 1)
    ]
    np.testing.assert_allclose(autocorrelation(values, lag)[: len(plain)], plain, atol=1e-9)
    half = lag // 2
    for t in range(count):
        if half <= t < count - half and lag > 1:
            part = values[t - half : t + half + 1]
            weights = np.ones(lag) if lag % 2 else np.r_[0.5, np.ones(lag - 1), 0.5]
            expected = float(part @ weights) / lag
            assert slow_course(values, lag)[t] == pytest.approx(expected, abs=1e-9)


def test_a_profile_is_the_mean_of_each_phase() -> None:
    course = profile(np.tile([1.0, 5.0, 3.0], 20), 3)
    np.testing.assert_allclose(course, [-2, 2, 0], atol=1e-12)


def test_the_recommendation_names_the_seasons(hours) -> None:
    found = inspect(hours(week()))
    assert found.seasons == (24, 168)
    assert found.recommendation == "Forecast 24 ahead; seasons 24 and 168."
    assert "<svg" in found.to_html()
