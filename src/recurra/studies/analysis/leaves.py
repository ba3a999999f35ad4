"""A regression tree as its leaves, each a box of the space, of which variances are sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Leaves:
    """The L leaves of a tree over C columns, the range of each of which is 0 to 1.

    Attributes:
        values: What each says, less the mean over the space, (L,).
        low: Where each begins, (L, C).
        high: Where each ends, (L, C).
    """

    values: Numbers
    low: Numbers
    high: Numbers

    @classmethod
    def of(cls, tree: Any, bounds: Numbers) -> Self:
        """The leaves of a tree of scikit-learn.

        Args:
            tree: Its ``tree_``, whose nodes lie behind those above them.
            bounds: From where to where each column goes, (C, 2).
        """
        low = np.zeros((tree.node_count, len(bounds)))
        high = np.ones_like(low)
        for node in np.flatnonzero(tree.feature >= 0):
            column = tree.feature[node]
            first, last = bounds[column]
            cut = np.clip((tree.threshold[node] - first) / (last - first), 0, 1)
            for child in (tree.children_left[node], tree.children_right[node]):
                low[child], high[child] = low[node], high[node]
            high[tree.children_left[node], column] = cut
            low[tree.children_right[node], column] = cut
        ends = tree.feature < 0
        values, low, high = tree.value[ends].ravel(), low[ends], high[ends]
        return cls(values - values @ (high - low).prod(1), low, high)

    @property
    def variance(self) -> float:
        """Over the whole space, evenly."""
        return float(self.values**2 @ (self.high - self.low).prod(1))

    def explained(self, columns: NDArray[np.int64]) -> float:
        """The variance of the mean over all other columns: what these say, alone and together.

        That mean is a sum over leaves; its square is one over pairs of them, of which each adds as
        much as they overlap in these columns (Hutter et al. 2014, equations 5 to 8).
        """
        others = np.setdiff1d(np.arange(self.low.shape[1]), columns)
        weighed = self.values * (self.high - self.low)[:, others].prod(1)
        shared = np.ones((len(self.values), len(self.values)))
        for column in columns:
            ends = np.minimum.outer(self.high[:, column], self.high[:, column])
            begins = np.maximum.outer(self.low[:, column], self.low[:, column])
            shared *= np.clip(ends - begins, 0, None)
        return float(weighed @ shared @ weighed)
