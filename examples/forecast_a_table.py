"""From a table to a forecast with intervals, and a model file that forecasts on."""

import math
import random
import tempfile
from pathlib import Path

import polars as pl

from recurra import Forecaster


def sales() -> pl.DataFrame:
    """Ten years of months: a trend, a season of a year, and noise."""
    random.seed(0)
    months = [f"{2015 + n // 12}-{n % 12 + 1:02d}" for n in range(120)]
    values = [200 + n + 40 * math.sin(math.tau * n / 12) + random.gauss(0, 5) for n in range(120)]
    return pl.DataFrame({"month": months, "sales": values})


def main() -> None:
    """Fits, says how good the forecasts are, forecasts, and forecasts on from a file."""
    table = sales()
    forecaster = Forecaster(cell="gru", hidden_size=32, epochs=5)
    forecaster.fit(table)
    for note in forecaster.notes_:
        print("-", note)
    print(forecaster.verdict_)
    print(forecaster.predict(horizon=6, level=[80]))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.safetensors"
        forecaster.save(path)
        loaded = Forecaster.load(path)
    loaded.update(table.head(114))
    print("From a history that ends half a year earlier, without learning anew:")
    print(loaded.predict(horizon=6))


if __name__ == "__main__":
    main()
