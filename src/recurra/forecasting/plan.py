"""What a forecaster settles before it learns: horizon, lookback, and how time is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from recurra.errors import DataError, OptionError

LEAST_TRAINING_WINDOWS = 4
"""Fewer examples than these teach nothing."""


@dataclass(frozen=True)
class Split:
    """How the time of a series of N points is divided, the earliest part first.

    Attributes:
        train: Points to learn from, weights and scaling.
        validation: Points after them, to stop the training and keep the best weights by.
        test: The last points, which nothing is learned from or chosen by.
    """

    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class Plan:
    """Sizes, all in steps of the series.

    Attributes:
        horizon: K, how far ahead a forecast reaches.
        lookback: L, how many past values a forecast is made from.
        validation: Points held out to choose by.
        test: Points held out to judge by.
    """

    horizon: int
    lookback: int
    validation: int
    test: int

    @property
    def reach(self) -> str:
        """The horizon in words: "1 step", "12 steps"."""
        return "1 step" if self.horizon == 1 else f"{self.horizon:,} steps"

    @property
    def least(self) -> int:
        """The shortest series that can be learned from and judged."""
        return self.lookback + LEAST_TRAINING_WINDOWS + self.validation + self.test

    def split(self, length: int) -> Split:
        """How a series of that length is divided."""
        return Split(length - self.validation - self.test, self.validation, self.test)


@dataclass(frozen=True)
class Wishes:
    """What the user set; None is for us to choose."""

    horizon: int | None = None
    lookback: int | None = None
    validation: int | None = None
    test: int | None = None

    def __post_init__(self) -> None:
        check_counts(**vars(self))


def check_counts(**options: object) -> None:
    """Checks options, given by name, that count something; one that is None is not set and passes.

    Raises:
        OptionError: If one is no whole number of at least 1.
    """
    for name, value in options.items():
        if value is not None and not is_whole(value, least=1):
            raise OptionError(f"{name}={value!r}", "a whole number, at least 1")


def is_whole(value: object, least: int) -> bool:
    """Whether it is a whole number, Python's or numpy's, of at least that."""
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= least


def held_out(length: int, natural_horizon: int, wishes: Wishes) -> tuple[int, int, int]:
    """Horizon, validation and test for series of a typical length.

    The test part is a tenth of the series, in whole horizons, and at least one; the validation part
    before it is as long, but never more than a quarter of what is left.

    Args:
        length: The median number of points of the series.
        natural_horizon: How far ahead one looks at such a frequency: a year of months, a day of
            hours.
        wishes: What the user set.
    """
    horizon = wishes.horizon or max(1, min(natural_horizon, length // 8))
    blocks = max(1, round(length / 10 / horizon))
    test = wishes.test or horizon * blocks
    validation = wishes.validation or max(1, min(test, (length - test) // 4))
    return horizon, validation, test


def make_plan(lengths: Sequence[int], natural: int, season: int, wishes: Wishes) -> Plan:
    """The plan for series of these lengths.

    The lookback, if not set, is a season of up to 48 steps, else one natural horizon, at least 10
    steps, and at most a third of the training part.

    Args:
        lengths: The number of points of each series.
        natural: How far ahead one looks at such a frequency.
        season: The season in steps, 1 if there is none.
        wishes: What the user set.

    Raises:
        DataError: If no series is long enough.
    """
    typical = int(np.median(lengths))
    horizon, validation, test = held_out(typical, natural, wishes)
    train = typical - validation - test
    wanted = max(10, min(season if season > 1 else natural, 48))
    lookback = wishes.lookback or max(1, min(wanted, train // 3))
    plan = Plan(int(horizon), int(lookback), int(validation), int(test))
    if max(lengths) < plan.least:
        raise DataError(
            f"a history of {max(lengths):,} points for a horizon of {horizon:,}",
            f"at least {plan.least:,} points: {lookback:,} to look back, "
            f"{LEAST_TRAINING_WINDOWS} to learn from, {validation:,} to choose by and {test:,} to "
            "judge by",
            "give a longer history, or a shorter horizon or lookback",
        )
    return plan
