"""NeuralForecast's LSTM and GRU: the same backtest, and the same forecasts from the end."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import MAE, MSE
from neuralforecast.models import GRU, LSTM
from peers_case import PREDICTIONS, RATE, Asked, asked, names, times
from peers_lightning import QUIET, STEPS, TRAINING, Stopwatch, hush
from peers_told import Spent, begun

MODELS = {"lstm": LSTM, "gru": GRU}


def forecaster(one: Asked, steps: int) -> NeuralForecast:
    """With the settings of the case."""
    case = one.case
    model = MODELS[one.cell](
        h=case.horizon,
        input_size=case.lookback,
        recurrent=case.form == "recursive",
        encoder_n_layers=1,
        encoder_hidden_size=case.hidden,
        decoder_hidden_size=case.hidden,
        loss=MSE() if case.form == "recursive" else MAE(),
        max_steps=steps,
        learning_rate=RATE,
        windows_batch_size=case.batch,
        callbacks=[Stopwatch()],
        **QUIET,
    )
    return NeuralForecast([model], freq="h")


def frame(one: Asked) -> pd.DataFrame:
    """A row a series and time."""
    parts = zip(names(one.series), one.series, strict=True)
    return pd.concat(
        [pd.DataFrame({"unique_id": name, "ds": times(len(y)), "y": y}) for name, y in parts],
        ignore_index=True,
    )


def backtest(one: Asked, table: pd.DataFrame) -> tuple[Any, Spent, Spent]:
    """The frame of forecasts, and what the fit and the rest took."""
    case, whole, fitting, kind = one.case, Spent(), Spent(), MODELS[one.cell]
    # Of the class, since the models are copied.
    original, kind.fit = kind.fit, fitting.around(kind.fit)
    with whole.counting():
        found = forecaster(one, one.steps).cross_validation(
            table, n_windows=case.origins, step_size=case.horizon, refit=False
        )
    kind.fit = original
    return found.sort_values(["unique_id", "ds"])[kind.__name__], fitting, whole - fitting


def main() -> None:
    hush()
    one = asked()
    lightning = version("pytorch_lightning")
    versions = f"NeuralForecast {version('neuralforecast')}, PyTorch Lightning {lightning}"
    told, case, table = begun(versions, one.threads), one.case, frame(one)
    found, told.fit, told.backtest = backtest(one, table)
    told.train, told.steps = TRAINING - Spent(), STEPS[-1]
    rows = found.to_numpy(np.float64)
    np.save(one.forecasts, rows.reshape(len(one.series), case.origins, case.horizon))
    fitted = forecaster(one, 1)
    fitted.fit(table)
    for _ in range(PREDICTIONS):
        told.predict.append(Spent())
        with told.predict[-1].counting():
            fitted.predict()
    told.end()


if __name__ == "__main__":
    main()
