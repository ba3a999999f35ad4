"""Forecasts real series as they come, one command each, and writes one table.

    python benchmarks/real_data/run.py [DATA]

DATA is the folder that holds ``forecasting/``; without it RECURRA_DATA, else ``../shared/data``
beside the repository. The network that forecasts step by step, else all defaults, seed 0; a target
column is named where several could be meant. The table goes to docs/results/real_data.md.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "docs" / "results" / "real_data.md"

HEAD = """# Real series, as they come

Made by `{command}` with Recurra {version}, seed 0, the network
that forecasts step by step (`--strategy recursive`), else all defaults; no file was prepared by
hand. MASE on the test part, smaller is better; 1 is the error of the seasonal naive forecast one
step ahead on the training part. "Steps at a time" are forecasts of that many steps with predictions
fed back, from origins as far apart. Seconds depend on the machine and on what else it does.

"""
COLUMNS = (
    *("series", "command", "steps at a time", "Recurra", "naive", "seasonal naive", "season"),
    *("one step: Recurra", "one step: naive", "epochs", "fit, s"),
)


STEP_BY_STEP = ("--strategy", "recursive")


@dataclass(frozen=True)
class Case:
    """A file, what else must be said to forecast it, and what it is."""

    name: str
    file: str
    options: tuple[str, ...] = ()


CASES = (
    Case("AirPassengers, monthly", "classic_univariate/airline-passengers.csv"),
    Case("sunspots, monthly", "classic_univariate/monthly-sunspots.csv.gz"),
    Case("daily minimum temperatures", "classic_univariate/daily-min-temperatures.csv.gz"),
    Case("taylor, half-hourly load", "classic_univariate/taylor.csv"),
    Case("AEP, hourly load", "pjm_load/AEP_hourly.csv.gz"),
    Case("5 stocks", "stocks/stocks_daily_ohlcv_5tickers.csv.gz", ("--target", "Close")),
    Case("Beijing PM2.5, hourly", "beijing_pm25/pollution.csv.gz", ("--target", "pm2.5")),
)


def main() -> None:
    default = os.environ.get("RECURRA_DATA", str(ROOT.parent / "shared" / "data"))
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else default) / "forecasting"
    if not folder.is_dir():
        sys.exit(f"No data at {folder}; name the folder that holds forecasting/.")
    rows = [_row(case, _forecast(folder / case.file, case.options)) for case in CASES]
    verdicts = [f"- {name}: {verdict}" for name, verdict in (row[:2] for row in rows)]
    command = "python benchmarks/real_data/run.py"
    table = HEAD.format(command=command, version=_version())
    table += f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
    table += "".join(row[2] for row in rows)
    text = table + "\nThe verdicts, as each report opens with them:\n\n" + "\n".join(verdicts)
    RESULT.write_text(text + "\n", encoding="utf-8")
    print(RESULT.relative_to(ROOT))


def _forecast(file: Path, options: tuple[str, ...]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "recurra", "forecast", str(file), *options]
        command += [*STEP_BY_STEP, "--out", out, "--json"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures: dict[str, Any] = json.loads(done.stdout)
        return figures


def _row(case: Case, figures: dict[str, Any]) -> tuple[str, str, str]:
    test, inferred = figures["test"], figures["inferred"]
    kinds = ("multi_step", "naive", "seasonal_naive")
    said = [Path(case.file).name, *case.options, *STEP_BY_STEP]
    command = shlex.join(["recurra", "forecast", *said])
    cells = [
        case.name,
        f"`{command}`",
        str(inferred["horizon"]),
        *(_figure(test[kind]["mase"]) for kind in kinds),
        str(inferred["season"]),
        *(_figure(test[kind]["mase"]) for kind in ("one_step", "naive_one_step")),
        str(figures["epochs"]),
        f"{figures['seconds']['fit']:.0f}",
    ]
    return case.name, figures["verdict"], f"| {' | '.join(cells)} |\n"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _version() -> str:
    command = [sys.executable, "-m", "recurra", "--version"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return said.split()[-1]


if __name__ == "__main__":
    main()
