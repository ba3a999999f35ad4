"""Networks that forecast segment-wise, and what they know of each series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.description import describe
from recurra.errors import DataError, OptionError
from recurra.forecasting.covariates import WindowCovariates
from recurra.forecasting.histories import Histories
from recurra.forecasting.model import Support
from recurra.forecasting.panel import Series
from recurra.forecasting.segments.batch import Batch, Whose
from recurra.forecasting.segments.constants import Constants
from recurra.forecasting.segments.heads import HEADS, POINT
from recurra.forecasting.segments.network import SegmentNetwork
from recurra.forecasting.segments.settings import Settings
from recurra.forecasting.segments.smoothing import SmoothedFrame
from recurra.forecasting.together import together
from recurra.language import Cell

Array = NDArray[np.float64]

FORM = "segments"

AT_ONCE = 1024
"""Windows at a time: enough to keep a processor busy, few enough to stay in its cache."""


@dataclass
class SegmentModel:
    """One or several networks of the same form, whose forecasts are averaged.

    With a head the forecast is the median, and each quantile is the mean of the networks' quantiles
    (Vincent's average): distributions of the same shape in other places have a mean of that shape,
    where their mixture would be wider than each (Lichtendahl et al. 2013).

    Attributes:
        settings: What they were built by.
        networks: Each trained from another seed.
        constants: Of every series.
        ids: Their names, in the same order.
    """

    settings: Settings
    networks: tuple[SegmentNetwork, ...]
    constants: Constants
    ids: list[str]

    def __post_init__(self) -> None:
        self._rows = {name: row for row, name in enumerate(self.ids)}

    @property
    def form(self) -> str:
        """The name of its kind."""
        return FORM

    @property
    def reach(self) -> int:
        """L, how many values before an origin are read."""
        return self.settings.sizes.lookback

    @property
    def least(self) -> int:
        """How many of them must be there: what a forecast starts from."""
        return self.settings.least

    @property
    def head(self) -> str:
        """What the networks say of each step: "point", or the name of a distribution."""
        return self.settings.head

    @property
    def support(self) -> Support:
        """Which values its forecasts have."""
        if self.head != POINT and HEADS[self.head].counts:
            return "counts"
        return "positive" if self.settings.frame == "level" else "real"

    @property
    def cell(self) -> Cell:
        """The cell of all networks."""
        return self.networks[0].encoder.cell

    @property
    def summary(self) -> str:
        """As "3 networks: gru, 7 segments of 24 → 128 units → 2 segments of 24"."""
        sizes = self.settings.sizes
        count = "" if len(self.networks) == 1 else f"{len(self.networks)} networks: "
        return (
            f"{count}{self.cell.name}, {sizes.read} x {sizes.segment} steps → "
            f"{self.settings.hidden_size} units → {sizes.written} x {sizes.ahead} steps"
        )

    def forecast(self, histories: Histories, horizon: int) -> Array:
        """The values after each history, in the unit of its series.

        Beyond the horizon that was learned, forecasts are fed back and the next made from them.

        Args:
            histories: W rows of R values; where covariates are read, with room for whole horizons.
            horizon: K, at least 1.

        Returns:
            (W, K).
        """
        parts = [self._onwards(batch, horizon) for batch in histories.batches(AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty((0, horizon))

    def quantiles(self, histories: Histories, horizon: int, at: Array) -> Array:
        """The quantiles of the values after each history, in the unit of its series.

        Args:
            histories: W rows of R values.
            horizon: From 1 to the K that was learned.
            at: (Q,), rising, above 0 and below 1.

        Returns:
            (W, horizon, Q), never falling along the last.
        """
        levels = torch.from_numpy(at)
        parts = [self._spread(batch, levels)[:, :horizon] for batch in histories.batches(AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty((0, horizon, len(at)))

    def forecast_each(self, each: Iterable[Histories], horizon: int) -> Iterator[Array]:
        """The same of several histories, many in a call."""
        return together(self.forecast, each, horizon)

    def _onwards(self, histories: Histories, horizon: int) -> Array:
        found: list[Array] = []
        for _ in range(-(-horizon // self.settings.sizes.horizon)):
            found.append(self._block(histories))
            histories = _later(histories, found[-1])
        return np.concatenate(found, 1)[:, :horizon]

    def _block(self, histories: Histories) -> Array:
        batch = self.batch(histories)
        answers = [_answer(network, batch) for network in self.networks]
        mean = np.mean(answers, axis=0)
        found = self.constants.restored(histories.series, mean, histories.ends)
        return np.rint(found) if self.support == "counts" else found

    def _spread(self, histories: Histories, at: Tensor) -> Array:
        batch = self.batch(histories)
        answers = [_quantiles(network, batch, at) for network in self.networks]
        rising = np.maximum.accumulate(np.mean(answers, axis=0), axis=2)
        each = [
            self.constants.restored(histories.series, rising[..., number], histories.ends)
            for number in range(len(at))
        ]
        found = np.stack(each, axis=2)
        return np.rint(found) if self.support == "counts" else found

    def batch(self, histories: Histories) -> Batch:
        """What the networks read of windows, a row each."""
        rows, first = histories.series, histories.ends - histories.reach
        return Batch.of_past(
            self.constants.scaled(rows, histories.values, first),
            histories.seen,
            self.settings.sizes.horizon,
            self._covariates(histories),
            whose=Whose(torch.from_numpy(rows), torch.from_numpy(first)),
            unit=self.constants.size[rows],
        )

    def _covariates(self, histories: Histories) -> WindowCovariates | None:
        sizes = self.settings.sizes
        if sizes.beside is None:
            return None
        if histories.beside is None:
            raise OptionError("histories without covariates", "those that the model learned from")
        return histories.beside.read(sizes.lookback, sizes.horizon)

    def number_of(self, series: Series) -> int:
        """The row of a series; a new one is taken up with what its history shows.

        Raises:
            DataError: If the history is too short.
        """
        least = self.least + (0 if series.id in self._rows else 1)
        if len(series.values) < least:
            raise DataError(
                f"{len(series.values)} points of the series {series.id!r}",
                f"at least {least}: a forecast starts from the last {self.least}",
                "give a longer history",
            )
        if series.id not in self._rows:
            fresh = self.settings.constants_of(series.values, series.observed)
            self.constants = Constants.stack([self.constants, fresh])
            self._rows[series.id] = len(self.ids)
            self.ids.append(series.id)
            self._take_up(series)
        return self._rows[series.id]

    def _take_up(self, series: Series) -> None:
        """The last of the series gets the usual coefficients, and its own classical season."""
        for network in self.networks:
            if isinstance(network.frame, SmoothedFrame):
                found = self.settings.seasons_of(self.constants, len(self.ids) - 1, series.values)
                network.frame.smoothing.take_up(torch.from_numpy(found[None]).float())

    def copy(self) -> Self:
        """One with the same weights, but series of its own."""
        networks = deepcopy(self.networks) if self.settings.smoothed else self.networks
        return replace(self, networks=networks, ids=[*self.ids])

    def modules(self) -> Sequence[nn.Module]:
        """Its networks."""
        return self.networks

    def describe(self) -> dict[str, Any]:
        """All but the tensors, as plain data."""
        return {
            "cell": describe(self.cell),
            "settings": self.settings.to_json(),
            "networks": len(self.networks),
            "series": [*self.ids],
        }

    def arrays(self) -> dict[str, Tensor]:
        """Weights and the constants of the series."""
        constants = {
            f"series.{one.name}": torch.from_numpy(getattr(self.constants, one.name).copy())
            for one in fields(Constants)
        }
        weights = {
            f"network.{number}.{name}": weight
            for number, network in enumerate(self.networks)
            for name, weight in network.state_dict().items()
        }
        return {**constants, **weights}


@torch.inference_mode()
def _answer(network: SegmentNetwork, batch: Batch) -> Array:
    network.eval()
    answer: Array = network(batch).double().numpy()
    return answer


@torch.inference_mode()
def _quantiles(network: SegmentNetwork, batch: Batch, at: Tensor) -> Array:
    network.eval()
    answer: Array = network.told(batch).quantiles(at).double().numpy()
    return answer


def _later(histories: Histories, block: Array) -> Histories:
    """The same, with what was forecast taken for what came."""
    reach = histories.reach
    values = np.concatenate([histories.values, block], 1)[:, -reach:]
    seen = np.concatenate([histories.seen, np.ones(block.shape, np.bool_)], 1)[:, -reach:]
    steps, beside = block.shape[1], histories.beside
    return Histories(
        histories.series,
        values,
        seen,
        histories.ends + steps,
        None if beside is None else beside.later(steps),
    )
