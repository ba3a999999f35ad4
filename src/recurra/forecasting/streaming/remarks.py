"""What is said of the rows of a stream: each kind of thing once, with the first case of it."""

from __future__ import annotations

from collections import Counter

NO_COLUMN = "rows without a column that is needed: left out"
NO_SERIES = "rows without a series: left out"
NO_TIME = "rows whose time cannot be read: left out"
NO_NUMBER = "rows without a plain number such as 1234.5 or nothing in the target: left out"
INFINITE = "infinite values taken as missing"
MISSING = "missing values: filled with the value before, once a later one comes"
GAP = "gaps of missing times: filled with the value before"
MOVED = "times beside the grid: moved to the nearest grid point"
REPEATED = "rows of a time that was there: averaged, and forecast from anew"
LATE = "rows that came late: put in their place, and forecast from anew"
TOO_LATE = "rows too late to change a forecast: left out"
NEW = "series that are new to the model: forecast once they have the points that it needs"
REFUSED = "rows of series that the model cannot take up: left out"
NO_LINE = "lines that are no rows: left out"
NO_END = "a last line without a line end: taken as whole"


class Remarks:
    """Sentences for a person, each kind of thing once however often it happens.

    Attributes:
        notes: What was said so far, a sentence each, with the first case in brackets.
        counts: How often each kind of thing happened.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.counts: Counter[str] = Counter()

    def say(self, kind: str, case: str) -> None:
        """Counts a case, and tells of the first.

        Args:
            kind: One of those above.
            case: What it was, such as the series and time.
        """
        if not self.counts[kind]:
            self.notes.append(f"{kind} ({case})")
        self.counts[kind] += 1

    def summary(self) -> list[str]:
        """How many cases there were of each kind that happened more than once."""
        return [f"{count:,} {kind}" for kind, count in self.counts.items() if count > 1]
