"""One self-contained page on a fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from recurra.forecasting.pictures import PATHS, draw_learning
from recurra.forecasting.templates import template
from recurra.pages import embedded

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster

MOST_ROWS = 200
"""Forecast values shown; the rest is in forecast.csv."""

_ROWS = {
    "multi_step": "Recurra, {reach} at a time",
    "naive": "last value repeated (naive)",
    "seasonal_naive": "last season repeated (seasonal naive)",
    "one_step": "Recurra, one step ahead",
    "naive_one_step": "value before (naive)",
    "seasonal_naive_one_step": "value a season before (seasonal naive)",
}


def render(
    forecaster: Forecaster,
    metrics: Mapping[str, Any],
    *,
    title: str,
    predicted: pl.DataFrame,
    picture: bytes,
    command: str,
    version: str,
) -> str:
    """The page, as HTML that needs no other file and no network.

    Args:
        forecaster: Fitted and judged.
        metrics: What :func:`recurra.forecasting.results.metrics` gave.
        title: What was forecast.
        predicted: What :meth:`Forecaster.predict` gave.
        picture: The PNG of the forecast.
        command: The command that makes the same again.
        version: Of Recurra.
    """
    learned = bool(forecaster.history_.epoch)
    shown = predicted.select(name for name in predicted.columns if not name.startswith(PATHS))
    return template("report.html").render(
        title=title,
        verdict=forecaster.verdict_,
        metrics=metrics,
        rows=_rows(forecaster, metrics),
        predicted=shown.head(MOST_ROWS).rows(),
        intervals=[_interval(name) for name in shown.columns[3:]],
        reliability=_reliability(metrics),
        more_rows=max(0, len(predicted) - MOST_ROWS),
        picture=embedded(picture),
        learning=embedded(draw_learning(forecaster.history_)) if learned else None,
        more_series=max(0, len(forecaster.prepared_) - 4),
        inferred={k: v for k, v in forecaster.inferred_.items() if k != "notes" and v is not None},
        notes=forecaster.notes_,
        network=forecaster.model_.summary,
        stopped=forecaster.history_.stopped,
        command=command,
        version=version,
    )


def _rows(forecaster: Forecaster, metrics: Mapping[str, Any]) -> list[tuple[str, list[str], bool]]:
    """Name, figures, and whether it is ours, for each row of the table."""
    test = metrics["test"]
    if test is None:
        return []
    keys = ("mase", "mae", "rmse", "smape")
    return [
        (
            name.format(reach=forecaster.plan_.reach),
            [_figure(test[kind][key]) for key in keys],
            kind in {"multi_step", "one_step"},
        )
        for kind, name in _ROWS.items()
        if forecaster.season_ > 1 or "seasonal" not in kind
    ]


def _reliability(metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the page says of distributions: rows of level, coverage and width, and the tenths."""
    found = (metrics["test"] or {}).get("reliability")
    if found is None:
        return None
    rows = [
        (f"{level}%", f"{held:.1f}%", f"{found['width'][level]:.3g}")
        for level, held in found["coverage"].items()
    ]
    tenths = [f"{share:.1f}" for share in found["pit"]]
    return {"rows": rows, "tenths": tenths, "truths": found["truths"]}


def _interval(column: str) -> str:
    """The head of a column: "recurra-lo-80" is "80% from", "recurra-ql0.1" is "quantile 0.1"."""
    if column.startswith("recurra-ql"):
        return f"quantile {column.removeprefix('recurra-ql')}"
    _, side, percent = column.split("-", 2)
    return f"{percent}% {'from' if side == 'lo' else 'to'}"


def _figure(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4g}"
