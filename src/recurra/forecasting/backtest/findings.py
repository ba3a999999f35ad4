"""What a leakage audit found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """What one experiment showed.

    Attributes:
        experiment: What was changed, and what must stay the same.
        leaks: What did not stay the same, a sentence each; none where all is well.
        compared: How many forecasts and learned values were compared, bit for bit.
        skipped: Why it could not be made, or "".
    """

    experiment: str
    leaks: tuple[str, ...] = ()
    compared: int = 0
    skipped: str = ""


@dataclass(frozen=True)
class Audit:
    """What all experiments showed.

    Attributes:
        findings: One an experiment.
        verdict: The outcome in a sentence or two.
        repeatable: Whether the same data twice gave the same bits; if not, nothing else can be
            told.
    """

    findings: tuple[Finding, ...]
    verdict: str
    repeatable: bool

    @property
    def passed(self) -> bool:
        """Whether there was no leak, and the experiments could tell."""
        return self.repeatable and not any(finding.leaks for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        findings = [{**vars(one), "leaks": list(one.leaks)} for one in self.findings]
        return {"passed": self.passed, "verdict": self.verdict, "findings": findings}


def conclude(findings: tuple[Finding, ...], *, repeatable: bool) -> Audit:
    """The audit that these findings make."""
    leaks = [leak for finding in findings for leak in finding.leaks]
    made = [finding for finding in findings if not finding.skipped]
    if not repeatable:
        verdict = (
            "The audit can tell nothing: the same data twice gave different forecasts. Set the "
            "seed of whatever is random, and use one thread."
        )
    elif leaks:
        verdict = f"There is a leak: {leaks[0]}."
    else:
        compared = sum(finding.compared for finding in made)
        verdict = (
            f"No leak was found: {compared:,} forecasts and learned values stayed the same, bit "
            f"for bit, in {len(made)} experiments."
        )
    return Audit(findings, verdict, repeatable)
