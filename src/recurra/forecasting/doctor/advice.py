"""What to do with the data, in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.errors import DataError
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.history import plan_of, too_short
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import joined, number


def advise(subject: Subject, findings: Sequence[Finding]) -> str:
    """The recommendation: how far ahead, which seasons, and what to see to first."""
    plan = plan_of(subject)
    if isinstance(plan, DataError):
        return f"Too short to forecast: {plan.given}."
    parts = [f"Forecast {plan.horizon:,} ahead", _seasons(subject)]
    short = len(too_short(subject, plan))
    if short:
        parts.append(f"{short:,} series {'is' if short == 1 else 'are'} too short")
    walks = any(one.check == "random walk" and one.severity > Severity.NOTE for one in findings)
    if walks:
        parts.append("expect little more than the last value repeated")
    return f"{_first(findings)}{'; '.join(parts)}."


def _first(findings: Sequence[Finding]) -> str:
    """What must be seen to before."""
    checks = list(dict.fromkeys(one.check for one in findings if one.severity == Severity.ERROR))
    if not checks:
        return ""
    count = sum(one.severity == Severity.ERROR for one in findings)
    return f"First see to {number(count, 'error')} ({joined(checks)}). "


def _seasons(subject: Subject) -> str:
    lengths = [f"{season.length:,}" for season in subject.seasons]
    if not lengths:
        return "no season"
    return f"season{'s' if len(lengths) > 1 else ''} {joined(lengths)}"
