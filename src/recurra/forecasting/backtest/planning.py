"""Which series a backtest forecasts, and from which origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from recurra.errors import DataError, OptionError
from recurra.forecasting import season as seasons
from recurra.forecasting.backtest.model import Model, fixed_horizon, roles_of
from recurra.forecasting.backtest.origins import Origins, fits_every
from recurra.forecasting.backtest.past import Past
from recurra.forecasting.backtest.rolling import Course
from recurra.forecasting.panel import NAMED, SHORTEST, Panel
from recurra.forecasting.plan import check_counts

NATURAL = 10
"""The horizon where no calendar suggests one."""


def plan(
    forecaster: Model,
    df: Any,
    columns: dict[str, str | None],
    *,
    horizon: int | None,
    n_windows: int,
    step_size: int | None,
    refit: bool | int,
    level: Sequence[float] | None,
    covariates: Mapping[str, Sequence[str]] | None,
) -> tuple[Course, list[str], list[str]]:
    """Which series are forecast from which origins, with notes and with cautions.

    Raises:
        DataError: If the table cannot be used, or no series is long enough.
        OptionError: If an option is out of range.
    """
    check_counts(horizon=horizon, n_windows=n_windows, step_size=step_size)
    levels, every = _levels(level), fits_every(refit, n_windows)
    roles = {role: tuple(names) for role, names in (covariates or roles_of(forecaster)).items()}
    # A role such as "categorical" names columns that another role names as well.
    further = [*dict.fromkeys(name for names in roles.values() for name in names)]
    panel = Panel.from_frame(
        df, id=columns["id"], time=columns["time"], target=columns["target"], further=further
    )
    notes: list[str] = []
    wished = horizon or fixed_horizon(forecaster)
    if wished is None:
        wished = _natural_horizon(panel)
        notes.append(f"horizon: {wished} steps, by the frequency")
    origins = Origins.of(wished, n_windows, step_size)
    kept, cautions = _long_enough(panel, origins)
    return Course(kept, Past.of(df, kept), origins, every, levels, roles), notes, cautions


def _levels(level: Sequence[float] | None) -> tuple[float, ...]:
    if isinstance(level, Real | str):
        raise OptionError(f"level={level!r}", "a list of percents", f"write level=[{level}]")
    found = () if level is None else tuple(level)
    for percent in found:
        if isinstance(percent, bool | str) or not 1 <= percent < 100:
            raise OptionError(f"level {percent!r}", "percents, at least 1 and below 100")
    return tuple(sorted({float(percent) for percent in found}))


def _natural_horizon(panel: Panel) -> int:
    """The shortest season of the calendar, as a day of hours, but at most an eighth of a series."""
    natural = next(iter(seasons.candidates(panel.frequency)), NATURAL)
    typical = int(np.median([len(one.values) for one in panel.series]))
    return max(1, min(natural, typical // 8))


def _long_enough(panel: Panel, origins: Origins) -> tuple[Panel, list[str]]:
    """The panel without the series that are too short, and what to say of those that stay."""
    least = origins.span + SHORTEST
    kept = tuple(one for one in panel.series if len(one.values) >= least)
    if not kept:
        longest = max(len(one.values) for one in panel.series)
        raise DataError(
            f"a longest series of {longest:,} points for {origins.windows:,} windows of "
            f"{origins.horizon:,} steps, {origins.step:,} apart",
            f"at least {least:,} points: {origins.span:,} to forecast, and {SHORTEST} before them",
            "give a longer history, or a smaller horizon, n_windows or step_size",
        )
    cautions = []
    if short := [one.id for one in panel.series if len(one.values) < least]:
        cautions.append(f"{listed(short)} left out: of fewer than {least:,} points")
    ends = {s.times(panel.frequency, np.array([len(s.values) - 1]))[0] for s in kept}
    if len(ends) > 1:
        cautions.append(
            "series end at different times: origins are counted back from the end of each, so that "
            "a forecast may have been learned beside later times of other series"
        )
    return replace(panel, series=kept), cautions


def listed(names: Sequence[str]) -> str:
    """So many series, the first few by name."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{len(names):,} series ({', '.join(names[:NAMED])}{more})"
