"""Darts' RNNModel and BlockRNNModel: the same backtest, and the same forecasts from the end."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import torch
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import BlockRNNModel, RNNModel
from peers_case import PREDICTIONS, RATE, Asked, asked, names, times
from peers_lightning import QUIET, STEPS, TRAINING, Stopwatch, hush
from peers_told import Spent, begun
from sklearn.preprocessing import StandardScaler

EPOCHS = 10_000
"""More than are needed: the trainer stops after so many steps."""


def model(one: Asked) -> Any:
    """With the settings of the case."""
    case = one.case
    common: dict[str, Any] = {
        "model": one.cell.upper(),
        "input_chunk_length": case.lookback,
        "hidden_dim": case.hidden,
        "n_rnn_layers": 1,
        "batch_size": case.batch,
        "n_epochs": EPOCHS,
        "optimizer_kwargs": {"lr": RATE},
        "random_state": 0,
        "pl_trainer_kwargs": {**QUIET, "max_steps": one.steps, "callbacks": [Stopwatch()]},
    }
    if case.form == "recursive":
        return RNNModel(training_length=case.lookback, **common)
    return BlockRNNModel(
        output_chunk_length=case.horizon,
        hidden_fc_sizes=[case.hidden],
        loss_fn=torch.nn.L1Loss(),
        **common,
    )


def table_of(one: Asked) -> pd.DataFrame:
    """A row a series and time, the values in float32, as the network computes."""
    parts = zip(names(one.series), one.series, strict=True)
    return pd.concat(
        pd.DataFrame({"unique_id": name, "ds": times(len(y)), "y": y.astype(np.float32)})
        for name, y in parts
    )


def series_of(table: pd.DataFrame) -> list[TimeSeries]:
    """What Darts makes of it."""
    return TimeSeries.from_group_dataframe(
        table, "unique_id", "ds", "y", drop_group_cols="unique_id", verbose=False
    )


def rolled(one: Asked, fitted: Any, series: list[TimeSeries]) -> Any:
    """By series, the forecasts from each origin."""
    case = one.case
    return fitted.historical_forecasts(
        series,
        start=-case.origins * case.horizon,
        start_format="position",
        forecast_horizon=case.horizon,
        stride=case.horizon,
        retrain=False,
        last_points_only=False,
        verbose=False,
    )


def main() -> None:
    hush()
    one = asked()
    lightning = version("pytorch_lightning")
    versions = f"Darts {version('darts')}, PyTorch Lightning {lightning}"
    told, case, table = begun(versions, one.threads), one.case, table_of(one)
    whole = series_of(table)
    with told.fit.counting():
        scaler, net = Scaler(StandardScaler()), model(one)
        known = [y[: -case.origins * case.horizon] for y in whole]
        net.fit(scaler.fit_transform(known), verbose=False)
    told.train, told.steps = TRAINING - Spent(), STEPS[-1]
    with told.backtest.counting():
        again = scaler.transform(series_of(table))
        found = scaler.inverse_transform(rolled(one, net, again))
    np.save(one.forecasts, np.array([[f.values()[:, 0] for f in parts] for parts in found], float))
    for _ in range(PREDICTIONS):
        told.predict.append(Spent())
        with told.predict[-1].counting():
            ahead = net.predict(case.horizon, series=scaler.transform(whole), verbose=False)
            scaler.inverse_transform(ahead)
    told.end()


if __name__ == "__main__":
    main()
