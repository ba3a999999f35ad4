"""How far forecasts from rolling origins were off: by series, by window, by step, over all.

Absolute, squared and percentage errors, pinball loss and coverage are computed by utilsforecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.model import OWN
from recurra.forecasting.backtest.quantiles import crps_weights, quantiles
from recurra.libraries import library

WEIGHTED_AGAINST = "naive2"
"""The baseline that OWA divides by."""


@dataclass(frozen=True)
class Scores:
    """Tables of errors, a row a model; null where a metric is not defined.

    ``mae`` and ``rmse`` are in the units of the series, ``smape`` in percent, 0 to 200; ``mase``
    and ``owa`` have none. OWA is the mean of sMAPE and MASE, each divided by that of Naive2; it is
    there if Naive2 is, or the naive forecast where there is no season and both are the same.

    What concerns intervals is of the forecaster alone: ``pinball``, the mean over its quantiles,
    and ``crps``, see :func:`~recurra.forecasting.backtest.quantiles.crps_weights`, in the units of
    the series; ``coverage-80``, the percent of truths within the interval of that level; and
    ``width-80``, its mean width.

    Attributes:
        overall: ``model`` and the mean over series of what ``by_series`` has. OWA is that of the
            mean sMAPE and MASE, as in the M4 competition.
        by_series: ``unique_id, model``: over all windows and steps.
        by_window: ``window`` (from 1, the earliest first), ``model``: the mean over series.
        by_step: ``step`` (ahead, from 1), ``model``: over all series and windows.
    """

    overall: pl.DataFrame
    by_series: pl.DataFrame
    by_window: pl.DataFrame
    by_step: pl.DataFrame

    def of(self, model: str) -> dict[str, float | None]:
        """The overall scores of a model."""
        row = self.overall.filter(pl.col("model") == model).drop("model").to_dicts()[0]
        return {name: None if value is None else float(value) for name, value in row.items()}

    def to_json(self) -> dict[str, Any]:
        """Plain data: the overall scores by model, and those by window and step."""
        return {
            "overall": {model: self.of(model) for model in self.overall["model"]},
            "by_window": self.by_window.to_dicts(),
            "by_step": self.by_step.to_dicts(),
        }


def score(judged: Judged) -> Scores:
    """All tables.

    Raises:
        OptionError: If utilsforecast is not installed.
    """
    table = judged.long()
    models = [*judged.points]
    by_series = _errors(table, models, ["series"])
    intervals = _intervals(table, judged)
    by_series = by_series.join(intervals, on=["series", "model"], how="left", maintain_order="left")
    by_window = _mean(_errors(table, models, ["series", "window"]).drop("series"), ["window"])
    names = pl.Series("unique_id", judged.names, dtype=pl.String)
    named = _with_owa(by_series, ["series"]).with_columns(names.gather(by_series["series"]))
    return Scores(
        overall=_with_owa(_mean(by_series.drop("series"), []), []),
        by_series=named.select("unique_id", pl.exclude("unique_id", "series")),
        by_window=_with_owa(by_window, ["window"]),
        by_step=_with_owa(_errors(table, models, ["step"]), ["step"]),
    )


def _mean(table: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The mean of every metric over the rows of a model, those where it is not defined aside."""
    return table.group_by(*keys, "model", maintain_order=True).mean()


def _with_owa(table: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The same with a column ``owa`` after ``mase``."""
    against = next((m for m in (WEIGHTED_AGAINST, "naive") if m in table["model"]), None)
    base = table.filter(pl.col("model") == against).select(
        *keys,
        pl.lit(0).alias("all"),
        pl.col("smape").alias("_smape"),
        pl.col("mase").alias("_mase"),
    )
    joined = table.with_columns(pl.lit(0).alias("all")).join(
        base, on=["all", *keys], how="left", maintain_order="left"
    )
    ratio = (pl.col("smape") / pl.col("_smape") + pl.col("mase") / pl.col("_mase")) / 2
    # A Naive2 without error leaves nothing to divide by.
    owa = pl.when(ratio.is_finite()).then(ratio)
    first = table.columns[: table.columns.index("mase") + 1]
    rest = [name for name in table.columns if name not in first]
    return joined.select(*first, owa.alias("owa"), *rest)


# Through utilsforecast ---------------------------------------------------------------------------


def _errors(table: pl.DataFrame, models: list[str], keys: Sequence[str]) -> pl.DataFrame:
    """MAE, RMSE, sMAPE and MASE, a row for each of the keys and models, in their order."""
    losses = _losses()
    groups = {"models": models, "id_col": keys[0], "cutoff_col": keys[-1] if keys[1:] else ""}
    # The mean absolute error in units of the scale is the mean absolute scaled error.
    scaled = table.with_columns(pl.col(name) / pl.col("scale") for name in ("y", *models))
    found = {
        "mae": losses.mae(table, **groups),
        "rmse": losses.rmse(table, **groups),
        "smape": losses.smape(table, **groups).with_columns(pl.col(*models) * 200),
        "mase": losses.mae(scaled, **groups),
    }
    long = [
        one.unpivot(models, index=keys, variable_name="model", value_name=name)
        for name, one in found.items()
    ]
    joined: pl.DataFrame = long[0]
    for one in long[1:]:
        joined = joined.join(one, on=[*keys, "model"], maintain_order="left")
    return joined.sort(*reversed(keys), pl.col("model").cast(pl.Enum(models)))


def _intervals(table: pl.DataFrame, judged: Judged) -> pl.DataFrame:
    """Pinball loss, CRPS, coverage and width of the forecaster's intervals, a row a series."""
    levels, losses = [*judged.own.low], _losses()
    keys = table.select("series").unique(maintain_order=True).with_columns(model=pl.lit(OWN))
    if not levels:
        return keys
    groups = {"id_col": "series", "cutoff_col": ""}
    low, high = ({p: f"{OWN}-{end}-{p:g}" for p in levels} for end in ("lo", "hi"))
    at = quantiles(OWN, low, high)
    each = pl.DataFrame(
        losses.quantile_loss(table, models={f"{q}": column}, q=q, **groups)[f"{q}"]
        for q, column in at.items()
    )
    weighted = sum(column * w for column, w in zip(each, crps_weights([*at]), strict=True))
    found = {"pinball": each.mean_horizontal(), "crps": weighted}
    for percent in levels:
        # It only puts the level into the names of columns, where 97.5 is as good as 80.
        held = losses.coverage(table, models=[OWN], level=f"{percent:g}", **groups)
        found[f"coverage-{percent:g}"] = 100 * held[OWN]
        width = pl.col(high[percent]) - pl.col(low[percent])
        found[f"width-{percent:g}"] = table.group_by("series", maintain_order=True).agg(
            width.mean()
        )[high[percent]]
    return keys.with_columns(pl.Series(column).alias(name) for name, column in found.items())


def check_installed() -> None:
    """Raises an OptionError if utilsforecast is not installed: before a long run, not after."""
    _losses()


def _losses() -> Any:
    use = "the metrics of a backtest"
    return library("utilsforecast.losses", package="utilsforecast", use=use, extra="forecasting")
