"""Baselines are made from the same origins, of what is known there."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import polars as pl
import pytest

from recurra.errors import OptionError
from recurra.forecasting.backtest import automatic, backtest
from recurra.forecasting.backtest.rules import drift, naive, seasonal_naive

VALUES = np.array([1.0, 5.0, 2.0, 6.0, 4.0])


def test_worked_examples():
    assert naive(VALUES, 3, 2).tolist() == [4, 4, 4]
    assert seasonal_naive(VALUES, 3, 2).tolist() == [6, 4, 6]
    assert seasonal_naive(VALUES, 2, 9).tolist() == [4, 4]
    assert drift(VALUES, 3, 2).tolist() == [4.75, 5.5, 6.25]
    assert drift(VALUES[:1], 2, 1).tolist() == [1, 1]


def test_each_is_forecast_from_the_origin_of_its_window(last_season, numbered):
    done = backtest(
        last_season(), numbered(a=12, b=20), n_windows=2, step_size=3, horizon=2, season=3
    )
    frame = done.frame().filter(pl.col("unique_id") == "a")
    assert frame["cutoff"].to_list() == [6, 6, 9, 9]
    assert frame["naive"].to_list() == [6, 6, 9, 9]
    assert frame["seasonal_naive"].to_list() == [4, 5, 7, 8]
    assert frame["drift"].to_list() == [7, 8, 10, 11]


def test_what_comes_later_changes_no_baseline(last_season, numbered):
    frame = numbered(a=40).with_columns(pl.col("y") % 7 + 1)
    other = frame.with_columns(pl.when(pl.col("ds") >= 30).then(1e6).otherwise("y").alias("y"))
    names = ["naive", "seasonal_naive", "drift", "naive2"]
    one, two = (
        backtest(last_season(), table, n_windows=2, step_size=5, horizon=5, season=7).frame()
        for table in (frame, other)
    )
    assert one.head(5).select(names).equals(two.head(5).select(names))
    assert not one.tail(5).select(names).equals(two.tail(5).select(names))


def test_without_a_season_rules_that_are_then_naive_are_left_out(last_season, numbered):
    done = backtest(last_season(), numbered(a=40), n_windows=2, horizon=2, season=1)
    assert [*done.judged.rivals] == ["naive", "drift"]
    only = {"n_windows": 2, "horizon": 2, "season": 1, "baselines": ["naive2"]}
    assert [*backtest(last_season(), numbered(a=40), **only).judged.rivals] == ["naive2"]


@pytest.mark.parametrize("names", [["naiv"], [], "naive", ["naive", "prophet"]])
def test_unknown_names_are_refused_before_anything_is_fitted(last_season, numbered, names):
    with pytest.raises(OptionError, match="baselines"):
        backtest(last_season(), numbered(a=40), horizon=2, baselines=names)
    assert not last_season.seen


# statsforecast, played --------------------------------------------------------------------------


@pytest.fixture
def played(monkeypatch):
    """A statsforecast whose models answer the mean of what is known, plus the season."""

    class Mean:
        def __init__(self, season_length):
            self.season = season_length

        def forecast(self, y, h):
            if len(y) > 35:
                raise ZeroDivisionError
            return {"mean": np.full(h, y.mean() + self.season)}

    module = ModuleType("statsforecast")
    module.models = SimpleNamespace(AutoETS=Mean, AutoTheta=Mean)
    monkeypatch.setitem(sys.modules, "statsforecast", module)
    monkeypatch.setitem(sys.modules, "statsforecast.models", module.models)
    monkeypatch.setattr(automatic, "installed", lambda: True)


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    monkeypatch.setitem(sys.modules, "statsforecast.models", None)
    monkeypatch.setattr(automatic, "installed", lambda: False)


@pytest.mark.usefixtures("played")
def test_statistical_models_take_part_where_they_are_installed(last_season, numbered):
    done = backtest(last_season(), numbered(a=30), n_windows=1, horizon=4, season=3)
    assert [*done.judged.rivals][-2:] == ["auto_ets", "auto_theta"]
    assert done.judged.rivals["auto_ets"].tolist() == [[[12.5 + 3] * 4]]


@pytest.mark.usefixtures("played")
def test_one_that_fails_is_replaced_by_naive_and_it_is_said(last_season, numbered):
    done = backtest(last_season(), numbered(a=40), n_windows=2, horizon=4, season=3)
    assert done.judged.rivals["auto_ets"][0, 1].tolist() == [35] * 4
    assert "auto_ets failed 1 times of 2: the naive one instead" in done.notes


@pytest.mark.usefixtures("played")
def test_many_fits_are_only_made_when_they_are_asked_for(last_season, numbered, monkeypatch):
    monkeypatch.setattr(automatic, "MOST_FITS", 1)
    options = {"n_windows": 2, "horizon": 3, "season": 3}
    done = backtest(last_season(), numbered(a=30), **options)
    assert "auto_ets" not in done.judged.rivals
    assert any("AutoETS and AutoTheta were left out: 2 fits" in note for note in done.notes)
    named = backtest(last_season(), numbered(a=30), **options, baselines=["naive", "auto_ets"])
    assert [*named.judged.rivals] == ["naive", "auto_ets"]


@pytest.mark.usefixtures("absent")
def test_that_statsforecast_is_not_there_is_said_and_refused_before_a_fit(last_season, numbered):
    options = {"n_windows": 2, "horizon": 3, "season": 3}
    done = backtest(last_season(), numbered(a=30), **options)
    assert any("statsforecast is not installed" in note for note in done.notes)
    last_season.seen.clear()
    with pytest.raises(
        OptionError, match=r"statsforecast is not installed(.|\n)*recurra\[baselines\]"
    ):
        backtest(last_season(), numbered(a=30), **options, baselines=["auto_theta"])
    assert not last_season.seen


def test_the_real_statsforecast_forecasts_a_season():
    pytest.importorskip("statsforecast")
    time = np.arange(84)
    noise = np.random.default_rng(0).normal(size=84)
    values, truth = np.split(100 + 10 * np.sin(time * np.pi / 6) + 0.5 * time + noise, [72])
    for name in automatic.NAMES:
        ahead = automatic.automatic(name, pytest.fail)(values, 12, 12)
        assert np.abs(ahead - truth).mean() < 0.5 * np.abs(values[-1] - truth).mean()
