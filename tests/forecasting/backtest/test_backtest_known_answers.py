"""Series whose verdict is known beforehand, and the real forecaster."""

import numpy as np
import polars as pl

from recurra import Forecaster
from recurra.forecasting.backtest import backtest, cross_validation

SMALL = {"hidden_size": 8, "epochs": 2}


def test_an_exact_last_season_has_a_mase_of_0(last_season, months):
    random = np.random.default_rng(0)
    values = np.concatenate([random.uniform(5, 15, 60), np.tile(random.uniform(5, 15, 12), 6)])
    done = backtest(last_season(season=12), months(values), n_windows=5, horizon=12, season=12)
    own = done.scores.of("recurra")
    assert own["mase"] == own["mae"] == own["smape"] == 0
    assert "both forecast" in done.verdict
    assert "without error" in done.verdict


def test_a_random_walk_is_no_better_than_naive_to_the_real_forecaster():
    walk = np.cumsum(np.random.default_rng(1).normal(size=300))
    frame = pl.DataFrame({"ds": np.arange(300), "y": walk})
    done = backtest(Forecaster(**SMALL), frame, n_windows=8, horizon=4, season=1)
    assert "no better than naive" in done.verdict or "Do not rely" in done.verdict
    assert "closer to the truth than the best baseline" not in done.verdict


def test_of_random_walks_hardly_one_is_forecast_better_than_by_naive(last_season):
    better = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        frame = pl.DataFrame({"ds": np.arange(200), "y": np.cumsum(random.normal(size=200))})
        done = backtest(
            last_season(bias=0.2 * random.normal()), frame, n_windows=10, horizon=3, season=1,
            baselines=["naive"],
        )  # fmt: skip
        better += "closer to the truth than the best baseline" in done.verdict
    assert better <= 2


def test_a_clear_winner_wins(last_season):
    random = np.random.default_rng(0)
    values = np.tile(random.uniform(5, 15, 7), 30) + 0.3 * random.normal(size=210)
    frame = pl.DataFrame({"ds": np.arange(210), "y": values})
    done = backtest(
        last_season(season=7), frame, n_windows=8, horizon=7, season=7,
        baselines=["naive", "drift"],
    )  # fmt: skip
    assert "closer to the truth than the best baseline, naive" in done.verdict
    assert "more than chance explains" in done.verdict


def wave(count=160, seed=0):
    noise = np.random.default_rng(seed).normal(0, 0.2, count)
    return 50 + 10 * (np.sin(np.arange(count) * np.pi / 6) + noise)


def test_the_real_forecaster_forecasts_what_a_fit_by_hand_forecasts(months):
    frame = months(wave())
    made = cross_validation(Forecaster(**SMALL, horizon=6), frame, 2, refit=True, level=[80])
    for window, end in enumerate((148, 154)):
        by_hand = Forecaster(**SMALL, horizon=6).fit(frame.head(end)).predict(level=[80])
        rows = made.slice(6 * window, 6)
        assert rows.select(by_hand.columns).equals(by_hand)
        assert rows["y"].to_list() == frame["y"][end : end + 6].to_list()
        assert rows["cutoff"].unique().to_list() == [frame["ds"][end - 1]]


def test_without_a_refit_the_real_forecaster_only_takes_in_what_is_new(months):
    frame = months(wave())
    made = cross_validation(Forecaster(**SMALL, horizon=6), frame, 2)
    by_hand = Forecaster(**SMALL, horizon=6).fit(frame.head(148)).update(frame.head(154)).predict()
    assert made.tail(6)["recurra"].to_list() == by_hand["recurra"].to_list()


def test_one_step_is_forecast_one_step_at_a_time(months):
    made = cross_validation(Forecaster(**SMALL, strategy="one-step"), months(wave()), 4)
    assert len(made) == 4
    assert (made["ds"].to_list()[:-1]) == made["cutoff"].to_list()[1:]


def test_a_series_too_short_to_be_learned_from_is_left_out(months):
    frame = pl.concat([months(wave(), "a"), months(wave(24, 1), "b")])
    done = backtest(Forecaster(**SMALL), frame, n_windows=2, horizon=6, season=12)
    assert done.judged.names == ("a",)
    assert any("b" in note and "left out" in note for note in done.notes)


def test_the_season_is_found_before_the_first_origin(last_season, months):
    frame = months(wave())
    later = frame.with_columns(
        pl.when(pl.int_range(pl.len()) >= 148).then(pl.col("y") * 99).otherwise("y").alias("y")
    )
    for table in (frame, later):
        done = backtest(last_season(), table, n_windows=2, horizon=6)
        assert done.season == 12
        assert "a season of 12 steps was found" in done.notes


def test_figures_are_plain_data(last_season, months):
    import json  # noqa: PLC0415

    done = backtest(last_season(), months(wave()), n_windows=2, horizon=6, level=[80])
    figures = json.loads(json.dumps(done.to_json(), allow_nan=False))
    assert figures["overall"]["recurra"].keys() >= {"mae", "rmse", "smape", "mase", "owa", "crps"}
    assert figures["n_windows"] == 2
    assert figures["refit_every"] is None
    assert len(figures["by_step"]) == 6 * len(figures["overall"])
