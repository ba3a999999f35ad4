"""How a time is shared between the search and what comes after it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from recurra.forecasting.segments.search.budget import Budget

JUDGING = 0.5
"""What judging at the end takes, in trainings."""


@dataclass(frozen=True)
class Timetable:
    """Leaves room for the training of the networks that are kept, twice: judged, and anew.

    Attributes:
        budget: A time; of a number of trials there is no end to the time.
        networks: How many are averaged.
        clock: Tells seconds.
        begun: When, by that clock.
    """

    budget: Budget
    networks: int
    clock: Callable[[], float]
    begun: float

    @classmethod
    def begin(
        cls, budget: Budget, networks: int, clock: Callable[[], float] = time.monotonic
    ) -> Self:
        """Begins now."""
        return cls(budget, networks, clock, clock())

    def after(self, seconds: float) -> Self:
        """The same, of which at least so many seconds are spent."""
        return replace(self, begun=min(self.begun, self.clock() - seconds))

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return self.clock() - self.begun

    def left(self, training: float) -> float:
        """Seconds that the search has, if one training of what is kept takes so many."""
        if self.budget.seconds is None:
            return math.inf
        return self.budget.seconds - self.spent - self.finish(training)

    def finish(self, training: float) -> float:
        """Seconds for all that comes after the search, if one training takes so many."""
        return (2 * self.networks + JUDGING) * training
