"""What is known of how far a forecast may be off, whatever it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.uncertainty.marginals import Marginals

Array = NDArray[np.float64]


class Spread(Protocol):
    """The distributions of W series and K steps."""

    def ends(self, level: float) -> tuple[Array, Array]:
        """Both ends of the interval that holds the truth ``level`` percent of the time, (W, K)."""

    def quantile(self, level: float) -> Array:
        """The value that the truth stays below with probability ``level``, (W, K)."""

    def marginals(self) -> Marginals:
        """All quantiles."""


@dataclass(frozen=True)
class HeadSpread:
    """What a head says, once it holds on held-out windows: the ends of intervals are quantiles.

    Attributes:
        distributions: Of each series and step.
    """

    distributions: Marginals

    def ends(self, level: float) -> tuple[Array, Array]:
        """The quantiles with half of what is left beyond each."""
        check_percent(level)
        return self.quantile((100 - level) / 200), self.quantile((100 + level) / 200)

    def quantile(self, level: float) -> Array:
        """One of the distributions' own."""
        check_share(level)
        return self.distributions.at(float(level))

    def marginals(self) -> Marginals:
        """The distributions."""
        return self.distributions


def check_percent(level: object) -> None:
    """Raises an OptionError if it is no percent that intervals are given for."""
    if not (isinstance(level, Real) and 1 <= float(level) < 100):
        raise OptionError(
            f"level {level!r}",
            "percent, at least 1 and below 100, as 80 or 95",
            "write 80 for a share of 0.8",
        )


def check_share(level: object) -> None:
    """Raises an OptionError if it names no quantile."""
    if isinstance(level, bool) or not (isinstance(level, Real) and 0 < float(level) < 1):
        raise OptionError(
            f"quantile {level!r}",
            "a share above 0 and below 1, as 0.1 or 0.9",
            "write 0.1 for 10 percent",
        )


def check_steps(steps: int, judged: int) -> None:
    """Raises an OptionError if a model was not judged so far ahead."""
    if steps > judged:
        raise OptionError(
            f"intervals for {steps} steps ahead",
            f"at most the {judged} steps that the model was judged for",
            f"fit with horizon={steps}, or leave the level out",
        )
