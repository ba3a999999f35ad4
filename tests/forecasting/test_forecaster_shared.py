"""Two processes that share a fit of a forecaster come to what one does."""

import numpy as np
import polars as pl
import pytest

from recurra.forecasting import Forecaster

SEGMENTS = {"steps": 12, "ensemble": 2, "hidden_size": 4}
STEPWISE = {"strategy": "recursive", "epochs": 3, "hidden_size": (4, 3)}


def _fitted(options):
    chance, times = np.random.default_rng(0), np.arange(90)
    parts = [
        pl.DataFrame(
            {
                "unique_id": [f"s{number}"] * (90 - 25 * number),
                "ds": times[: 90 - 25 * number],
                "y": (3 + np.sin(times / 3) + 0.1 * chance.standard_normal(90))[25 * number :],
            }
        )
        for number in range(2)
    ]
    made = Forecaster(horizon=3, seed=3, **options).fit(pl.concat(parts))
    return made.predict()["recurra"].to_list(), made.history_.history, made.verdict_


@pytest.mark.parametrize("options", [SEGMENTS, STEPWISE], ids=["segments", "stepwise"])
def test_forecasts_are_those_of_one_process(two, options):
    alone, history, _ = _fitted(options)
    first, second = two.run(_fitted, options)
    assert first == second
    assert first[0] == pytest.approx(alone, rel=1e-3)
    assert first[1]["loss"] == pytest.approx(history["loss"], rel=1e-3)
