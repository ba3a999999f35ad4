import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recurra.forecasting.season import candidates, infer, infer_shared
from recurra.tables.frequency import Frequency

STEPS = Frequency(1, "step")
MONTHS = Frequency(1, "month")
HOURS = Frequency(1, "hour")


def noise(count: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=count)


@pytest.mark.parametrize(
    ("frequency", "seasons"),
    [
        (MONTHS, {12}),
        (Frequency(1, "month end"), {12}),
        (Frequency(3, "month"), {4}),
        (Frequency(1, "week"), {52}),
        (Frequency(1, "day"), {7, 365}),
        (Frequency(1, "business day"), {5, 261}),
        (HOURS, {24, 168, 8766}),
        (Frequency(30, "minute"), {48, 336}),
        (Frequency(10, "minute"), {144, 1008}),
        (Frequency(1, "minute"), {60, 1440}),
    ],
)
def test_the_calendar_suggests_its_cycles(frequency: Frequency, seasons: set[int]) -> None:
    assert seasons <= set(candidates(frequency))


def test_the_period_of_a_sine_is_found_without_a_calendar() -> None:
    assert infer(np.sin(0.1 * np.arange(2000)), STEPS)[0] == 63


@pytest.mark.parametrize("period", [24, 168])
def test_a_noisy_pattern_that_repeats_is_found(period: int) -> None:
    pattern = np.tile(noise(period, seed=1), 12)
    assert infer(pattern + 0.3 * noise(len(pattern)), HOURS)[0] == period


def test_a_trend_does_not_hide_a_season() -> None:
    time = np.arange(144)
    values = 100 + 2 * time + 30 * np.sin(2 * np.pi * time / 12) + noise(144)
    assert infer(values, MONTHS)[0] == 12


def test_a_straight_line_has_no_season() -> None:
    assert infer(np.arange(200.0), MONTHS)[0] == 1


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e9, 1e9), st.integers(1, 300))
def test_a_constant_has_no_season(level: float, count: int) -> None:
    assert infer(np.full(count, level), MONTHS)[0] == 1


def test_noise_and_random_walks_hardly_ever_have_a_season() -> None:
    seasons = [infer(noise(300, seed), MONTHS)[0] for seed in range(40)]
    seasons += [infer(noise(300, seed).cumsum(), MONTHS)[0] for seed in range(40)]
    assert seasons.count(1) >= 76


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_unit_and_level_do_not_matter(scale: float, level: float) -> None:
    values = np.tile(noise(12, seed=2), 10) + 0.1 * noise(120)
    assert infer(level + scale * values, MONTHS)[0] == infer(values, MONTHS)[0]


def test_what_was_found_is_said() -> None:
    assert "12" in infer(np.tile(noise(12), 10), MONTHS)[1]


@pytest.mark.parametrize("years", [3, 5, 10])
def test_a_year_is_found_in_growing_monthly_sales(years: int) -> None:
    time = np.arange(12 * years)
    wave = 1 + 0.2 * np.sin(2 * np.pi * time / 12)
    assert infer((100 + 2 * time) * wave * np.exp(0.03 * noise(len(time))), MONTHS)[0] == 12


def test_a_week_is_found_in_days() -> None:
    days = np.arange(300)
    assert infer(5.0 * (days % 7 > 4) + noise(300), Frequency(1, "day"))[0] == 7


def test_of_a_day_and_a_week_in_hours_one_is_found() -> None:
    hours = np.arange(24 * 7 * 8)
    day, weekend = np.sin(2 * np.pi * hours / 24), hours // 24 % 7 > 4
    assert infer(day + weekend + 0.3 * noise(len(hours)), HOURS)[0] in {24, 168}
    assert infer(day + 0.3 * noise(len(hours)), HOURS)[0] == 24


def test_a_day_is_found_though_it_drowns_in_a_slow_walk() -> None:
    hours = np.arange(24 * 100)
    walk = noise(len(hours)).cumsum()
    assert infer(walk + 2 * np.sin(2 * np.pi * hours / 24), HOURS)[0] == 24


def test_without_a_calendar_noise_and_walks_hardly_ever_have_a_season() -> None:
    kinds = [noise(300, seed) for seed in range(40)]
    kinds += [values.cumsum() for values in kinds] + [values.cumsum().cumsum() for values in kinds]
    assert [infer(values, STEPS)[0] for values in kinds].count(1) >= 0.95 * len(kinds)


@pytest.mark.parametrize("count", range(12))
def test_hardly_any_points_have_no_season(count: int) -> None:
    assert infer(np.arange(float(count)) % 2, STEPS)[0] == 1


def quarters(count, seasonal, seed=0):
    generator = np.random.default_rng(seed)
    shape = np.tile([0.0, 3, 1, -2], 12)
    noise = generator.normal(size=(count, 48)).cumsum(axis=1)
    return [one + shape * 3 * (number < seasonal) for number, one in enumerate(noise)]


def test_of_many_series_a_season_counts_that_a_tenth_of_them_has():
    quarterly = Frequency(3, "month")
    season, told = infer_shared(quarters(60, 12), quarterly)
    assert season == 4
    assert told.startswith("a season of 4 steps was found in ")
    assert infer_shared(quarters(60, 2), quarterly)[0] == 1


def test_of_few_series_that_season_counts_that_most_have():
    quarterly = Frequency(3, "month")
    assert infer_shared(quarters(9, 6), quarterly) == (4, "a season of 4 steps was found")
    assert infer_shared(quarters(9, 3), quarterly) == (1, "no season was found")
