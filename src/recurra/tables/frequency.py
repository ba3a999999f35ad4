"""The step of a regular grid of times, and where a time stands on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError

Times = NDArray[Any]
"""(N,) datetime64[us], or int64 for plain steps."""

DAY = 86_400_000_000
FIXED = {
    "week": 7 * DAY,
    "day": DAY,
    "hour": 3_600_000_000,
    "minute": 60_000_000,
    "second": 1_000_000,
    "microsecond": 1,
}
FIRST_BUSINESS_DAY = "first business day of a month"
LAST_BUSINESS_DAY = "last business day of a month"
MONTHS = ("month", "month end", FIRST_BUSINESS_DAY, LAST_BUSINESS_DAY)
UNITS = (*FIXED, *MONTHS, "business day", "step")
READING = "reading"
"""The unit of times that follow no step."""
NAMES = {
    (1, "week"): "weekly",
    (1, "day"): "daily",
    (1, "hour"): "hourly",
    (30, "minute"): "half-hourly",
    (1, "month"): "monthly",
    (3, "month"): "quarterly",
    (12, "month"): "yearly",
    (1, "business day"): "business days",
    (1, "step"): "steps",
    (1, READING): "irregular",
}


@dataclass(frozen=True)
class Frequency:
    """A step of ``count`` units from one time of a grid to the next.

    Attributes:
        count: How many units, at least 1.
        unit: One of ``UNITS`` or ``READING``. A quarter is 3 months and a year 12; "month end" is a
            month whose times are last days, and there are months of first and of last business
            days; "step" counts whole numbers instead of time; "reading" counts readings at
            irregular times, which no grid tells.
    """

    count: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in (*UNITS, READING) or self.count < 1:
            raise DataError(
                f"{self.count} {self.unit} is no frequency.",
                f"a count of at least 1 and one of {', '.join(UNITS)}",
                "write it as '1 hour' or '3 month'",
            )

    @staticmethod
    def every(microseconds: int) -> "Frequency":
        """The fixed step of that many microseconds, in the largest unit that divides it."""
        unit = next(unit for unit, size in FIXED.items() if microseconds % size == 0)
        return Frequency(microseconds // FIXED[unit], unit)

    @staticmethod
    def parse(code: str) -> "Frequency":
        """Reads what ``code`` wrote.

        Raises:
            DataError: The text is not such a code.
        """
        count, _, unit = code.partition(" ")
        if not count.isdecimal():
            raise DataError(
                f"{code!r} is no frequency.",
                f"a count and one of {', '.join(UNITS)}",
                "write it as '1 hour' or '3 month'",
            )
        return Frequency(int(count), unit)

    @staticmethod
    def infer(times: Times) -> "Frequency":
        """The frequency of one series.

        Args:
            times: (N,) in any order, duplicates allowed, at least two different.

        Raises:
            DataError: There are too few times, or they follow no regular step.
        """
        return infer_shared(np.unique(times), np.zeros(1, np.int64))

    @property
    def irregular(self) -> bool:
        """Whether there is no grid: the times are those of the readings."""
        return self.unit == READING

    @property
    def code(self) -> str:
        """A short text that ``parse`` reads back."""
        return f"{self.count} {self.unit}"

    @property
    def name(self) -> str:
        """In words: "hourly", "every 10 minutes"."""
        unit = "month" if self.unit in MONTHS else self.unit
        if (self.count, unit) in NAMES:
            return NAMES[self.count, unit]
        return f"every {unit}" if self.count == 1 else f"every {self.count} {unit}s"

    def positions(self, times: Times, origin: Any) -> NDArray[np.int64]:
        """Where times stand on the grid through ``origin``: the nearest grid point to each.

        Args:
            times: (N,) datetime64[us], or int64 for steps.
            origin: The time of position 0, one for all or (N,).

        Returns:
            (N,) int64, negative before the origin.
        """
        self._check_grid()
        if self.unit == "step":
            return _nearest(times - origin, self.count)
        if self.unit in FIXED:
            return _nearest((times - origin).astype(np.int64), self.count * FIXED[self.unit])
        if self.unit == "business day":
            return _nearest(_business_days(times, origin), self.count)
        months = times.astype("M8[M]") - np.asarray(origin).astype("M8[M]")
        return self._nearest_month(times, origin, months.astype(np.int64) // self.count)

    def _nearest_month(
        self, times: Times, origin: Any, guess: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        around = np.stack([guess - 1, guess, guess + 1])
        distance = np.abs(np.stack([self.times(origin, row) for row in around]) - times)
        nearest = distance.astype(np.int64).argmin(axis=0)
        return np.asarray(guess + nearest - 1, np.int64)

    def times(self, origin: Any, positions: NDArray[np.int64]) -> Times:
        """The times at positions of the grid through ``origin``; undoes ``positions``.

        Args:
            origin: The time of position 0, one for all or (N,).
            positions: (N,) int64.

        Returns:
            (N,) datetime64[us], or int64 for steps.
        """
        self._check_grid()
        steps = np.asarray(positions, np.int64) * self.count
        if self.unit == "step":
            return np.asarray(origin + steps, np.int64)
        if self.unit in FIXED:
            return np.asarray(origin + (steps * FIXED[self.unit]).astype("m8[us]"))
        start = np.asarray(origin, "M8[us]")
        clock = start - start.astype("M8[D]")
        if self.unit == "business day":
            return np.asarray(np.busday_offset(start.astype("M8[D]"), steps, "forward") + clock)
        return np.asarray(self._month_day(start, steps) + clock)

    def _check_grid(self) -> None:
        if self.irregular:
            raise TypeError("readings at irregular times stand on no grid")

    def _month_day(self, start: Times, months: NDArray[np.int64]) -> Times:
        month = start.astype("M8[M]") + months
        last = (month + 1).astype("M8[D]") - 1
        if self.unit == "month end":
            return np.asarray(last)
        if self.unit == LAST_BUSINESS_DAY:
            return np.asarray(np.busday_offset(last, 0, "backward"))
        if self.unit == FIRST_BUSINESS_DAY:
            return np.asarray(np.busday_offset(month.astype("M8[D]"), 0, "forward"))
        day = start.astype("M8[D]") - start.astype("M8[M]").astype("M8[D]")
        return np.asarray(np.minimum(month.astype("M8[D]") + day, last))


def _nearest(distance: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    return np.asarray((distance + step // 2) // step, np.int64)


def _business_days(times: Times, origin: Any) -> NDArray[np.int64]:
    start = np.asarray(origin, "M8[us]")
    first = start.astype("M8[D]")
    nearest = (times - (start - first) + np.timedelta64(DAY // 2, "us")).astype("M8[D]")
    day = np.busday_offset(nearest, 0, "forward")
    return np.asarray(np.busday_count(first, day), np.int64)


IRREGULAR = Frequency(1, READING)
"""That of times which follow no step."""


# Inference ----------------------------------------------------------------------------------

ON_GRID = 1 / 6
"""A time counts as on the grid within this share of a step: a day of a week."""
ENOUGH = 0.95
"""Share of the gaps between times that must be whole steps."""
MOST = 0.9
"""Share of the times that must agree on the day of the month."""
HALF = 0.5
"""Share of a grid that must have times."""
RARE = 0.01
"""Share of the times that may fall on weekends among business days."""
LONG = 27 * DAY
"""Steps longer than this may be calendar months."""
ROUND_STEPS = tuple(
    sorted(
        count * FIXED[unit]
        for unit, counts in {
            "second": (1, 2, 5, 10, 15, 20, 30),
            "minute": (1, 2, 3, 5, 6, 10, 12, 15, 20, 30),
            "hour": (1, 2, 3, 4, 6, 8, 12),
            "day": (1, 2, 7, 14, 28),
        }.items()
        for count in counts
    )
)


def infer_shared(times: Times, starts: NDArray[np.int64]) -> Frequency:
    """The one frequency of several series.

    Args:
        times: (N,) all series behind one another, never falling inside each.
        starts: (S,) where each series begins.

    Raises:
        DataError: No series has two different times, or the times follow no regular step.
    """
    found = _infer(times, starts)
    if found.irregular or is_scattered(times, starts, found):
        raise no_step(times)
    return found


def infer_any(times: Times, starts: NDArray[np.int64]) -> Frequency:
    """The same, or ``IRREGULAR`` where the times follow no regular step.

    Raises:
        DataError: No series has two different times.
    """
    found = _infer(times, starts)
    return IRREGULAR if found.irregular or is_scattered(times, starts, found) else found


def sparse(lengths: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which series lack more than half of their grid, (P,).

    Args:
        lengths: (S,) points of the grid of each.
        counts: (S,) rows of each.
    """
    return np.flatnonzero((lengths > 10) & (lengths > 2 * counts))


