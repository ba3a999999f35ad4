"""Level shifts: planted ones are found where they are, and chance rarely makes one."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recurra.forecasting.doctor import Severity, inspect
from recurra.forecasting.doctor.shifts import level_shifts

Random = np.random.Generator
DRAWS = 300


def white(random: Random, count: int) -> NDArray[np.float64]:
    return random.normal(size=count)


def walk(random: Random, count: int) -> NDArray[np.float64]:
    return random.normal(size=count).cumsum()


def drifting_walk(random: Random, count: int) -> NDArray[np.float64]:
    return (0.3 + random.normal(size=count)).cumsum()


def persistent(random: Random, count: int) -> NDArray[np.float64]:
    values = random.normal(size=count)
    for step in range(1, count):
        values[step] += 0.9 * values[step - 1]
    return values


@pytest.mark.parametrize("count", [60, 144, 600])
@pytest.mark.parametrize("draw", [white, walk, drifting_walk, persistent])
def test_false_alarms_are_rare_on_series_without_steps(
    draw: Callable[[Random, int], NDArray[np.float64]], count: int
) -> None:
    random = np.random.default_rng(count)
    alarms = sum(bool(level_shifts(draw(random, count), [])) for _ in range(DRAWS))
    # One in a hundred is meant: more than 10 of 300 would then come once in 2,000 such tests.
    assert alarms <= 10


def test_false_alarms_are_rare_among_many_series_together() -> None:
    random = np.random.default_rng(0)
    series = random.normal(size=(600, 200))
    assert sum(bool(level_shifts(values, [], among=200)) for values in series) <= 1


@pytest.mark.parametrize("size", [6.0, -6.0, 20.0])
@pytest.mark.parametrize("place", [60, 150, 240])
def test_a_step_in_noise_is_found_at_its_place_with_its_size(size: float, place: int) -> None:
    hits = 0
    for seed in range(20):
        values = np.random.default_rng(seed).normal(size=300)
        values[place:] += size
        found = level_shifts(values, [])
        hits += len(found) == 1 and abs(found[0].place - place) <= 1
        assert all(abs(one.size - size) < 1.5 for one in found)
    assert hits >= 19


def test_a_step_under_a_season_and_a_trend_is_found() -> None:
    time = np.arange(1000)
    noise = np.random.default_rng(0).normal(size=1000)
    values = 20 * np.sin(time * 2 * np.pi / 24) + 0.01 * time + noise + 8 * (time >= 500)
    (found,) = level_shifts(values, [24])
    assert abs(found.place - 500) <= 2
    assert found.size == pytest.approx(8, abs=1.2)


def test_two_steps_are_two() -> None:
    values = np.random.default_rng(1).normal(size=900)
    values[300:] += 6
    values[600:] -= 10
    found = level_shifts(values, [])
    assert [round(one.place, -1) for one in found] == [300, 600]
    assert found[0].size > 0 > found[1].size


def test_a_ramp_a_spike_and_a_short_bump_are_no_steps() -> None:
    random = np.random.default_rng(2)
    ramp = random.normal(size=600) + np.clip(np.arange(600) - 200, 0, 200) * 0.05
    spike = random.normal(size=600)
    spike[300] += 50
    assert level_shifts(ramp, []) == []
    assert level_shifts(spike, []) == []


def test_a_step_that_is_soon_undone_does_not_last() -> None:
    values = np.random.default_rng(3).normal(size=900)
    values[300:380] -= 8
    assert level_shifts(values, []) == []
    values[380:] -= 8
    assert [round(one.place, -1) for one in level_shifts(values, [])] == [300]


def test_a_clean_step_without_any_noise_is_found() -> None:
    (found,) = level_shifts(np.repeat([1.0, 5.0], 100), [])
    assert (found.place, found.size) == (100, 4.0)


@pytest.mark.parametrize("values", [np.zeros(300), np.arange(300.0), np.zeros(5), np.zeros(0)])
def test_nothing_is_found_where_nothing_can_be(values: NDArray[np.float64]) -> None:
    assert level_shifts(values, []) == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.floats(0.01, 1000), st.floats(-1000, 1000))
def test_units_do_not_matter(seed: int, unit: float, zero: float) -> None:
    values = np.random.default_rng(seed).normal(size=200) + 7 * (np.arange(200) >= 90)
    found, scaled = level_shifts(values, []), level_shifts(unit * values + zero, [])
    assert [one.place for one in found] == [one.place for one in scaled]
    np.testing.assert_allclose(
        [one.size * unit for one in found], [one.size for one in scaled], rtol=1e-6
    )


def test_the_finding_says_when_and_by_how_much(hours, daily_wave, only) -> None:
    finding = only(inspect(hours(daily_wave + 20 * (np.arange(720) >= 400))), "level shifts")
    assert finding.severity is Severity.WARNING
    assert finding.places[0].time == "2024-01-17 16:00:00"
    assert finding.places[0].size == pytest.approx(20, abs=0.5)
    assert finding.do
