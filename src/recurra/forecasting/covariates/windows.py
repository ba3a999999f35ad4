"""Windows on covariates: views of the arrays of all series, copied only a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.errors import ShapeError
from recurra.forecasting.covariates.block import Block

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class WindowCovariates:
    """The covariates of B windows, as a network reads them.

    A window has L past steps, whose target is known, and K steps ahead. Numbers are float32 in
    standard units. Where one is missing stands 0, the training mean, and its mask is False; a
    network that should know must read the mask (``Encoding.sizes.with_gaps`` names the columns in
    which it can be learned from). Codes are int64 from 0 to below ``Encoding.sizes``; 0 is a
    category that no training point has, so an embedding best keeps its vector at 0
    (``padding_idx=0``).

    Attributes:
        past: (B, L, P) numbers known up to now.
        past_seen: (B, L, P) bool.
        past_codes: (B, L, U).
        future: (B, L + K, F) numbers known ahead, then calendar and holidays: sines and cosines
            from -1 to 1, flags 0 or 1, counts of holidays.
        future_seen: (B, L + K, F) bool; True throughout for calendar and holidays.
        future_codes: (B, L + K, V).
        static: (B, Q) numbers of the series.
        static_seen: (B, Q) bool.
        static_codes: (B, R).
    """

    past: Tensor
    past_seen: Tensor
    past_codes: Tensor
    future: Tensor
    future_seen: Tensor
    future_codes: Tensor
    static: Tensor
    static_seen: Tensor
    static_codes: Tensor

    def __iter__(self) -> Iterator[Tensor]:
        return (getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class CovariateWindows:
    """All windows of L past and K coming steps of S series, views of the arrays of N points.

    ``windows[series, first]`` takes two int64 tensors (B,): the numbers of the series and the step
    at which the past of each window begins, counted from where the arrays of its series begin. It
    copies those windows out, as a batch is made; all else shares the memory of the arrays.

    The targets of window ``first`` are the steps from ``first + L`` to before ``first + L + K``;
    the last window of a series of n points that has a past begins at n - L, and looks ahead into
    the room behind the series.

    Attributes:
        lookback: L.
        horizon: K.
        lengths: (S,) the points of each series.
    """

    lookback: int
    horizon: int
    lengths: Tensor
    _starts: tuple[Tensor, Tensor, Tensor]
    _past: tuple[Tensor, Tensor, Tensor]
    _future: tuple[Tensor, Tensor, Tensor]
    _of_time: Tensor
    _static: tuple[Tensor, Tensor, Tensor]

    @classmethod
    def of(
        cls,
        blocks: tuple[Block, Block, Block],
        of_time: NDArray[np.float32],
        starts: tuple[Whole, Whole, Whole],
        lengths: Whole,
        *,
        lookback: int,
        horizon: int,
    ) -> Self:
        """Windows on arrays.

        Args:
            blocks: Past-only, known-future and static.
            of_time: (C, G) calendar and holidays.
            starts: (S,) each, where a series begins in the first, the second and ``of_time``.
            lengths: (S,) its points.
            lookback: L.
            horizon: K.
        """
        past, future, static = (
            tuple(map(torch.from_numpy, (block.values, block.seen, block.codes)))
            for block in blocks
        )
        reach = lookback + horizon
        return cls(
            lookback,
            horizon,
            torch.from_numpy(lengths),
            tuple(map(torch.from_numpy, starts)),  # type: ignore[arg-type]
            tuple(_views(array, lookback) for array in past),  # type: ignore[arg-type]
            tuple(_views(array, reach) for array in future),  # type: ignore[arg-type]
            _views(torch.from_numpy(of_time), reach),
            static,  # type: ignore[arg-type]
        )

    def __getitem__(self, index: tuple[Tensor, Tensor]) -> WindowCovariates:
        """The windows of ``series`` (B,) that begin at ``first`` (B,)."""
        series, first = index
        self._check(series, first)
        past, future, of_time = (starts[series] + first for starts in self._starts)
        values, seen, codes = (views[past] for views in self._past)
        known, known_seen, known_codes = (views[future] for views in self._future)
        static, static_seen, static_codes = (array[series] for array in self._static)
        if self._of_time.shape[-1]:
            calendar = self._of_time[of_time]
            known = torch.cat([known, calendar], -1)
            known_seen = torch.cat([known_seen, torch.ones_like(calendar, dtype=torch.bool)], -1)
        return WindowCovariates(
            values,
            seen,
            codes.long(),
            known,
            known_seen,
            known_codes.long(),
            static,
            static_seen,
            static_codes.long(),
        )

    def _check(self, series: Tensor, first: Tensor) -> None:
        """Windows beyond a series would read another's."""
        beyond = (first < 0) | (first + self.lookback > self.lengths[series])
        if bool(beyond.any()):
            row = int(beyond.nonzero()[0])
            raise ShapeError(
                f"a window of {self.lookback} past steps from step {int(first[row])} of series "
                f"{int(series[row])}, which has {int(self.lengths[series[row]])}",
                "windows whose past lies within their series",
            )


def _views(array: Tensor, size: int) -> Tensor:
    """All stretches of ``size`` rows of (N, P), (N - size + 1, size, P), without copying."""
    count, width = len(array) - size + 1, array.shape[1]
    if count < 1 or not width:
        return array.new_empty((1, size, width)).expand(max(count, len(array), 1), size, width)
    return array.as_strided((count, size, width), (width, width, 1))
