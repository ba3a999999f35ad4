"""One thing that was found about the data, how grave it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

MOST_PLACES = 20
"""Places that a finding names; their number is always given in full."""


class Severity(IntEnum):
    """How grave a finding is; the graver, the higher."""

    OK = 0
    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """``ok``, ``note``, ``warning`` or ``error``."""
        return self.name.lower()


@dataclass(frozen=True)
class Place:
    """Where something was found.

    Attributes:
        series: The name of the series.
        time: As the table writes it; "" where all of the series is meant.
        size: How large, in the unit that the finding names; None where nothing is measured.
    """

    series: str
    time: str = ""
    size: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"series": self.series, "time": self.time, "size": self.size}


@dataclass(frozen=True)
class Finding:
    """What one check has to say.

    Attributes:
        check: What was looked at, in a word or two: "gaps", "outliers".
        severity: Whether it can be left so.
        said: What was found, a sentence or two.
        do: What to do about it; "" where nothing needs to be done.
        places: Where, at most ``MOST_PLACES`` of them, the gravest first.
        figures: What was measured, by name: plain data for JSON.
    """

    check: str
    severity: Severity
    said: str
    do: str = ""
    places: tuple[Place, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "check": self.check,
            "severity": self.severity.word,
            "said": self.said,
            "do": self.do,
            "places": [place.to_json() for place in self.places],
            "figures": dict(self.figures),
        }
