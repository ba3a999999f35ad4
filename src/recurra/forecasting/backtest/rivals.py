"""The baselines' forecasts from every origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.backtest import automatic
from recurra.forecasting.backtest.rolling import Course
from recurra.forecasting.backtest.rules import RULES, SEASONAL, Rule

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rivals:
    """What baselines forecast.

    Attributes:
        forecasts: By name, each (S, W, K).
        notes: What was left out or failed, a sentence each.
    """

    forecasts: dict[str, Array]
    notes: tuple[str, ...]


def compete(course: Course, season: int, baselines: Sequence[str] | None = None) -> Rivals:
    """Forecasts with every baseline from the same origins, from the same known values.

    Args:
        course: The series and origins.
        season: m; where it is 1, those rules are left out that are then the naive one.
        baselines: Names; None for all that there are. AutoETS and AutoTheta, which are fitted to
            each series at each origin, are then only taken if statsforecast is installed and they
            take no more than 500 fits each.

    Raises:
        OptionError: If a name is unknown, or statsforecast is wanted and not installed.
    """
    fits = len(course.names) * course.origins.windows
    if baselines is None:
        chosen, notes = _all(fits), _left_out(fits)
    else:
        chosen, notes = check_names(baselines), []
    wanted = [name for name in chosen if season > 1 or name not in SEASONAL or name == chosen[0]]
    forecasts = {}
    for name in wanted:
        failures = _Count()
        rule = RULES.get(name) or automatic.automatic(name, failures.add)
        forecasts[name] = _forecast(course, season, rule)
        if failures.count:
            notes.append(f"{name} failed {failures.count} times of {fits}: the naive one instead")
    return Rivals(forecasts, tuple(notes))


class _Count:
    count = 0

    def add(self) -> None:
        self.count += 1


def check_names(baselines: Sequence[str]) -> list[str]:
    """The names, each once.

    Raises:
        OptionError: If one is unknown, or of a library that is not installed.
    """
    known = [*RULES, *automatic.NAMES]
    unknown = [name for name in baselines if name not in known]
    if unknown or isinstance(baselines, str) or not baselines:
        raise OptionError(
            f"baselines={baselines if isinstance(baselines, str) else [*baselines]!r}",
            f"names among {', '.join(known)}",
            "baselines=None takes all that there are",
        )
    if any(name in automatic.NAMES for name in baselines):
        automatic.check_installed()
    return [*dict.fromkeys(baselines)]


def left_out_without_season(season: int) -> str:
    """The rules that are the naive one where there is no season, in words; "" where there is."""
    return "" if season > 1 else "seasonal naive and Naive2"


def _all(fits: int) -> list[str]:
    affordable = automatic.installed() and fits <= automatic.MOST_FITS
    return [*RULES, *(automatic.NAMES if affordable else ())]


def _left_out(fits: int) -> list[str]:
    both = " and ".join(automatic.NAMES.values())
    if not automatic.installed():
        return [f"{both} are no baselines here: statsforecast is not installed"]
    if fits > automatic.MOST_FITS:
        return [f"{both} were left out: {fits:,} fits each would take long; name them to have them"]
    return []


def _forecast(course: Course, season: int, rule: Rule) -> Array:
    """(S, W, K)."""
    horizon = course.origins.horizon
    pairs = zip(course.panel.series, course.known, strict=True)
    return np.stack(
        [np.stack([rule(one.values[:end], horizon, season) for end in ends]) for one, ends in pairs]
    )
