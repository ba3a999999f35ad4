"""Every metric against plain loops, and quantile scores against a closed formula."""

import math
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.forecasting.backtest import backtest
from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.quantiles import crps_weights, quantiles
from recurra.forecasting.backtest.scores import score


def some(seed=0, shape=(3, 2, 4), levels=(80, 95)):
    """Forecasts of series with holes in the truth, one of them without a scale."""
    random = np.random.default_rng(seed)
    truth, own, naive, naive2 = (random.normal(10, 3, shape) for _ in range(4))
    truth[random.random(shape) < 0.2] = np.nan
    truth[:, :, 0] = 9.0
    half = {level: random.uniform(1, 3, shape) * level / 50 for level in levels}
    scale = random.uniform(1, 2, shape[:2])
    scale[-1] = 0
    low = {level: own - half[level] for level in levels}
    high = {level: own + half[level] for level in levels}
    names = tuple(f"z{shape[0] - n}" for n in range(shape[0]))
    return Judged(
        names, truth, Forecasts(own, low, high), {"naive": naive, "naive2": naive2}, scale
    )


def loops(judged, model, series, windows, steps):
    """MAE, RMSE, sMAPE and MASE, point by point."""
    error, square, share, scaled = [], [], [], []
    for s in series:
        for w in windows:
            for k in steps:
                y, f = judged.truth[s, w, k], judged.points[model][s, w, k]
                if math.isnan(y):
                    continue
                error.append(abs(y - f))
                square.append((y - f) ** 2)
                share.append(200 * abs(y - f) / (abs(y) + abs(f)))
                if judged.scale[s, w] > 0:
                    scaled.append(abs(y - f) / judged.scale[s, w])
    mase = np.mean(scaled) if scaled else None
    return np.mean(error), math.sqrt(np.mean(square)), np.mean(share), mase


def row(table, **keys):
    found = table.filter(pl.all_horizontal(pl.col(k) == v for k, v in keys.items()))
    assert len(found) == 1
    return found.to_dicts()[0]


def four(found):
    return [found[name] for name in ("mae", "rmse", "smape", "mase")]


