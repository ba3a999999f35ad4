"""What segment-wise networks learn from, made of the series by the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.preparation import Prepared
from recurra.forecasting.segments.arrays import Arrays
from recurra.forecasting.segments.constants import Constants
from recurra.forecasting.segments.learning import Stretch, windows
from recurra.forecasting.segments.sampling import Windows
from recurra.forecasting.segments.settings import Settings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """Series as networks of some settings see them.

    Attributes:
        ids: Their names.
        constants: What is kept of each, from its training part.
        train: The windows of the training parts.
        validation: Those of the validation parts; None where there are none.
        seasons: What smoothed seasons start from, (S, m); None where none are smoothed.
    """

    ids: list[str]
    constants: Constants
    train: Windows
    validation: Windows | None
    seasons: Array | None = None

    @classmethod
    def of(cls, settings: Settings, prepared: Sequence[Prepared]) -> Self:
        """Made of series with their parts."""
        constants = Constants.stack(
            [
                settings.constants_of(one.train, one.series.observed[: one.split.train])
                for one in prepared
            ]
        )
        arrays = _arrays(settings, prepared, constants)
        splits = [one.split for one in prepared]
        train = [Stretch(0, split.train) for split in splits]
        later = [Stretch(split.train, split.train + split.validation) for split in splits]
        around = prepared[0].around if settings.sizes.beside else None
        first, second = (
            windows(arrays, constants, part, settings.least, around) for part in (train, later)
        )
        ids = [one.series.id for one in prepared]
        seasons = _first_seasons(settings, prepared, constants) if settings.smoothed else None
        return cls(ids, constants, first, second if len(second) else None, seasons)


def _first_seasons(settings: Settings, prepared: Sequence[Prepared], constants: Constants) -> Array:
    found = [settings.seasons_of(constants, row, one.train) for row, one in enumerate(prepared)]
    return np.stack(found)


def _arrays(settings: Settings, prepared: Sequence[Prepared], constants: Constants) -> Arrays:
    rows = np.arange(len(prepared))
    scaled = [
        constants.scaled(rows[[row]], one.series.values[None], np.zeros(1, np.int64))[0]
        for row, one in enumerate(prepared)
    ]
    observed = [one.series.observed for one in prepared]
    return Arrays.of(scaled, observed, settings.sizes.lookback, settings.sizes.horizon)
