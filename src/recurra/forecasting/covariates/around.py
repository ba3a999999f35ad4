"""The covariates of series around any origin, also where a window reaches beyond its series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.covariates.block import Block
from recurra.forecasting.covariates.covariates import Covariates
from recurra.forecasting.covariates.placing import Layout
from recurra.forecasting.covariates.windows import CovariateWindows, WindowCovariates

Whole = NDArray[np.int64]


class Around:
    """Windows on covariates around origins, of any lookback and horizon.

    What lies before the first point of a series, and what past-only columns were behind its last
    one, was not observed. Windows are views; those of one lookback and horizon are laid out once.

    Args:
        covariates: Of S series, with as much room behind as the farthest window reaches.
    """

    def __init__(self, covariates: Covariates) -> None:
        self._covariates = covariates
        self._windows: dict[tuple[int, int], CovariateWindows] = {}

    @property
    def covariates(self) -> Covariates:
        """What it reads."""
        return self._covariates

    def at(self, series: Tensor, ends: Tensor, lookback: int, horizon: int) -> WindowCovariates:
        """The windows of L steps before and K steps from these origins, copied.

        Args:
            series: The numbers of their series, int64 (B,).
            ends: How many points of the grid of each lie before the origin, int64 (B,); at most as
                many more than it has as leave K steps of the room.
            lookback: L, at least 1.
            horizon: K, at most the room.

        Raises:
            ShapeError: If a window reaches further than the room.
        """
        # So many places are put before each series that a window begins where its origin lies.
        firsts = torch.from_numpy(self._covariates.firsts)
        return self._laid_out(lookback, horizon)[series, ends - firsts[series]]

    def _laid_out(self, lookback: int, horizon: int) -> CovariateWindows:
        key = lookback, horizon
        if key not in self._windows:
            behind = max(0, int(self._covariates.rooms.min()) - horizon)
            wider = with_margins(self._covariates, lookback, behind)
            self._windows[key] = wider.windows(lookback, horizon)
        return self._windows[key]


def with_margins(covariates: Covariates, before: int, behind: int) -> Covariates:
    """Series with so many steps more before them, and so many of the room counted as past.

    Nothing was observed in either but what is known ahead of the room.

    Args:
        covariates: Of S series.
        before: Steps.
        behind: Steps, at most the room of every series.
    """
    roles, encoding = covariates.encoding.roles, covariates.encoding
    near, far = covariates.past_layout, covariates.future_layout
    past = Layout.of(near.lengths + before + behind)
    future = Layout.of(far.lengths + before)
    return replace(
        covariates,
        firsts=covariates.firsts - before,
        lengths=past.lengths,
        rooms=covariates.rooms - behind,
        past=_moved(
            covariates.past,
            near,
            Block.empty(past.size, encoding, roles.past),
            past.starts + before,
        ),
        future=_moved(
            covariates.future,
            far,
            Block.empty(future.size, encoding, roles.future),
            future.starts + before,
        ),
    )


def _moved(block: Block, layout: Layout, wider: Block, starts: Whole) -> Block:
    """Writes the stretches of a block into a wider one, each from its place in ``starts`` (S,)."""
    places = np.arange(layout.size) + np.repeat(starts - layout.starts, layout.lengths)
    for name, array in vars(wider).items():
        array[places] = getattr(block, name)
    return wider


@dataclass(frozen=True)
class Beside:
    """Where the covariates of W origins are found.

    Attributes:
        around: Of which covariates.
        series: (W,) int64, the number of each origin's series in them.
        ends: (W,) int64, how many points of its grid lie before the origin.
    """

    around: Around
    series: Whole
    ends: Whole

    @classmethod
    def joined(cls, several: list[Beside]) -> Self:
        """Several of the same covariates, one after the other."""
        series, ends = (
            np.concatenate([getattr(one, name) for one in several]) for name in ("series", "ends")
        )
        return cls(several[0].around, series, ends)

    def __getitem__(self, rows: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """Some of the origins."""
        return replace(self, series=self.series[rows], ends=self.ends[rows])

    def later(self, steps: int) -> Self:
        """The origins so many steps later."""
        return replace(self, ends=self.ends + steps)

    def read(self, lookback: int, horizon: int) -> WindowCovariates:
        """The windows of L steps before and K from each origin; see :meth:`Around.at`."""
        series, ends = torch.from_numpy(self.series), torch.from_numpy(self.ends)
        return self.around.at(series, ends, lookback, horizon)
