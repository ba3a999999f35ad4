"""What a forecaster with the defaults must say of series whose best forecast is known."""

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster


def frame(**series: np.ndarray) -> pl.DataFrame:
    parts = [
        pl.DataFrame({"id": name, "step": np.arange(len(values)), "y": values})
        for name, values in series.items()
    ]
    return pl.concat(parts)


def pattern(seed: int, season: int = 7, times: int = 40) -> np.ndarray:
    return np.tile(20 + 5 * np.random.default_rng(seed).normal(size=season), times)


@pytest.mark.parametrize(("strategy", "count"), [(None, 1), (None, 3), ("recursive", 1)])
def test_what_is_exactly_the_last_season_is_forecast_so(strategy: str | None, count: int) -> None:
    table = frame(**{f"s{number}": pattern(number) for number in range(count)})
    forecaster = Forecaster(horizon=7, strategy=strategy).fit(table)
    assert forecaster.season_ == 7
    found = forecaster.evaluation_
    assert found.multi_step.mae < 0.05 * found.naive.mae
    ahead = forecaster.predict()["recurra"].to_numpy().reshape(count, 7)
    truth = np.stack([pattern(number)[:7] for number in range(count)])
    assert np.abs(ahead - truth).max() < 1


@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_is_found_in_a_random_walk(seed: int) -> None:
    walk = 1000 + np.random.default_rng(seed).normal(size=600).cumsum()
    forecaster = Forecaster(horizon=5).fit(frame(walk=walk))
    found = forecaster.evaluation_
    assert 0.9 * found.naive.mase < found.multi_step.mase < 1.15 * found.naive.mase
    assert forecaster.verdict_.startswith("Recurra's forecasts are no better than a simple rule")
    assert found.tests["naive"].origins >= 5
