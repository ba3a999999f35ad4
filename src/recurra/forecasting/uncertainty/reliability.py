"""Whether distributions held on the test part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recurra.forecasting.model import Distributional
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.uncertainty.conformal import Shifts
from recurra.forecasting.uncertainty.held_out import most_windows, quantiles_of, thinned
from recurra.forecasting.uncertainty.spread import HeadSpread

LEVELS = (50, 80, 90, 95)

BINS = 10


@dataclass(frozen=True)
class Reliability:
    """How often what came lay where a head said it would, on the test part.

    Attributes:
        coverage: By level in percent: the percent of truths in the interval.
        width: By level: the mean width of the interval, in the series' standard units.
        pit: The percent of truths in each tenth of their distributions, the lowest first: 10 each,
            if the distributions are right; more at both ends, if they are too narrow.
        truths: How many there were.
    """

    coverage: dict[int, float]
    width: dict[int, float]
    pit: tuple[float, ...]
    truths: int

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        keyed = {name: {str(k): v for k, v in getattr(self, name).items()} for name in KEYED}
        return {**keyed, "pit": list(self.pit), "truths": self.truths}


KEYED = ("coverage", "width")


def assess(
    model: Distributional, shifts: Shifts, prepared: Sequence[Prepared], plan: Plan
) -> Reliability | None:
    """Forecasts the test part of every series, a horizon at a time.

    None if nothing came in it, or nothing to calibrate by before it.

    Args:
        model: One with a head.
        shifts: What its quantiles are moved by.
        prepared: The series.
        plan: Horizon and the sizes of the parts.
    """
    starts = [one.split.train + one.split.validation for one in prepared]
    pairs = zip(prepared, starts, strict=True)
    windows = [
        (one, np.arange(start, len(one.series.values), plan.horizon)) for one, start in pairs
    ]
    test = quantiles_of(model, thinned(windows, most_windows(plan.horizon)), plan, until_test=False)
    seen = np.isfinite(test.truth)
    if not (seen.any() and shifts.known):
        return None
    marginals = shifts.marginals(test.values, test.deviation, model.support)
    ends = {level: HeadSpread(marginals).ends(level) for level in LEVELS}
    held = {p: (low <= test.truth) & (test.truth <= high) for p, (low, high) in ends.items()}
    wide = {p: (high - low) / test.deviation[:, None] for p, (low, high) in ends.items()}
    levels = marginals.level_of(test.truth, np.random.default_rng(0))[seen]
    counts = np.histogram(levels, bins=BINS, range=(0, 1))[0]
    return Reliability(
        {level: float(100 * inside[seen].mean()) for level, inside in held.items()},
        {level: float(one[seen].mean()) for level, one in wide.items()},
        tuple(float(share) for share in 100 * counts / counts.sum()),
        int(seen.sum()),
    )
