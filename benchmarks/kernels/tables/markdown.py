"""Tables of Markdown, and how numbers look in them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

from figures import Row


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is to the left and whose others are to the right."""
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def digits(value: float) -> str:
    """Three digits that mean something, without exponents."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def percent(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.0f}%"


def shape(row: Row) -> str:
    """(T, B, I, H)."""
    return f"({', '.join(map(str, row['shape']))})"


def times_of(row: Row, who: str) -> str:
    """The median, in milliseconds, and the share of the peak."""
    if who not in row:
        return "-"
    found = row[who]
    return digits(found["median"]) + (f" ({percent(found['share'])})" if "share" in found else "")


def ratio(row: Row, who: str, ours: str = "recurra", figure: str = "median") -> float | None:
    """How many times as long as ours another takes."""
    return row[who][figure] / row[ours][figure] if who in row and ours in row else None


def shown(value: float | None) -> str:
    """A ratio."""
    return "-" if value is None else f"{value:.2f}"


def mean(values: Iterable[float | None]) -> float | None:
    """The geometric mean of those that are there."""
    known = [value for value in values if value is not None]
    return math.exp(statistics.fmean(map(math.log, known))) if known else None


def least(values: Iterable[float | None]) -> float | None:
    """The least of those that are there."""
    return min((value for value in values if value is not None), default=None)


def grouped(rows: Iterable[Row], *keys: str) -> dict[tuple[object, ...], list[Row]]:
    """Rows that agree in some columns, in the order in which they come."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found


def threads(count: object) -> str:
    """``1 thread``, ``2 threads``."""
    return f"{count} thread{'s' * (count != 1)}"


Section = Callable[[list[Row]], str]
"""What a part shows of its rows."""
