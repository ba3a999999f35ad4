"""Recurra's forecaster: a backtest that learns once, and forecasts from the end."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.metadata import version
from typing import Any, Self

import numpy as np
import polars as pl
from peers_case import PREDICTIONS, RATE, Asked, asked, names, times
from peers_told import Spent, begun

from recurra import Callback, Forecaster, Trainer
from recurra.forecasting.backtest import cross_validation

EPOCH = 256
"""Steps of an epoch of a network that learns step by step, if the series has as many windows."""

FITTING = Spent()


class Stopwatch(Callback):
    """Counts the seconds and the steps of all trainings of a fit."""

    def __init__(self) -> None:
        self.spent, self.steps = Spent(), 0

    def on_train_begin(self, trainer: Trainer) -> None:
        """Starts."""
        self._running = ExitStack()
        self._running.enter_context(self.spent.counting())

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Counts."""
        self.steps += 1

    def on_train_end(self, trainer: Trainer) -> None:
        """Stops."""
        self._running.close()


class Timed(Forecaster):
    """The forecaster, the seconds of its fits counted."""

    def fit(self, df: Any, **given: Any) -> Self:
        """Counts them."""
        with FITTING.counting():
            return super().fit(df, **given)


def forecaster(one: Asked, steps: int, watch: Stopwatch) -> Timed:
    """With the settings of the case."""
    case = one.case
    form: dict[str, Any] = {"epochs": max(1, steps // EPOCH)}
    if case.form == "direct":
        form = {"steps": steps, "ensemble": 1}
    return Timed(
        cell=one.cell,
        hidden_size=case.hidden,
        lookback=case.lookback,
        horizon=case.horizon,
        strategy=case.form,
        optimizer="adam",
        learning_rate=RATE,
        batch_size=case.batch,
        validation=case.horizon,
        test=case.horizon,
        callbacks=[watch],
        **form,
    )


def frame(one: Asked) -> pl.DataFrame:
    """A row a series and time."""
    parts = zip(names(one.series), one.series, strict=True)
    return pl.concat(
        pl.DataFrame({"unique_id": name, "ds": times(len(y)), "y": y}) for name, y in parts
    )


def main() -> None:
    one = asked()
    told = begun(f"Recurra {version('recurra')}", one.threads)
    case, table, watch, whole = one.case, frame(one), Stopwatch(), Spent()
    with whole.counting():
        found = cross_validation(
            forecaster(one, one.steps, watch), table, case.origins, case.horizon
        )
    told.backtest, told.fit = whole - FITTING, FITTING - Spent()
    told.train, told.steps = watch.spent, watch.steps
    rows = found.sort("unique_id", "ds")["recurra"].to_numpy()
    np.save(one.forecasts, rows.reshape(len(one.series), case.origins, case.horizon))
    fitted = forecaster(one, 1, Stopwatch()).fit(table)
    for _ in range(PREDICTIONS):
        told.predict.append(Spent())
        with told.predict[-1].counting():
            fitted.predict()
    told.end()


if __name__ == "__main__":
    main()
