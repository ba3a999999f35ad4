"""Many series at once: time and memory of each part of a fit, and of each row of a table.

    python benchmarks/forecasting/scale.py

Simulates daily series of 200 points with a weekly season and noise, fits and forecasts them with
the defaults, and watches the memory of the process meanwhile; then reads tables of 1 to 20 million
rows. Writes benchmarks/results/scale.json and, from it, docs/results/scale.md. ``--series N`` and
``--rows N,N`` take other sizes.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scale_page
import torch

from recurra import Forecaster
from recurra.forecasting.panel import Panel
from recurra.training import Callback

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "scale.json"
PAGE = ROOT / "docs" / "results" / "scale.md"
STEPS = 200
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Part:
    """One part of the work.

    Attributes:
        name: What was done.
        seconds: How long it took, by the clock.
        cpu: How much of a processor it took, in seconds.
        peak: The most memory that the process held meanwhile, in bytes.
    """

    name: str
    seconds: float
    cpu: float
    peak: int


def main() -> None:
    given = _arguments()
    if given.child == "fit":
        print(json.dumps(_fit(given.series)))
        return
    if given.child == "read":
        print(json.dumps(_read(int(given.rows))))
        return
    found = {
        "fit": _child("fit", "--series", str(given.series)),
        "rows": [_child("read", "--rows", rows) for rows in given.rows.split(",")],
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    PAGE.write_text(scale_page.render(found))


def _child(*arguments: str) -> dict[str, object]:
    """A process of its own, whose memory is nobody else's."""
    command = [sys.executable, __file__, "--child", *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, object] = json.loads(answer.splitlines()[-1])
    return found


def _fit(series: int) -> dict[str, object]:
    """Fits and forecasts so many series."""

    class Parts(Callback):
        """Tells the trainings of a fit apart from what lies before and between them."""

        trainings = 0

        def on_train_begin(self, trainer) -> None:
            if self.trainings == 0:
                watch.ended("table to windows")
            elif self.trainings == forecaster.model_.settings.ensemble:
                watch.ended("judge")

        def on_train_end(self, trainer) -> None:
            self.trainings += 1
            name = "train" if self.trainings <= forecaster.model_.settings.ensemble else "refit"
            watch.ended(f"{name} network {self.trainings}")

    forecaster = Forecaster()
    with watching() as watch:
        frame = simulated(series)
        watch.ended("simulate")
        forecaster.fit(frame, watch=[Parts()])
        watch.ended("end of fit")
        predicted = forecaster.predict()
        watch.ended("predict")
    settings, sizes = forecaster.judged_.settings, forecaster.judged_.settings.sizes
    return {
        "series": series,
        "steps": STEPS,
        "threads": torch.get_num_threads(),
        "parts": [asdict(part) for part in watch.parts],
        "frame": frame.estimated_size(),
        "forecasts": len(predicted),
        "networks": settings.ensemble,
        "training_steps": settings.steps,
        "windows": settings.steps * settings.batch_size,
        "width": sizes.lookback + sizes.horizon,
        "verdict": forecaster.verdict_,
    }


def _read(rows: int) -> dict[str, object]:
    """Reads a table of so many rows."""
    Panel.from_frame(simulated(10))
    frame = simulated(rows // STEPS)
    gc.collect()
    with watching() as watch:
        before = resident()
        panel = Panel.from_frame(frame)
        watch.ended("read")
        gc.collect()
        held = resident() - before
    assert len(panel.series) == rows // STEPS
    part = watch.parts[0]
    return {
        "rows": rows,
        "seconds": part.cpu,
        "frame": frame.estimated_size() / rows,
        "peak": (part.peak - before) / rows,
        "held": held / rows,
    }


def simulated(series: int, seed: int = 0) -> pl.DataFrame:
    """Daily series with a weekly season: 10% noise, levels from a log-normal distribution."""
    chance = np.random.default_rng(seed)
    level = chance.lognormal(4, 1, (series, 1)).astype(np.float32)
    phase = chance.random((series, 1), np.float32)
    days = np.arange(STEPS, dtype=np.float32)
    values = chance.standard_normal((series, STEPS), np.float32)
    values *= np.float32(0.1)
    values += 1
    values *= level * (1 + np.float32(0.3) * np.sin(2 * np.pi * (days / 7 + phase), dtype="f4"))
    first = pl.date(2024, 1, 1)
    times = pl.date_range(first, first + pl.duration(days=STEPS - 1), "1d", eager=True)
    names = pl.Series([f"series {number:06d}" for number in range(series)])
    return pl.DataFrame(
        {
            "unique_id": names.gather(np.repeat(np.arange(series, dtype=np.uint32), STEPS)),
            "ds": times.gather(np.tile(np.arange(STEPS, dtype=np.uint32), series)),
            "y": pl.Series(values.reshape(-1)).cast(pl.Float64),
        }
    )


class Watch:
    """Time and memory of one part of the work after the other."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.going = True
        self._peak = 0
        self._begin()

    def look(self) -> None:
        """Notes the memory that is held now, ten times a second."""
        while self.going:
            self._peak = max(self._peak, resident())
            time.sleep(0.1)

    def ended(self, name: str) -> None:
        """A part is done, and the next begins."""
        self._peak = max(self._peak, resident())
        seconds, cpu = time.perf_counter() - self._clock, time.process_time() - self._cpu
        self.parts.append(Part(name, seconds, cpu, self._peak))
        print(self.parts[-1], file=sys.stderr, flush=True)
        self._begin()

    def _begin(self) -> None:
        self._clock, self._cpu, self._peak = time.perf_counter(), time.process_time(), 0


@contextmanager
def watching() -> Iterator[Watch]:
    """Watches in a thread of its own."""
    watch = Watch()
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch.going = False
        thread.join()


def resident() -> int:
    """The memory that the process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_SIZE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--rows", default="1000000,2000000,5000000,10000000,20000000")
    parser.add_argument("--child", choices=("fit", "read"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
