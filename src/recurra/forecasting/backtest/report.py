"""One self-contained page on a backtest."""

from __future__ import annotations

from typing import Any

import polars as pl

from recurra.forecasting.backtest.model import OWN
from recurra.forecasting.backtest.pictures import SHORT, draw_errors, draw_windows
from recurra.forecasting.backtest.results import Backtest
from recurra.forecasting.backtest.rivals import left_out_without_season
from recurra.forecasting.templates import template
from recurra.pages import embedded

MOST_ROWS = 200
"""Series shown; the rest is in scores.csv."""

METRICS = {"mase": "MASE", "owa": "OWA", "mae": "MAE", "rmse": "RMSE", "smape": "sMAPE %"}


def render(
    backtest: Backtest,
    *,
    title: str,
    forecaster: str,
    command: str,
    version: str,
    errors: bytes | None = None,
    windows: bytes | None = None,
) -> str:
    """The page, as HTML that needs no other file and no network.

    Args:
        backtest: What to show.
        title: What was forecast.
        forecaster: What forecast it, in a line.
        command: The command that makes the same again.
        version: Of Recurra.
        errors: The PNG of the errors, if it was drawn already.
        windows: Likewise, of the forecasts.
    """
    series = _by_series(backtest)
    return template("backtest.html").render(
        title=title,
        verdict=backtest.verdict,
        metrics=METRICS,
        rows=_rows(backtest.scores.overall),
        intervals=_intervals(backtest),
        errors=embedded(errors or draw_errors(backtest)),
        windows=embedded(windows or draw_windows(backtest)),
        series=series[:MOST_ROWS],
        more_series=max(0, len(series) - MOST_ROWS),
        settings=_settings(backtest, forecaster),
        alike=left_out_without_season(backtest.season),
        notes=backtest.notes,
        command=command,
        version=version,
    )


def _rows(table: pl.DataFrame) -> list[tuple[str, list[str], bool]]:
    """Name, figures, and whether it is ours, for each model."""
    return [
        (SHORT[row["model"]], [figure(row[name]) for name in METRICS], row["model"] == OWN)
        for row in table.iter_rows(named=True)
    ]


def _intervals(backtest: Backtest) -> dict[str, Any] | None:
    """The figures of the intervals; None if none were asked for."""
    if not backtest.course.level:
        return None
    scores = backtest.scores.of(OWN)
    levels = [
        (f"{p:g} %", figure(scores[f"coverage-{p:g}"]), figure(scores[f"width-{p:g}"]))
        for p in backtest.course.level
    ]
    return {"levels": levels, "crps": figure(scores["crps"]), "pinball": figure(scores["pinball"])}


def _by_series(backtest: Backtest) -> list[tuple[str, str, str]]:
    """The MASE, or where it is not defined the MAE, of ours and of the best baseline."""
    table, rival = backtest.scores.by_series, backtest.finding.rival
    value = pl.coalesce("mase", "mae")
    wide = table.with_columns(value.alias("error")).pivot(
        "model", index="unique_id", values="error"
    )
    rows = wide.select("unique_id", OWN, rival).rows()
    return [(name, figure(own), figure(theirs)) for name, own, theirs in rows]


def _settings(backtest: Backtest, forecaster: str) -> dict[str, str]:
    origins, every = backtest.course.origins, backtest.course.every
    often = "at each origin" if every == 1 else f"at every {every} origins"
    return {
        "forecaster": forecaster,
        "series": f"{len(backtest.judged.names):,}",
        "windows": f"{origins.windows:,}, {origins.step:,} apart",
        "horizon": f"{origins.horizon:,}",
        "season": f"{backtest.season:,}" if backtest.season > 1 else "none",
        "fitted anew": "never" if every >= origins.windows else often,
        "best baseline": SHORT[backtest.finding.rival],
    }


def figure(value: float | None) -> str:
    """A number with four digits; words where there is none."""
    return "not defined" if value is None else f"{value:.4g}"
