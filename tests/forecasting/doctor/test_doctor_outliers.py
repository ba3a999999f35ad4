"""Outliers: planted ones and no others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.doctor import Severity, inspect
from recurra.forecasting.doctor.outliers import outliers


def season(count: int = 480, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.5, count)
    return 100 + 30 * np.sin(np.arange(count) * 2 * np.pi / 24) + noise


def by_hand(values: np.ndarray, lag: int) -> list[int]:
    """The rule written plainly, for inner points of a series without gaps."""
    steps = [values[i + lag] - values[i] for i in range(len(values) - lag)]
    middle = np.median(steps)
    spread = 1.4826 * np.median([abs(step - middle) for step in steps])
    found = []
    for t in range(lag, len(values) - lag):
        before = (steps[t - lag] - middle) / spread
        after = -(steps[t] - middle) / spread
        if before * after > 0 and min(abs(before), abs(after)) > 6:
            found.append(t)
    return found


def test_planted_outliers_are_found_with_their_sign() -> None:
    values = season()
    values[[100, 333]] += [20, -20]
    places, sizes = outliers(values, 24)
    assert places.tolist() == [100, 333]
    assert sizes[0] > 6
    assert sizes[1] < -6


@pytest.mark.parametrize("place", [0, 3, 23, 460, 479])
def test_those_in_the_first_and_last_season_too(place: int) -> None:
    values = season()
    values[place] += 20
    assert outliers(values, 24)[0].tolist() == [place]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(48, 400), max_size=5, unique=True))
def test_it_is_the_rule_as_written(seed: int, planted: list[int]) -> None:
    values = season(seed=seed)
    values[planted] += 25
    inner = [place for place in outliers(values, 24)[0].tolist() if 24 <= place < 456]
    runs = np.diff(sorted(planted), prepend=-9) == 1
    if not runs.any():
        assert inner == by_hand(values, 24)


def test_what_the_season_explains_a_step_and_noise_are_none() -> None:
    sharp = season() + 500 * (np.arange(480) % 24 == 8)
    assert outliers(sharp, 24)[0].tolist() == []
    assert outliers(season() + 40 * (np.arange(480) >= 240), 24)[0].tolist() == []
    random = np.random.default_rng(0)
    assert sum(len(outliers(random.normal(size=1000), 1)[0]) for _ in range(50)) == 0
    assert sum(len(outliers(random.normal(size=1000).cumsum(), 1)[0]) for _ in range(50)) == 0


def test_missing_values_around_one_do_not_hide_it() -> None:
    values = season()
    values[200] += 25
    values[[176, 210, 211]] = np.nan
    assert outliers(values, 24)[0].tolist() == [200]


@pytest.mark.parametrize(
    "values", [np.zeros(100), np.r_[np.zeros(99), 5.0], np.full(50, np.nan), np.zeros(0)]
)
def test_without_a_spread_nothing_is_judged(values: np.ndarray) -> None:
    assert len(outliers(values, 1)[0]) == 0


def test_the_finding_names_the_farthest_first(hours, daily_wave, only) -> None:
    values = daily_wave.copy()
    values[[300, 500]] += [10, -30]
    finding = only(inspect(hours(values)), "outliers")
    assert finding.severity is Severity.NOTE
    assert finding.figures["count"] == 2
    assert [place.time for place in finding.places] == [
        "2024-01-21 20:00:00",
        "2024-01-13 12:00:00",
    ]
    assert finding.places[0].size < 0 < finding.places[1].size
