"""Which covariates a forecaster was asked to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.covariates import calendar as calendars
from recurra.forecasting.covariates.covariates import Covariates
from recurra.forecasting.covariates.holidays import Holidays
from recurra.forecasting.covariates.roles import Roles
from recurra.forecasting.panel import Panel

OPTIONS = ("static", "past", "future", "categorical", "calendar", "holidays")
"""The options of a forecaster that name them."""


@dataclass(frozen=True)
class Wanted:
    """Covariates that were asked for.

    Attributes:
        roles: The columns.
        calendar: True for the features that suit the frequency, or their names.
        holidays: A code of a country, or None.
    """

    roles: Roles
    calendar: bool | Sequence[str]
    holidays: str | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self | None:
        """Those that the options of a forecaster ask for, None for none.

        Raises:
            OptionError: If one cannot be understood, or names no country or feature.
        """
        roles = Roles(**{name: options[name] for name in OPTIONS[:4]})
        calendar, holidays = options["calendar"], options["holidays"]
        _check_calendar(calendar)
        if holidays is not None:
            _check_holidays(holidays)
        if not (roles.names or calendar or holidays):
            return None
        return cls(roles, calendar if calendar is not None else False, holidays)

    def learn(self, panel: Panel, trained: Mapping[str, int], horizon: int) -> Covariates:
        """Learns how to read them, and reads those of the series that are learned from.

        Args:
            panel: Read with ``further=roles.names``.
            trained: The training points of each series that is learned from, by its id; the series
                come in this order.
            horizon: K, the room behind each series.

        Raises:
            DataError: If a column cannot be used.
            OptionError: If the calendar cannot be read at such a frequency.
        """
        places = {one.id: number for number, one in enumerate(panel.series)}
        kept = np.array([places[name] for name in trained])
        points: NDArray[np.int64] = np.zeros(len(places), np.int64)
        points[kept] = [*trained.values()]
        covariates = Covariates.learn(
            panel, self.roles, points, horizon, calendar=self.calendar, holidays=self.holidays
        )
        return covariates if len(kept) == len(places) else covariates.take(kept)


def _check_calendar(calendar: object) -> None:
    if calendar is None or isinstance(calendar, bool):
        return
    if isinstance(calendar, str) or not isinstance(calendar, Sequence):
        raise OptionError(
            f"calendar={calendar!r}",
            "True, False or a list of features",
            f"calendar=[{calendar!r}]" if isinstance(calendar, str) else "calendar=True",
        )
    calendars.check(calendar)


def _check_holidays(holidays: object) -> None:
    if not isinstance(holidays, str) or not holidays:
        raise OptionError(
            f"holidays={holidays!r}", "a code of a country", "holidays='DE', or 'DE-BY' for a part"
        )
    Holidays(holidays).check()
