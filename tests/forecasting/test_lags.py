"""The lag that forecasts start from is the one that repeats best."""

import numpy as np

from recurra.forecasting.lags import choose_lag, choose_long_lag


def test_the_lag_is_chosen_from_which_values_change_least():
    season = np.tile([0.0, 5, 9, 2], 10)
    trend = np.linspace(0, 1, 40) ** 2
    assert choose_lag([season], [1, 4, 7], horizon=1) == 4
    assert choose_lag([trend], [1, 4, 7], horizon=1) == 1
    assert choose_lag([season, 0.1 * trend], [1, 4], horizon=1) == 4


def test_lags_that_no_series_is_long_enough_for_do_not_count():
    assert choose_lag([np.tile([0.0, 5, 9, 2], 3)], [1, 11, 12], horizon=1) == 1
    assert choose_lag([np.array([0.0, 1, 5])], [5], horizon=1) == 1


def test_far_ahead_a_season_beats_the_last_value_that_beats_it_one_step_ahead():
    wander = np.random.default_rng(0).normal(0, 0.3, 200).cumsum()
    slow = 3 * np.sin(np.arange(200) * 2 * np.pi / 40) + wander
    assert choose_lag([slow], [1, 40], horizon=1) == 1
    assert choose_lag([slow], [1, 40], horizon=30) == 40


def test_of_lags_that_repeat_alike_the_longest_is_taken_where_that_is_asked_for():
    day = np.tile([-1.2, 0.3, 1.5, -0.6], 40)
    noise = 0.05 * np.random.default_rng(0).normal(size=160)
    assert choose_long_lag([day + noise], [1, 4, 28], horizon=4) == 28
    week = day + np.tile(np.repeat([0.0, 0, 0, 0, 0, 1, 1], 4), 6)[:160]
    assert choose_long_lag([week], [1, 4, 28], horizon=4) == 28
    wander = day + np.random.default_rng(1).normal(0, 0.5, 160).cumsum()
    assert choose_long_lag([wander], [1, 4, 28], horizon=1) == choose_lag([wander], [1, 4, 28], 1)
