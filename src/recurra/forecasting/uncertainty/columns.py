"""Distributions as columns of a frame, named as Nixtla names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.plan import check_counts
from recurra.forecasting.uncertainty.paths import Ranks
from recurra.forecasting.uncertainty.spread import Spread, check_percent, check_share

Array = NDArray[np.float64]

MODEL = "recurra"

PATHS_FROM_SEEN = (
    "few windows lie whole in the validation part, so how the steps of a sample path go together "
    "was taken from windows that were learned from as well"
)
"""A note."""


@dataclass(frozen=True)
class Asked:
    """What is asked for beside the forecast.

    Attributes:
        level: Percents.
        quantiles: Shares.
        samples: How many paths; None for none.
    """

    level: Sequence[float]
    quantiles: Sequence[float]
    samples: int | None

    @classmethod
    def of(
        cls,
        level: Sequence[float] | None,
        quantiles: Sequence[float] | None,
        samples: int | None,
    ) -> Asked:
        """As it was given.

        Raises:
            OptionError: If a list is none, or a number in it or of paths is out of range.
        """
        if isinstance(level, Real | str):
            raise OptionError(f"level={level!r}", "a list of percents", f"write level=[{level}]")
        if isinstance(quantiles, Real | str):
            raise OptionError(
                f"quantiles={quantiles!r}", "a list of shares", f"write quantiles=[{quantiles}]"
            )
        check_counts(samples=samples)
        asked = cls(() if level is None else level, () if quantiles is None else quantiles, samples)
        for percent in asked.level:
            check_percent(percent)
        for share in asked.quantiles:
            check_share(share)
        return asked

    def columns(self, spread: Callable[[], Spread], ranks: Ranks, seed: int) -> dict[str, Array]:
        """Each column by its name, (W, K) each: the intervals, then the quantiles, then the paths.

        Args:
            spread: Gives the distributions; called only if something was asked for.
            ranks: How steps go together.
            seed: Of the paths.
        """
        if not (len(self.level) or len(self.quantiles) or self.samples):
            return {}
        found, columns = spread(), {}
        for percent in self.level:
            low, high = found.ends(percent)
            columns[f"{MODEL}-lo-{percent:g}"] = low
            columns[f"{MODEL}-hi-{percent:g}"] = high
        for share in self.quantiles:
            columns[f"{MODEL}-ql{share:g}"] = found.quantile(share)
        if self.samples:
            paths = ranks.paths(found.marginals(), int(self.samples), seed)
            names = (f"{MODEL}-sample-{number}" for number in range(self.samples))
            columns |= dict(zip(names, np.moveaxis(paths, 2, 0), strict=True))
        return columns
