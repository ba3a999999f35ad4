"""The comparison with peers as a page of the documentation."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from peers_case import CASES, RATE

Row = dict[str, Any]
Measure = Callable[[Row], float]

OURS = "Recurra"

TRAINING, AT_ONCE, FED_BACK, MEMORY = 1.5, 5.0, 10.0, 0.7
"""What was aimed at: so many times as fast in training, in forecasting the horizon at once, and in
forecasting where the peer feeds back in Python; and the most of a peer's memory."""

HEAD = f"""# Beside NeuralForecast and Darts

`python benchmarks/forecasting/peers.py PATH/forecasting` made this page (`make bench-peers` makes
the peers' environments). Every figure is of a whole process of its own; the libraries take turns.
All get the same series, cell, units (one layer), windows, batch, steps and optimizer (Adam, rate
{RATE:g}), and forecast from the same rolling origins, learning once. Lightning's progress bar,
logger and checkpoints are off. Errors are the mean over all series and origins.

"""

TAIL = f"""
What is counted:

- *training*, ms a step: from the first step to the last; ours with its judgements on held-out time
  in between.
- *fit*, s: the whole call that learns. Ours also judges the forecasts on held-out time beside naive
  rules and calibrates intervals, and segment by segment it learns a second time, from all of the
  time, so that it makes up to twice the steps; the peers do none of this.
- *predict*, ms: a call after the first, the median.
- *backtest*, ms: from a table of a row a series and time to the rolling forecasts, without the fit:
  our `cross_validation(refit=False)`, NeuralForecast's likewise, Darts'
  `TimeSeries.from_group_dataframe` and `historical_forecasts(retrain=False)`.
- *memory*, MiB: the most in use in the whole process, and of that what came after the imports.

Times are seconds on the processor, of one thread, where nothing else is said: other programs that
run at the same time then count little. "Times as fast" is the median of the ratios round by round;
bold is what reached the aim: {TRAINING:g} times in training, {AT_ONCE:g} in predicting and in the
backtest ({FED_BACK:g} where the peers feed back in Python, as in "one series"), at most
{MEMORY:g} of the memory.

What differs between the libraries:

- *one series*: our network and NeuralForecast's (`recurrent=True`) and Darts' `RNNModel` feed
  predictions back one step at a time. Ours reads windows of L values and answers the change after
  them (squared error); the peers answer after every value of a window, and count all of these.
  NeuralForecast's LSTM hands on its answer as the hidden state (a projection of size 1) beside the
  cell state. Ours reads the whole window anew for each step of the forecast, the peers go on from
  the state.
- *panels*: ours reads and writes segments of up to 24 steps (`strategy="direct"`), so that its
  recurrence is that much shorter than the peers', which read value by value and write the horizon
  through a perceptron of one hidden layer (NeuralForecast `recurrent=False`, Darts
  `BlockRNNModel`). The windows, batches and steps are the same. The peers' loss is the absolute
  error, ours half MASE, half sMAPE. Ours warms the rate up, cools it down and averages the
  weights, as it always does.
- NeuralForecast scales every window by its median (its default), Darts' series are scaled by its
  `Scaler`, ours by their level or standard units. All compute in float32.
- NeuralForecast draws its windows from 32 series a step (its default).
- Of the training part ours holds out one horizon to choose by and one to judge by.

What stays short of the aim, and what was tried:

- *Prediction of one series.* Of its time, somewhat over half is the network, read 24 times; the
  rest is the table that comes back. `python benchmarks/forecasting/feeding_back.py` times four ways
  to feed predictions back: whole windows one after the other, as it is (4.3 ms); the stepper, a
  call a value (4.9 ms); what the windows know beforehand read as one batch, and each prediction
  handed to all windows that hold it (4.8 ms, the same bits); and the state carried on as the peers
  do (3.1 ms, but other forecasts, since networks learn from windows that begin at zero). A call of
  a layer costs a tenth of a millisecond whatever it computes, so no way comes near a fifth of the
  peers' time; that needs the loop itself in compiled code.
- *Backtest.* Of panels a good half is reading the table: 370,000 rows took 168 ms, and take 95
  since names of series are looked at once each, the step between times is found without sorting
  the gaps thirty times over, and places on the grid are reckoned once. What is left of that is a
  few passes over each column (which is what, times, order, gaps, doubles), without which a wrong
  table would be forecast in silence. Of one series (10,000 rows, 20 origins) 31 of 52 ms are the
  network itself: 24 steps ahead, a window of 48 values read anew for each from all origins side by
  side, 63 MFLOP a step at the processor's full speed. Carrying the state on, as the peers do, needs
  a twentieth of that, and gives other forecasts: see above.
- *Memory.* `python -c "import torch, polars"` alone has 241 MiB (VmRSS), half of what Darts uses
  for one series, whose process is at 382 with ours. Three ways to less were measured there. glibc
  told to give memory back at once (`MALLOC_MMAP_THRESHOLD_=65536`): 21 less, but that is the
  process's own to set, not a library's. Without LLVM, which only links the code that is in the
  cache: 39 less, but a linker of our own for each kind of object file would be needed. What is
  imported (`rich`, `jinja2`, the inspection of tables) only when it is used: 5 less. Only all three
  together would reach the aim, at 317. What grows with the data is 20 MiB of it.
"""