def is_scattered(times: Times, starts: NDArray[np.int64], found: Frequency) -> bool:
    """Whether a step fits only since it is so small: most of its grid is empty, and not in holes.

    Times read to the minute all stand on the grid of minutes; hours apart, they have no step.
    """
    ends = np.append(starts[1:], len(times)) - 1
    lengths = found.positions(times[ends], times[starts]) + 1
    if not len(sparse(lengths, ends + 1 - starts)):
        return False
    inside = np.ones(len(times), np.bool_)
    inside[starts] = False
    after = np.flatnonzero(inside)
    steps = found.positions(times[after], times[after - 1])
    steps = steps[steps > 0]
    return bool(np.mean(steps == 1) < HALF and len(steps) < HALF * steps.sum())


def _infer(times: Times, starts: NDArray[np.int64]) -> Frequency:
    later = np.diff(times, prepend=times[:1]).astype(np.int64) != 0
    later[starts] = False
    after = np.flatnonzero(later)
    if not len(after):
        raise DataError(
            "No step can be seen: no series has two different times.",
            "at least 3 times a series",
            "give more rows, or check the columns named with time= and id=",
        )
    before, now = times[after - 1], times[after]
    gaps = (now - before).astype(np.int64)
    if times.dtype.kind != "M":
        size = _step(gaps) or _common_divisor(gaps)
        return IRREGULAR if size is None else Frequency(size, "step")
    long = bool(np.median(gaps) > LONG)
    if long and np.mean(_same_day(before, now)) >= MOST:
        return _monthly(times, before, now)
    step = _step(gaps)
    if step is None and long:
        return _monthly(times, before, now)
    step = step or _common_divisor(gaps)
    return IRREGULAR if step is None else _business(Frequency.every(step), times, before, now)


