"""Far horizons on ETT and Weather: the standard splits, with the defaults.

    python benchmarks/forecasting/long_horizons.py PATH/forecasting

Every line is ``Forecaster(horizon=K, ensemble=1, refit=False).fit(frame)`` with the standard parts
held out; a second table also sets ``lookback=96``. As in the literature (Zhou et al. 2021,
Informer; Lin et al. 2023, SegRNN) the error is taken over every window of the test part, on values
in the standard units of the training part, and each column is a series of its own to one network.

A finished run is a line of benchmarks/results/long_horizons.jsonl and is not run again, so that the
command can be stopped and given again; ``--again`` forgets them. Writes
docs/results/long_horizons.md.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import platform
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from recurra import Forecaster

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "long_horizons.jsonl"
PAGE = ROOT / "docs" / "results" / "long_horizons.md"
HORIZONS = (96, 192, 336, 720)
FIRST = datetime(2016, 7, 1)
AT_ONCE = 512

PUBLISHED = {
    ("ETTh1", 96): ((0.368, 0.395), (0.408, 0.419), (0.444, 0.440), (0.446, 0.457)),
    ("ETTm1", 96): ((0.330, 0.369), (0.369, 0.392), (0.399, 0.412), (0.454, 0.443)),
    ("Weather", 96): ((0.165, 0.227), (0.211, 0.273), (0.270, 0.318), (0.357, 0.376)),
    ("ETTh1", None): ((0.351, 0.392), (0.392, 0.414), (0.423, 0.433), (0.466, 0.472)),
    ("ETTm1", None): ((0.293, 0.354), (0.328, 0.378), (0.357, 0.399), (0.410, 0.430)),
    ("Weather", None): ((0.143, 0.198), (0.189, 0.247), (0.243, 0.291), (0.316, 0.345)),
}
"""MSE and MAE of SegRNN, 512 units, at each horizon; without a lookback set, its 720."""

HEAD = """# Far horizons, with the defaults

`python benchmarks/forecasting/long_horizons.py PATH/forecasting` made this page. ETTh1 and ETTm1
with the standard parts (12, 4 and 4 months of 30 days), Weather (Jena, 2020) with 70, 10 and 20%.
Each line is `Forecaster(horizon=K, ensemble=1, refit=False).fit(frame)`, one network; nothing else
is set but how many points are held out. MSE and MAE are those of all windows of the test part, in
standard units of the training part. Beside them SegRNN's, as published (Lin et al. 2023,
arXiv:2308.11200), with 512 units and, in the first table, a lookback of 720.

