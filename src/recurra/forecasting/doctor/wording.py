"""Counts and lists in words."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 3
"""Names that a sentence gives; of more it gives the number."""


def number(count: int, thing: str) -> str:
    """A count with its noun: "1 row", "3 rows", "2 series"."""
    plural = thing if count == 1 or thing.endswith("series") else f"{thing}s"
    return f"{count:,} {plural}"


def listed(names: Sequence[object]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(str(name) for name in names[:NAMED])
    more = len(names) - NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown


def joined(words: Sequence[object]) -> str:
    """All of them, with an "and" before the last."""
    *first, last = (str(word) for word in words)
    return f"{', '.join(first)} and {last}" if first else last


def percent(share: float) -> str:
    """A share in percent; a small one keeps a digit, and none is called 0% that is not."""
    if 0 < share < 0.001:
        return "less than 0.1%"
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