def close(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, rel=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_errors_by_series_and_step_are_those_of_plain_loops(seed):
    judged = some(seed)
    scores = score(judged)
    for model in judged.points:
        for s, name in enumerate(judged.names):
            found = row(scores.by_series, unique_id=name, model=model)
            close(four(found), loops(judged, model, [s], range(2), range(4)))
        for k in range(4):
            found = row(scores.by_step, step=k + 1, model=model)
            close(four(found), loops(judged, model, range(3), range(2), [k]))


def test_errors_by_window_and_overall_are_means_over_series():
    judged = some(4)
    scores = score(judged)
    for model in judged.points:
        for w in range(2):
            each = [loops(judged, model, [s], [w], range(4)) for s in range(3)]
            wanted = [np.mean([e[n] for e in each if e[n] is not None]) for n in range(4)]
            close(four(row(scores.by_window, window=w + 1, model=model)), wanted)
        each = [loops(judged, model, [s], range(2), range(4)) for s in range(3)]
        wanted = [np.mean([e[n] for e in each if e[n] is not None]) for n in range(4)]
        close(four(scores.of(model)), wanted)


def test_series_keep_their_order_and_models_theirs():
    scores = score(some())
    assert scores.by_series["unique_id"].unique(maintain_order=True).to_list() == ["z3", "z2", "z1"]
    assert scores.overall["model"].to_list() == ["recurra", "naive", "naive2"]
    assert scores.by_window["window"].to_list() == [1] * 3 + [2] * 3
    assert scores.by_step["step"].to_list() == sorted(scores.by_step["step"].to_list())


def test_owa_is_the_mean_of_two_ratios_of_means():
    scores = score(some(2))
    own, base = scores.of("recurra"), scores.of("naive2")
    wanted = (own["smape"] / base["smape"] + own["mase"] / base["mase"]) / 2
    assert own["owa"] == pytest.approx(wanted)
    assert base["owa"] == 1
    one, two = (row(scores.by_series, unique_id="z3", model=m) for m in ("recurra", "naive2"))
    wanted = (one["smape"] / two["smape"] + one["mase"] / two["mase"]) / 2
    assert one["owa"] == pytest.approx(wanted)


def test_intervals_are_scored_as_in_plain_loops():
    judged = some(5)
    scores = score(judged)
    quantile = {0.5: judged.own.point}
    for level in (80, 95):
        quantile[(100 - level) / 200] = judged.own.low[level]
        quantile[(100 + level) / 200] = judged.own.high[level]
    at = sorted(quantile)
    for s, name in enumerate(judged.names):
        seen = np.isfinite(judged.truth[s])
        y = judged.truth[s][seen]
        losses = []
        for q in at:
            f = quantile[q][s][seen]
            losses.append(np.mean([max(q * (a - b), (q - 1) * (a - b)) for a, b in zip(y, f)]))  # noqa: B905
        found = row(scores.by_series, unique_id=name, model="recurra")
        assert found["pinball"] == pytest.approx(np.mean(losses))
        area, left = 0.0, (0.0, 0.0)
        for q, loss in [*zip(at, losses, strict=True), (1.0, 0.0)]:
            area += (q - left[0]) * (loss + left[1]) / 2
            left = q, loss
        assert found["crps"] == pytest.approx(2 * area)
        for level in (80, 95):
            low, high = (side[level][s] for side in (judged.own.low, judged.own.high))
            held = np.mean((low[seen] <= y) & (y <= high[seen]))
            assert found[f"coverage-{level}"] == pytest.approx(100 * held)
            assert found[f"width-{level}"] == pytest.approx((high - low).mean())
        assert row(scores.by_series, unique_id=name, model="naive")["crps"] is None


@pytest.mark.parametrize("y", [-1.5, 0.0, 0.7])
def test_with_many_quantiles_crps_is_that_of_the_normal_distribution(y):
    from scipy.stats import norm  # noqa: PLC0415

    levels = np.arange(1, 100, 1.0)
    high = {level: np.full((1, 1, 1), norm.ppf(0.5 + level / 200)) for level in levels}
    low = {level: -values for level, values in high.items()}
    own = Forecasts(np.zeros((1, 1, 1)), low, high)
    truth = np.full((1, 1, 1), y)
    scores = score(Judged(("a",), truth, own, {"naive": truth}, np.ones((1, 1))))
    # Gneiting & Raftery 2007, equation 21.
    wanted = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / math.sqrt(math.pi)
    assert scores.of("recurra")["crps"] == pytest.approx(wanted, abs=0.002)


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=9, unique=True))
def test_weights_integrate_what_is_straight_between_quantiles(at):
    at = sorted(at)
    weights = crps_weights(at)
    assert weights.sum() == pytest.approx(2 - at[0] - (1 - at[-1]), abs=1e-9)
    assert (weights > 0).all()


def test_the_quantiles_of_an_interval():
    assert quantiles("f", {80: "l"}, {80: "h"}) == {0.1: "l", 0.5: "f", 0.9: "h"}


def test_a_level_with_a_fraction_has_its_own_columns():
    scores = score(some(levels=(97.5,)))
    assert {"coverage-97.5", "width-97.5"} <= set(scores.overall.columns)


def test_an_unknown_scale_leaves_mase_undefined_and_nothing_else():
    judged = some(shape=(1, 2, 4))
    own = score(judged).of("recurra")
    assert own["mase"] is None
    assert own["owa"] is None
    assert own["mae"] > 0


def test_a_series_that_was_never_observed_does_not_count():
    judged = some(3)
    judged.truth[1] = np.nan
    scores = score(judged)
    assert row(scores.by_series, unique_id="z2", model="recurra")["mae"] is None
    each = [loops(judged, "recurra", [s], range(2), range(4)) for s in (0, 2)]
    assert scores.of("recurra")["mae"] == pytest.approx(np.mean([e[0] for e in each]))


def test_without_utilsforecast_nothing_is_fitted(last_season, numbered, monkeypatch):
    monkeypatch.setitem(sys.modules, "utilsforecast.losses", None)
    with pytest.raises(OptionError, match="utilsforecast") as error:
        backtest(last_season(), numbered(a=30), horizon=2)
    assert "pip install" in error.value.do
    assert not last_season.seen