def _step(gaps: NDArray[np.int64]) -> int | None:
    """The commonest gap, else a round step near the median gap, if nearly all gaps fit it."""
    sizes, counts = np.unique(gaps, return_counts=True)
    commonest = int(sizes[counts.argmax()])
    median = np.median(gaps)
    near = min(ROUND_STEPS, key=lambda step: abs(step - median))
    return next((step for step in (commonest, near) if _fits(gaps, step)), None)


def _fits(gaps: NDArray[np.int64], step: int) -> bool:
    steps = np.maximum(_nearest(gaps, step), 1)
    tolerance = step * ON_GRID if step <= LONG else DAY // 2
    return bool(np.mean(np.abs(gaps - steps * step) <= tolerance) >= ENOUGH)


def _common_divisor(gaps: NDArray[np.int64]) -> int | None:
    step = int(np.gcd.reduce(gaps))
    return step if len(gaps) * step >= HALF * gaps.sum() else None


def no_step(times: Times) -> DataError:
    """What to say of times that follow none."""
    shown = ", ".join(str(time) for time in times[:5])
    return DataError(
        f"The times follow no regular step; they begin {shown}.",
        "times with one step between them, such as a day, of which some may be missing",
        "bring the rows to one step (sum or average them by hour, day, month), name another column "
        "with time=/--time, or give time='' to take the rows in their order",
    )


def _same_day(before: Times, now: Times) -> NDArray[np.bool_]:
    """Whether two times stand on the same day of their months, 31 January and 28 February too."""
    day, next_day = _day_of_month(before), _day_of_month(now)
    first_clipped = _is_month_end(before) & (day < next_day)
    next_clipped = _is_month_end(now) & (next_day < day)
    return np.asarray((day == next_day) | first_clipped | next_clipped)


def _day_of_month(times: Times) -> NDArray[np.int64]:
    first = times.astype("M8[M]").astype("M8[D]")
    return np.asarray((times.astype("M8[D]") - first).astype(np.int64))


def _is_month_end(times: Times) -> NDArray[np.bool_]:
    return np.asarray(_day_of_month(times.astype("M8[D]") + 1) == 0)


def _monthly(times: Times, before: Times, now: Times) -> Frequency:
    months = (now.astype("M8[M]") - before.astype("M8[M]")).astype(np.int64)
    sizes, counts = np.unique(np.maximum(months, 1), return_counts=True)
    count = int(sizes[counts.argmax()])
    if np.mean(months % count == 0) < ENOUGH:
        count = max(int(np.gcd.reduce(months)), 1)
    return Frequency(count, _unit_of_months(times))


def _unit_of_months(times: Times) -> str:
    """On which days of the month they lie: business days where more of them do than on plain ones.

    Those at a weekend tell the two apart.
    """
    days, month = times.astype("M8[D]"), times.astype("M8[M]")
    first, last = month.astype("M8[D]"), (month + 1).astype("M8[D]") - 1
    for unit, plain, of_business in (
        (LAST_BUSINESS_DAY, last, np.busday_offset(last, 0, "backward")),
        (FIRST_BUSINESS_DAY, first, np.busday_offset(first, 0, "forward")),
    ):
        share = np.mean(days == of_business)
        if share >= MOST and share > np.mean(days == plain):
            return unit
    return "month end" if np.mean(days == last) >= MOST else "month"


def _business(frequency: Frequency, times: Times, before: Times, now: Times) -> Frequency:
    """Daily becomes business days where weekends were passed over and hardly one was not."""
    if frequency != Frequency(1, "day"):
        return frequency
    first, last = before.astype("M8[D]"), now.astype("M8[D]")
    passed_over = np.busday_count(first, last) < (last - first).astype(np.int64)
    at_weekend = 1 - np.mean(np.is_busday(times.astype("M8[D]")))
    return Frequency(1, "business day") if passed_over.any() and at_weekend <= RARE else frequency
