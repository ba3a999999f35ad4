"""The rules by which settings are chosen, and that any data gets usable ones."""

from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.rules import Facts, choose, cycle, lookback


def test_hours_of_many_weeks_are_seen_by_level_from_the_week_before() -> None:
    assert lookback(24, 700, 48) == 168
    found = choose(Facts(48, 24, 168, 700, 300_000, positive=True, series=414), 168)
    assert (found.frame, found.divided, found.shares) == ("level", False, True)
    sizes = found.sizes
    assert (sizes.lookback, sizes.segment, sizes.ahead, sizes.lag) == (168, 24, 24, 168)
    assert sizes.queries == (168, 24)


def test_months_are_freed_of_their_season() -> None:
    months = Facts(18, 12, 12, 100, 140_000, positive=True, series=1400)
    found = choose(months, lookback(12, 100, 18))
    assert (found.frame, found.divided) == (("level", "volatility"), True)
    assert (found.sizes.lag, found.linear) == (1, "learned")
    for fewer in (replace(months, series=9), replace(months, points=8_000)):
        assert choose(fewer, lookback(12, 100, 18)).frame == "volatility"
    smoothed = choose(months, lookback(12, 100, 18), "smoothed")
    assert (smoothed.divided, smoothed.smoothed, smoothed.sizes.lag) == (False, True, 0)
    assert found.sizes.segment == 6


def test_temperatures_are_counted_from_the_last_value() -> None:
    found = choose(Facts(96, 24, 24, 8640, 60_000, positive=False, series=7), 720)
    assert (found.frame, found.shares, found.sizes.lag) == ("last", False, 1)


def test_the_week_is_looked_at_where_it_was_seen_three_times() -> None:
    assert cycle(24, 504) == 168
    assert cycle(24, 503) == 24
    assert cycle(12, 10_000) == 12


def test_a_week_is_not_taken_for_a_day() -> None:
    assert cycle(48, 10_000) == 336
    assert cycle(336, 10_000) == 336
    assert cycle(168, 10_000) == 168


def test_long_series_of_days_are_read_two_weeks_back() -> None:
    assert lookback(24, 8640, 96) == 336
    assert lookback(96, 34_560, 96) == 672
    assert lookback(24, 2000, 48) == 168


def test_the_linear_way_is_solved_for_far_horizons_and_little_data() -> None:
    def linear(horizon: int, lag: int, length: int, series: int) -> str:
        facts = Facts(horizon, 24, lag, length, length * series, positive=False, series=series)
        return choose(facts, 336).linear

    assert linear(96, 24, 8640, 7) == "learned"
    assert linear(192, 24, 8640, 7) == "solved"
    assert linear(24, 24, 8640, 1) == "solved"
    assert linear(48, 168, 700, 414) == "learned"


def test_many_series_are_learned_from_for_longer() -> None:
    def steps(series: int, length: int) -> int:
        facts = Facts(24, 24, 24, length, length * series, positive=True, series=series)
        return choose(facts, 168).steps

    assert [steps(1, 1000), steps(99, 10_000)] == [600, 600]
    assert [steps(100, 100), steps(100, 200), steps(100, 2000)] == [600, 1200, 2000]


def test_strange_stretches_are_shown_to_few_series_that_are_familiar() -> None:
    def share(season: int, length: int, series: int, *, positive: bool = True) -> float:
        facts = Facts(24, season, season, length, length * series, positive, series)
        return choose(facts, 2 * season).disturbed

    assert share(24, 240, 1) == 0.2
    assert share(24, 239, 1) == 0
    assert share(24, 240, 10) == 0
    assert share(24, 240, 1, positive=False) == 0
    assert share(12, 240, 1) == 0


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 60),
    st.sampled_from([1, 2, 4, 5, 7, 12, 13, 24, 48, 52, 96, 168, 365]),
    st.integers(1, 2000),
    st.booleans(),
    st.data(),
)
def test_any_data_gets_sizes_that_fit_together(horizon, season, length, positive, data) -> None:
    wanted = lookback(season, length, horizon)
    assert 1 <= wanted <= max(1, length)
    lags = [lag for lag in (1, season, cycle(season, length)) if 3 * lag <= length] or [1]
    lag = data.draw(st.sampled_from(lags))
    found = choose(
        Facts(horizon, season, lag, length, 10 * length, positive=positive, series=10), wanted
    )
    sizes = found.sizes
    assert sizes.lookback % sizes.segment == 0
    assert sizes.lookback >= max(sizes.lag, *sizes.queries, 1)
    assert sizes.written * sizes.ahead >= horizon
    past = torch.rand(2, sizes.lookback) + 1
    future = torch.ones(2, horizon)
    batch = Batch(past, torch.ones_like(past), future, future, torch.ones(2))
    assert found.build("gru")(batch).shape == (2, horizon)
