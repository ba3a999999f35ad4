import numpy as np

from recurra.forecasting.baselines import seasonal_naive

VALUES = np.array([1.0, 2, 3, 10, 20, 30, 100])


def test_naive_repeats_the_last_known_value():
    forecast = seasonal_naive(VALUES, np.array([3, 7]), horizon=2, season=1)
    assert forecast.tolist() == [[3, 3], [100, 100]]


def test_seasonal_naive_repeats_the_last_known_season_as_often_as_the_horizon_needs():
    forecast = seasonal_naive(VALUES, np.array([3, 6]), horizon=7, season=3)
    assert forecast.tolist() == [[1, 2, 3, 1, 2, 3, 1], [10, 20, 30, 10, 20, 30, 10]]


def test_a_horizon_shorter_than_the_season_takes_its_beginning():
    assert seasonal_naive(VALUES, np.array([7]), 2, 4).tolist() == [[10, 20]]