What is linear in a window is solved for by ridge regression where the horizon is far, and a
recurrent network learns the rest: see the rules in `recurra.forecasting.segments.rules`. They were
chosen on the validation parts.
"""


@dataclass(frozen=True)
class Data:
    """A table of the literature.

    Attributes:
        name: As tables show it.
        every: Its step, in polars' words.
        values: (N, C), all parts.
        validation: Points.
        test: Points.
    """

    name: str
    every: str
    values: Array
    validation: int
    test: int

    @property
    def train(self) -> int:
        """Points."""
        return len(self.values) - self.validation - self.test

    def frame(self) -> pl.DataFrame:
        """Every column a series."""
        rows, columns = self.values.shape
        end = pl.datetime_range(FIRST, datetime(2030, 1, 1), self.every, eager=True)[:rows]
        parts = [
            pl.DataFrame({"unique_id": f"{column:02d}", "ds": end, "y": self.values[:, column]})
            for column in range(columns)
        ]
        return pl.concat(parts)


@dataclass(frozen=True)
class Run:
    """One table at one horizon."""

    name: str
    horizon: int
    lookback: int
    given: bool
    mse: float
    mae: float
    windows: int
    parameters: int
    seconds: float


def tables(folder: Path) -> Iterator[Data]:
    """ETTh1, ETTm1 and Weather."""
    with gzip.open(folder / "ett" / "ETTh1.csv.gz") as file:
        hours = pl.read_csv(file.read())
    yield Data("ETTh1", "1h", hours.to_numpy()[:14_400, 1:].astype(float), 2880, 2880)
    yield Data("ETTm1", "15m", _unzipped(folder / "ett" / "ETTm1.zip")[:57_600], 11_520, 11_520)
    weather = _unzipped(folder / "weather_jena" / "weather.zip")
    train, test = int(0.7 * len(weather)), int(0.2 * len(weather))
    yield Data("Weather", "10m", weather, len(weather) - train - test, test)


def _unzipped(path: Path) -> Array:
    with zipfile.ZipFile(path) as archive:
        content = archive.read(archive.namelist()[0])
    return pl.read_csv(io.BytesIO(content), has_header=False).to_numpy().astype(float)


def run(data: Data, horizon: int, lookback: int | None) -> Run:
    """Fits, and forecasts from every origin of the test part."""
    forecaster = Forecaster(
        horizon=horizon,
        lookback=lookback,
        ensemble=1,
        refit=False,
        validation=data.validation,
        test=data.test,
    )
    started = time.perf_counter()
    forecaster.fit(data.frame())
    seconds = time.perf_counter() - started
    errors = np.array([_errors(forecaster, data, column) for column in range(data.values.shape[1])])
    done = Run(
        data.name,
        horizon,
        forecaster.plan_.lookback,
        lookback is not None,
        *(float(one) for one in errors.mean(0)),
        data.test - horizon + 1,
        sum(p.numel() for net in forecaster.model_.modules() for p in net.parameters()),
        seconds,
    )
    print(asdict(done), flush=True)
    return done


def _errors(forecaster: Forecaster, data: Data, column: int) -> tuple[float, float]:
    """MSE and MAE of one column, in standard units of its training part."""
    prepared, horizon = forecaster.prepared_[column], forecaster.plan_.horizon
    values, model = data.values[:, column], forecaster.model_
    scale = values[: data.train].std()
    origins = np.arange(len(values) - data.test, len(values) - horizon + 1)
    squares, sizes = 0.0, 0.0
    for part in np.array_split(origins, -(-len(origins) // AT_ONCE)):
        truth = values[part[:, None] + np.arange(horizon)]
        error = (model.forecast(prepared.histories(part, model.reach), horizon) - truth) / scale
        squares, sizes = squares + float((error**2).sum()), sizes + float(np.abs(error).sum())
    count = len(origins) * horizon
    return squares / count, sizes / count


def write(runs: Sequence[Run], threads: int) -> None:
    """Writes the page."""
    text = HEAD
    for given, title in ((False, "The lookback that the rules choose"), (True, "A lookback of 96")):
        own = [one for one in runs if one.given == given]
        if own:
            text += f"\n## {title}\n\n" + "\n".join(_table(own)) + "\n"
    threads_word = "1 thread" if threads == 1 else f"{threads} threads"
    text += f"\nSeconds are those of the fit on {threads_word} of {platform.machine()}.\n"
    PAGE.write_text(text, encoding="utf-8")


def _table(runs: Sequence[Run]) -> Iterator[str]:
    yield "| table | horizon | lookback | MSE | MAE | SegRNN MSE | MAE | parameters | seconds |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for name in dict.fromkeys(one.name for one in runs):
        own = [one for one in runs if one.name == name]
        published = dict(zip(HORIZONS, PUBLISHED[name, 96 if own[0].given else None], strict=True))
        for one in own:
            mse, mae = published[one.horizon]
            yield (
                f"| {name} | {one.horizon} | {one.lookback:,} | {one.mse:.3f} | {one.mae:.3f} | "
                f"{mse:.3f} | {mae:.3f} | {one.parameters:,} | {one.seconds:.0f} |"
            )
        if len(own) == len(HORIZONS):
            mean = [np.mean([getattr(one, key) for one in own]) for key in ("mse", "mae")]
            known = np.mean([published[one.horizon] for one in own], axis=0)
            yield (
                f"| {name} | mean | | **{mean[0]:.3f}** | {mean[1]:.3f} | {known[0]:.3f} | "
                f"{known[1]:.3f} | | {sum(one.seconds for one in own):.0f} |"
            )


def main() -> None:
    """Runs what was not run, and writes the page."""
    given = _arguments()
    torch.set_num_threads(given.threads)
    if given.again:
        RESULTS.unlink(missing_ok=True)
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    done = [Run(**json.loads(line)) for line in lines]
    for lookback in (None, 96):
        for data in tables(given.folder):
            for horizon in HORIZONS:
                key = (data.name, horizon, lookback is not None)
                if key in {(one.name, one.horizon, one.given) for one in done}:
                    continue
                done.append(run(data, horizon, lookback))
                with RESULTS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(done[-1])) + "\n")
    write(done, given.threads)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where ett and weather_jena are")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--again", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
