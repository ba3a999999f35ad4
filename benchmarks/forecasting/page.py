"""The results as a page of the documentation."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Run

M3_THETA = 13.01
"""sMAPE of Theta over all of M3 (Makridakis & Hibon 2000), the best of the competition."""

HEAD = """# Published sets, with the defaults

`python benchmarks/forecasting/run.py PATH/forecasting` made this page. Each line is one call,
`Forecaster(horizon=K).fit(frame).predict()`, with nothing set but the horizon and the number of
networks; the figures are those of the test part that comes with the set. The rules by which the
settings follow from the data were made on the ends of the known parts, held out. Series come
without times, so all are given the same first date.

| set | series | networks | sMAPE | MASE | OWA | in 80% | in 95% | parameters | seconds |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""

TAIL = """
M3 as a whole counts every forecast alike, as the competition does. Published: Theta 13.01 on all of
M3; on M4 hourly the competition's winner (Smyl's ES-RNN) sMAPE 9.328, MASE 0.893, OWA 0.440, and
the plain recurrent network that it was given as a benchmark OWA 1.036. M4's series may overlap in
calendar time, so a model of all of them could learn one series' future from another's past.

"In 80%" is the share of the truth that lay within the intervals of that level, split conformal
from held-out windows.

The time is that of fitting, judging on held-out time, fitting again on all of it, and forecasting,
on {threads} of {machine}; the most memory in use was {memory:.1f} GB.

What `Recurra` itself said of these forecasts, from the held-out end of the known part:

{verdicts}
"""


def write(path: Path, runs: Sequence[Run], threads: int) -> None:
    """Writes the page."""
    lines = [_line(run) for run in runs]
    for ensemble in sorted({run.ensemble for run in runs}):
        lines += _all_of_m3([run for run in runs if run.ensemble == ensemble])
    verdicts = [
        f"- {run.name}: {run.verdict}"
        for run in runs
        if run.ensemble == max(r.ensemble for r in runs)
    ]
    tail = TAIL.format(
        threads="1 thread" if threads == 1 else f"{threads} threads",
        machine=platform.machine(),
        memory=max(run.gigabytes for run in runs),
        verdicts="\n".join(verdicts),
    )
    path.write_text(HEAD + "\n".join(lines) + "\n" + tail, encoding="utf-8")


def _line(run: Run) -> str:
    total = "" if run.owa is None else f"**{run.owa:.3f}**"
    return (
        f"| {run.name} | {run.series:,} | {run.ensemble} | {run.smape:.3f} | {run.mase:.3f} | "
        f"{total} | {run.covered['80']:.1f}% | {run.covered['95']:.1f}% | {run.parameters:,} | "
        f"{run.seconds:.0f} |"
    )


def _all_of_m3(runs: Sequence[Run]) -> list[str]:
    own = [run for run in runs if run.name.startswith("M3")]
    if len(own) < 4:
        return []
    points = sum(run.points for run in own)
    mean = sum(run.smape * run.points for run in own) / points
    series, seconds = sum(run.series for run in own), sum(run.seconds for run in own)
    return [
        f"| M3, all | {series:,} | {own[0].ensemble} | **{mean:.2f}** | | | | | | {seconds:.0f} |"
    ]
