"""When the last readings of series were, as tensors of a model's file, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from recurra.errors import ShapeError
from recurra.forecasting.readings import Readings
from recurra.forecasting.tail import Tail
from recurra.tables.times import TimeStyle

TIMES, COMING, COUNTS, USUAL = (f"tails.{name}" for name in ("times", "coming", "told", "usual"))


def readings_of(tails: Sequence[Tail]) -> dict[str, NDArray[Any]]:
    """The times of the last R readings (S, R), and those to come, end to end; none on a grid."""
    readings = [tail.readings for tail in tails if tail.readings is not None]
    if not readings:
        return {}
    return {
        TIMES: np.stack([one.times for one in readings]).astype(np.int64),
        COMING: np.concatenate([one.coming for one in readings]).astype(np.int64),
        COUNTS: np.array([len(one.coming) for one in readings], dtype=np.int64),
        USUAL: np.array([one.usual for one in readings], dtype=np.int64),
    }


def readings_again(
    arrays: Mapping[str, Tensor], style: TimeStyle, lengths: NDArray[np.int64]
) -> list[Readings]:
    """The readings of S series; none if the file is of series on a grid.

    Args:
        arrays: What :func:`readings_of` gave.
        style: How times are written.
        lengths: (S,) how many readings each series had.

    Raises:
        ShapeError: If the numbers do not fit together.
        KeyError: If some are missing.
    """
    if TIMES not in arrays:
        return []
    times, coming, counts, usual = (arrays[name].numpy() for name in (TIMES, COMING, COUNTS, USUAL))
    bounds = np.cumsum([0, *counts])
    if not len(times) == len(counts) == len(usual) == len(lengths) or bounds[-1] != len(coming):
        raise ShapeError(f"readings of shapes {times.shape}, {coming.shape} and {counts.shape}")
    if usual.min() < 1 or counts.min() < 0 or (np.diff(times) <= 0).any():
        raise ShapeError("times of readings that do not rise")
    kind = np.int64 if style.counts else "datetime64[us]"
    return [
        Readings(
            times[row].astype(kind),
            coming[bounds[row] : bounds[row + 1]].astype(kind),
            int(usual[row]),
            int(lengths[row]) - times.shape[1],
        )
        for row in range(len(times))
    ]
