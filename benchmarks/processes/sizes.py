"""Bytes a series: of its table, of a model of many series, and of seven forecasts.

    python benchmarks/processes/sizes.py

What is told is the difference between 1,500 simulated series of 200 days and 500 of them.
"""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from recurra.forecasting import Forecaster

FEW, MANY, DAYS = 500, 1500, 200


def simulated(count: int) -> pl.DataFrame:
    """A week's season and 10% noise on a level of its own."""
    chance, days = np.random.default_rng(0), np.arange(DAYS)
    level = chance.uniform(10, 1000, (count, 1))
    noise = 1 + 0.1 * chance.standard_normal((count, DAYS))
    first = datetime.date(2024, 1, 1)
    dates = pl.date_range(first, first + datetime.timedelta(DAYS - 1), eager=True)
    return pl.DataFrame(
        {
            "unique_id": np.repeat([f"s{number:06d}" for number in range(count)], DAYS),
            "ds": pl.concat([dates] * count),
            "y": (level * (1 + 0.3 * np.sin(2 * np.pi * days / 7)) * noise).ravel(),
        }
    )


def sizes(count: int, folder: Path) -> dict[str, int]:
    """Of what so many series come to on the disk."""
    frame = simulated(count)
    frame.write_parquet(folder / "table")
    made = Forecaster(steps=5).fit(frame)
    made.save(folder / "model.safetensors")
    made.predict().write_parquet(folder / "forecasts")
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        few, many = (sizes(count, Path(place)) for count in (FEW, MANY))
    for name, size in many.items():
        print(f"{name}: {(size - few[name]) / (MANY - FEW):,.0f} bytes a series")


if __name__ == "__main__":
    main()
