"""What a search found, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.forecasting.segments.search.budget import Budget
from recurra.forecasting.segments.search.candidate import Candidate


@dataclass(frozen=True)
class Outcome:
    """What a search found.

    Attributes:
        candidate: The best, or what the rules chose where nothing was better beyond chance.
        changes: What is other than the rules chose, a few words each.
        trials: How many were begun, that of the rules' choice among them.
        pruned: Those of them that were given up before their end.
        best: The error of the candidate, a share of the seasonal naive forecast's; None if the
            budget had no room to find out.
        default: That of what the rules chose.
        seconds: Of the search.
        points: What it judged by: points of each series before its test part, a typical number.
        budget: What it was given.
        ended: Why it ended, where not because the budget was used; else empty.
        doubt: What did best and why it was not taken; empty where it was, or nothing did better.
    """

    candidate: Candidate
    changes: list[str]
    trials: int
    pruned: int
    best: float | None
    default: float | None
    seconds: float
    points: int
    budget: Budget
    ended: str
    doubt: str

    @property
    def chosen(self) -> str:
        """What was chosen, in words."""
        return ", ".join(self.changes) if self.changes else "what the rules chose"

    @property
    def told(self) -> dict[str, str | float]:
        """For the report, by name."""
        errors = {"validation error": self.best, "validation error of the rules": self.default}
        return {
            "search budget": str(self.budget),
            "search trials": self.trials,
            "search trials pruned": self.pruned,
            "search chose": self.chosen,
            **{name: round(one, 4) for name, one in errors.items() if one is not None},
        }

    @property
    def notes(self) -> list[str]:
        """A sentence each."""
        if self.best is None or self.default is None:
            return [f"nothing was searched for: {self.ended}"]
        return [
            f"searched within {self.budget}: {_count(self.trials)}{self._time} by TPE, "
            f"{self.pruned or 'none'} of them given up early (median pruner), judged on the "
            f"{self.points:,} points before the test part; {self._repeatable}",
            *([f"the search ended early: {self.ended}"] if self.ended else []),
            self._choice,
            "the verdict and the intervals come from the test part, which the search did not see",
        ]

    @property
    def _choice(self) -> str:
        if self.doubt:
            return self.doubt
        if not self.changes:
            return (
                "nothing did better there than what the rules chose: error "
                f"{self.default:.3f} of the seasonal naive forecast's"
            )
        return (
            f"chosen: {self.chosen}; error {self.best:.3f} of the seasonal naive forecast's there, "
            f"{self.default:.3f} with what the rules chose"
        )

    @property
    def _time(self) -> str:
        """What it took, where that is no surprise to a run that is compared with this one."""
        return "" if self.budget.seconds is None else f" in {self.seconds:.0f} s"

    @property
    def _repeatable(self) -> str:
        if self.budget.trials is not None:
            return "the same number and seed give the same"
        return "a budget of time cannot be repeated bit for bit, a number of trials can"


def _count(trials: int) -> str:
    return "1 trial" if trials == 1 else f"{trials:,} trials"
