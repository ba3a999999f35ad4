"""What a look at the data found."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from recurra.forecasting.doctor import page, text
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.sketches import Sketches


@dataclass(frozen=True)
class Inspection:
    """What a look at the data found; ``print`` shows it.

    Attributes:
        title: What was looked at.
        target: The column to forecast.
        rows: Rows of the table that have a time and a series.
        series: How many there are.
        first: The earliest time, as the table writes it.
        last: The latest.
        frequency: In words; None if the times follow no regular step.
        seasons: Those that most series have, in steps, the shortest first.
        recommendation: What to do, in a sentence or two.
        findings: The gravest first.
        sketches: What the page draws.
    """

    title: str
    target: str
    rows: int
    series: int
    first: str
    last: str
    frequency: str | None
    seasons: tuple[int, ...]
    recommendation: str
    findings: tuple[Finding, ...]
    sketches: Sketches = field(repr=False)

    @property
    def worst(self) -> Severity:
        """The gravest of all findings."""
        return max(finding.severity for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity, the gravest first, by its word."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity.word: found[severity] for severity in sorted(Severity, reverse=True)}

    def as_dict(self) -> dict[str, Any]:
        """All but the pictures, as plain data."""
        return {
            "title": self.title,
            "target": self.target,
            "rows": self.rows,
            "series": self.series,
            "first": self.first,
            "last": self.last,
            "frequency": self.frequency,
            "seasons": list(self.seasons),
            "recommendation": self.recommendation,
            "counts": self.counts(),
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.as_dict(), indent=2, allow_nan=False, ensure_ascii=False)

    def to_html(self) -> str:
        """One page that needs no other file and no network."""
        return page.render(self)

    def __str__(self) -> str:
        return text.plain(self)