def page(found: Sequence[Row]) -> str:
    """The whole page as Markdown.

    Args:
        found: A row a process: what it told, and its errors.
    """
    parts = []
    for case, cell in dict.fromkeys((row["case"], row["cell"]) for row in found):
        own = [row for row in found if (row["case"], row["cell"]) == (case, cell)]
        parts.append(_section(case, cell, sorted(own, key=lambda row: row["round"])))
    versions = sorted({row["versions"] for row in found})
    rounds = max(row["round"] for row in found) + 1
    about = [
        "",
        f"- rounds: {rounds}",
        *(f"- {one}" for one in versions),
        f"- processor: {_processor()}",
    ]
    return HEAD + "\n".join(parts) + TAIL + "\n".join(about) + "\n"


def _section(name: str, cell: str, rows: Sequence[Row]) -> str:
    case = CASES[name]
    single = [row for row in rows if row["asked"] == 1]
    several = [row for row in rows if row["asked"] != 1]
    return "\n".join(
        [
            f"## {name[0].upper()}{name[1:]}, {cell.upper()}",
            "",
            f"L = {case.lookback}, K = {case.horizon}, {case.hidden} units, batch {case.batch}, "
            f"{case.steps:,} steps, {case.origins} origins.",
            "",
            *_table(single, "cpu"),
            "",
            *_ratios(single, "cpu", "one thread, processor time"),
            "",
            *_ratios(several, "wall", "each library's own threads, time on the wall"),
            "",
        ]
    )


MEASURES: dict[str, Callable[[str], Measure]] = {
    "training": lambda clock: lambda row: 1000 * row["train"][clock] / row["steps"],
    "fit": lambda clock: lambda row: row["fit"][clock],
    "predict": lambda clock: (
        lambda row: 1000 * statistics.median(one[clock] for one in row["predict"][1:])
    ),
    "backtest": lambda clock: lambda row: 1000 * row["backtest"][clock],
    "whole memory": lambda clock: lambda row: row["peak"],
    "memory after imports": lambda clock: lambda row: row["peak"] - row["imported"],
    "start": lambda clock: lambda row: row["begin"][clock],
}


def _table(rows: Sequence[Row], clock: str) -> list[str]:
    lines = [
        "| | sMAPE | MASE | training, ms a step | fit, s | predict, ms | backtest, ms "
        "| memory, MiB | after imports | imports, s |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for peer in dict.fromkeys(row["peer"] for row in rows):
        own = [row for row in rows if row["peer"] == peer]
        middle = {name: _middle(own, of(clock)) for name, of in MEASURES.items()}
        lines.append(
            f"| {peer} | {own[0]['smape']:.2f} | {own[0]['mase']:.3f} "
            f"| {middle['training']:.2f} | {middle['fit']:.2f} | {middle['predict']:.1f} "
            f"| {middle['backtest']:.0f} | {middle['whole memory']:.0f} "
            f"| {middle['memory after imports']:.0f} | {middle['start']:.1f} |"
        )
    return lines


def _ratios(rows: Sequence[Row], clock: str, what: str) -> list[str]:
    """How many times as fast as each peer ours is, and the share of its memory that it takes."""
    ours = [row for row in rows if row["peer"] == OURS]
    if not ours:
        return []
    lines = [
        f"| {what} | training | fit | predict | backtest | share of memory | after imports |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for peer in dict.fromkeys(row["peer"] for row in rows):
        if not peer.startswith(OURS):
            theirs = [row for row in rows if row["peer"] == peer]
            lines.append(f"| times as fast as {peer} | {_against(ours, theirs, clock)} |")
    return lines


def _against(ours: Sequence[Row], theirs: Sequence[Row], clock: str) -> str:
    """The cells of a line; what was aimed at and reached is bold."""
    of = {name: _ratio(ours, theirs, made(clock)) for name, made in MEASURES.items()}
    ahead = FED_BACK if CASES[ours[0]["case"]].form == "recursive" else AT_ONCE
    aims = {"training": TRAINING, "predict": ahead, "backtest": ahead}
    times = [
        f"**{of[name]:.1f}**" if of[name] >= aims.get(name, math.inf) else f"{of[name]:.1f}"
        for name in ("training", "fit", "predict", "backtest")
    ]
    shares = [1 / of[name] for name in ("whole memory", "memory after imports")]
    cells = [*times, *(f"**{one:.2f}**" if one <= MEMORY else f"{one:.2f}" for one in shares)]
    return " | ".join(cells)


def _middle(rows: Sequence[Row], of: Measure) -> float:
    return statistics.median(map(of, rows))


def _ratio(ours: Sequence[Row], theirs: Sequence[Row], of: Measure) -> float:
    """Theirs by ours, round by round, the median."""
    own = {row["round"]: of(row) for row in ours}
    return statistics.median(of(row) / own[row["round"]] for row in theirs if row["round"] in own)


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else 'unknown'}, {len(names)} cores"
