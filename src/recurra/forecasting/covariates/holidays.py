"""Public holidays of a country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra import libraries
from recurra.errors import OptionError
from recurra.forecasting.covariates.calendar import step_of
from recurra.forecasting.covariates.timeline import Timeline
from recurra.tables.frequency import DAY, LAST_BUSINESS_DAY, Frequency, Times
from recurra.tables.zones import Zone

FLAGS = ("holiday", "day before a holiday", "day after a holiday")
COUNT = ("holidays in the step",)

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Holidays:
    """The public holidays of a country or a part of it, from the library ``holidays``.

    Attributes:
        code: ISO 3166: ``"DE"``, or ``"DE-BY"`` for a part with holidays of its own.
    """

    code: str

    def check(self) -> None:
        """Raises an OptionError if there is no such country, or the library is not installed."""
        _ = self._found

    @property
    def weekend(self) -> frozenset[int]:
        """The days of the weekend there, Monday 0."""
        return frozenset(self._found.weekend)

    @staticmethod
    def names(frequency: Frequency) -> tuple[str, ...]:
        """The columns that :meth:`read` gives."""
        return COUNT if _long(frequency) else FLAGS

    def read(self, frequency: Frequency, timeline: Timeline, zone: Zone) -> NDArray[np.float32]:
        """Holidays at grid times.

        For steps of up to a day three flags: the day is a holiday, the day after it is, the day
        before it was; among business days these are the business days beside it. For longer steps
        the number of holidays in each: of its days up to the next step's, or, for month ends, since
        the day behind the month end before.

        Args:
            frequency: Of the grid.
            timeline: C times.
            zone: Whose days count.

        Returns:
            (C, 3) or (C, 1).
        """
        local = (zone.local(each) for each in (timeline.times, timeline.before, timeline.after))
        times, before, after = (each.astype("M8[us]").astype("M8[D]") for each in local)
        if not _long(frequency):
            return self._flags(times, frequency.unit == "business day")
        if frequency.unit in {"month end", LAST_BUSINESS_DAY}:
            return self._counts(before + 1, times + 1)
        return self._counts(times, after)

    def notes(self, times: Times) -> list[str]:
        """What must be said of the years of these times."""
        first, last = (int(str(each.astype("M8[Y]"))) for each in (times.min(), times.max()))
        known, end = int(self._found.start_year), int(self._found.end_year)
        if known <= first and last <= end:
            return []
        return [f"holidays of {self.code} are known for the years {known} to {end} only"]

    def _flags(self, days: Days, business: bool) -> NDArray[np.float32]:
        if business:
            around = [np.busday_offset(days, 1, "backward"), np.busday_offset(days, -1, "forward")]
        else:
            around = [days + 1, days - 1]
        known = self._known(around[1].min(), around[0].max())
        read = np.empty((len(days), 3), np.float32)
        for number, each in enumerate((days, *around)):
            read[:, number] = _among(known, each)
        return read

    def _counts(self, first: Days, end: Days) -> NDArray[np.float32]:
        known = self._known(first.min(), end.max())
        count = np.searchsorted(known, end) - np.searchsorted(known, first)
        return count.astype(np.float32)[:, None]

    def _known(self, first: Any, last: Any) -> Days:
        """All holidays of the years around, (D,), in order."""
        years = range(int(str(first.astype("M8[Y]"))), int(str(last.astype("M8[Y]"))) + 1)
        found = self._of_years(years)
        return np.array(sorted(found), "M8[D]")

    def _of_years(self, years: range | None) -> Any:
        country, _, part = self.code.partition("-")
        library = _library()
        try:
            return library.country_holidays(country, subdiv=part or None, years=years)
        except NotImplementedError as error:
            raise self._unknown(library, country) from error

    @cached_property
    def _found(self) -> Any:
        if not isinstance(self.code, str):
            raise OptionError(f"holidays={self.code!r}", "a code of a country", "holidays='DE'")
        return self._of_years(None)

    def _unknown(self, library: Any, country: str) -> OptionError:
        countries = library.list_supported_countries()
        parts = countries.get(country)
        if parts is None:
            return OptionError(
                f"holidays={self.code!r}",
                f"the ISO code of one of {len(countries)} countries, such as US, DE or CN",
                "see the list of the library holidays",
            )
        known = f"one of {', '.join(parts)}" if parts else "no part"
        return OptionError(f"holidays={self.code!r}", f"{country} with {known}", f"{country} alone")


def _long(frequency: Frequency) -> bool:
    return step_of(frequency) > DAY


def _among(known: Days, days: Days) -> NDArray[np.bool_]:
    """Whether each day is one of the known, which are in order."""
    if not len(known):
        return np.zeros(len(days), bool)
    places = np.minimum(np.searchsorted(known, days), len(known) - 1)
    return np.asarray(known[places] == days)


def _library() -> Any:
    return libraries.library(
        "holidays", package="holidays", use="public holidays", extra="forecasting"
    )
