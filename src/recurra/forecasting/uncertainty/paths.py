"""Sample paths: values of all steps together, which go up and down as held-out errors did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.uncertainty.held_out import Places, thinned
from recurra.forecasting.uncertainty.marginals import Marginals

Array = NDArray[np.float64]

FEWEST, MOST = 50, 500
"""Windows whose errors are taken together."""


@dataclass(frozen=True)
class Ranks:
    """How the errors of the steps of some windows went together.

    The ranks of the errors at each step, window by window, are the empirical copula of the steps.
    A path takes those of one window for its levels, so that its steps depend on each other as that
    window's did, and each step by itself is distributed as the forecast says: the Schaake shuffle
    (Clark et al. 2004), with the windows of the held-out time for the historical dates.

    Attributes:
        ranks: From 0 to M - 1 in each column, (M, K).
        seen: Whether learning has seen some of the windows.
    """

    ranks: Array
    seen: bool = False

    @classmethod
    def of(cls, errors: Array) -> Self:
        """Of errors, or levels, of whole windows, (M, K)."""
        order = np.argsort(np.argsort(errors, axis=0, kind="stable"), axis=0)
        return cls(order.astype(np.float64))

    def levels(self, count: int, generator: np.random.Generator) -> Array:
        """Of ``count`` paths, (count, K), each step by itself even between 0 and 1.

        Every window is taken before one is taken again; within the width of a rank a path lies
        equally far at all steps.
        """
        total = len(self.ranks)
        rounds = [generator.permutation(total) for _ in range(-(-count // total))]
        rows = np.concatenate(rounds)[:count]
        return np.asarray((self.ranks[rows] + generator.random((count, 1))) / total)

    def paths(self, marginals: Marginals, count: int, seed: int) -> Array:
        """Paths of every window of some distributions, (W, K, count), each series by itself.

        Raises:
            OptionError: If no window told how steps go together.
        """
        steps = marginals.values.shape[1]
        if not len(self.ranks):
            raise OptionError(
                "sample paths from a model that knows no whole window of its horizon",
                "a window whose whole horizon was observed before the test part",
                "fit again, with more history or a shorter horizon",
            )
        generator = np.random.default_rng(seed)
        rows = [self.levels(count, generator)[:, :steps].T for _ in marginals.values]
        found = marginals.read(np.stack(rows))
        return np.maximum(np.rint(found), 0.0) if marginals.whole else found


def ranks_of(errors: Array, further: Callable[[], Array]) -> Ranks:
    """From the errors of held-out windows; if few of them are whole, from further ones.

    Args:
        errors: (M, K), NaN where there was no truth.
        further: Gives those of windows that learning has seen. That makes them smaller, but hardly
            changes how they go together.
    """
    whole = np.flatnonzero(np.isfinite(errors).all(axis=1))
    if len(whole) >= FEWEST:
        kept = np.linspace(0, len(whole) - 1, min(len(whole), MOST)).round().astype(np.int64)
        return Ranks.of(errors[whole[kept]])
    more = further()
    return replace(Ranks.of(more[np.isfinite(more).all(axis=1)]), seen=True)


def late_windows(
    prepared: Sequence[Prepared], horizon: int, least: int
) -> list[tuple[Prepared, Places]]:
    """The last windows of each series whose whole horizon lies before the test part.

    Args:
        prepared: The series.
        horizon: K.
        least: Values that must lie before an origin.
    """
    each = max(1, -(-2 * FEWEST // len(prepared)))
    ends = [one.split.train + one.split.validation - horizon + 1 for one in prepared]
    late = [np.arange(max(least, end - each), max(least, end)) for end in ends]
    return thinned(list(zip(prepared, late, strict=True)), MOST)
