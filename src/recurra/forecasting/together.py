"""Forecasts of many series in few calls of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.histories import Histories

Array = NDArray[np.float64]

MOST_VALUES = 2**22
"""Values that are brought together for a call: 32 MiB of them."""


Forecast = Callable[[Histories, int], Array]


def together(forecast: Forecast, each: Iterable[Histories], horizon: int) -> Iterator[Array]:
    """The forecasts from several histories, (W, K) each, as many in a call as memory allows.

    Args:
        forecast: Such as of a :class:`~recurra.forecasting.model.Model`: quicker on many rows at
            once than on a few rows many times.
        each: Such as of a series each; taken as they are needed.
        horizon: K.
    """
    waiting: list[Histories] = []
    held = 0
    for one in each:
        if waiting and held + one.values.size > MOST_VALUES:
            yield from _split(forecast, waiting, horizon)
            waiting, held = [], 0
        waiting.append(one)
        held += one.values.size
    if waiting:
        yield from _split(forecast, waiting, horizon)


def _split(forecast: Forecast, each: list[Histories], horizon: int) -> list[Array]:
    rows = forecast(Histories.joined(each), horizon)
    return np.split(rows, np.cumsum([len(one) for one in each])[:-1])
