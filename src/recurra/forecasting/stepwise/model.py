"""A model that forecasts step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.errors import DataError
from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series
from recurra.forecasting.plan import LEAST_TRAINING_WINDOWS
from recurra.forecasting.scaling import Scale
from recurra.forecasting.stepwise import network as networks
from recurra.forecasting.stepwise import rollout
from recurra.forecasting.stepwise.known import CONSTANTS, Known
from recurra.language import Cell
from recurra.structures import ManyToOne

Array = NDArray[np.float64]

FORM = "stepwise"


@dataclass(frozen=True)
class StepModel:
    """A network that answers with the next change, each prediction fed back for the next.

    Attributes:
        network: Maps what it sees in standard units (B, L, I) to the next change (B, 1).
        known: What each series' standard units and changes are.
    """

    network: ManyToOne
    known: Known

    @property
    def form(self) -> str:
        """The name of its kind."""
        return FORM

    @property
    def reach(self) -> int:
        """R: what the network sees."""
        return self.known.sight.reach

    @property
    def least(self) -> int:
        """R as well: it has nothing to put in place of a value."""
        return self.reach

    @property
    def ids(self) -> Sequence[str]:
        """The series that it knows, by their rows."""
        return self.known.ids

    @property
    def head(self) -> str:
        """It gives the forecast and nothing else."""
        return "point"

    @property
    def cell(self) -> Cell:
        """The cell of all layers."""
        return self.network.recurrent.cell

    @property
    def summary(self) -> str:
        """As "lstm, units 50 → 100 → 1"."""
        sizes = " → ".join(map(str, self.network.recurrent.hidden_sizes))
        return f"{self.cell.name}, units {sizes} → 1"

    def forecast(self, histories: Histories, horizon: int) -> Array:
        """The values after each history, in the unit of its series.

        Args:
            histories: W rows of R values.
            horizon: K, at least 1.

        Returns:
            (W, K), float64.
        """
        parts = [self._forecast(part, horizon) for part in histories.batches(rollout.BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, horizon))

    def forecast_each(self, each: Iterable[Histories], horizon: int) -> Iterator[Array]:
        """The forecasts from several histories, many in a call, so that no series rounds another's.

        Args:
            each: Taken as they are needed.
            horizon: K, at least 1.
        """
        waiting: list[Histories] = []
        for one in each:
            if waiting and sum(map(len, waiting)) + len(one) > rollout.BATCH:
                yield from self._apart(waiting, horizon)
                waiting = []
            waiting.append(one)
        if waiting:
            yield from self._apart(waiting, horizon)

    def _apart(self, several: list[Histories], horizon: int) -> list[Array]:
        if len(several) == 1:
            return [self.forecast(several[0], horizon)]
        rows, parts = Histories.joined(several), [len(one) for one in several]
        return np.split(self._forecast(rows, horizon, parts), np.cumsum(parts)[:-1])

    def _forecast(
        self, histories: Histories, horizon: int, parts: Sequence[int] | None = None
    ) -> Array:
        numbers = histories.series
        windows = self.known.scaled(histories.values, numbers)
        changes = self.known.changes(numbers)
        gaps = self._gaps(histories, horizon)
        if parts is None:
            scaled = rollout.recursive(self.network, windows, changes, horizon, gaps)
        else:
            scaled = rollout.apart(self.network, windows, changes, horizon, parts, gaps=gaps)
        return self.known.restored(scaled.double().numpy(), numbers)

    def _gaps(self, histories: Histories, horizon: int) -> Tensor | None:
        sight = self.known.sight
        if sight.pace is None or histories.elapsed is None:
            return None
        return sight.pace.scaled(histories.elapsed.read(sight.lookback, horizon))

    def number_of(self, series: Series) -> int:
        """The row of a series that it knows by its id, or that it takes up now.

        A series that it takes up is brought to its own standard units.

        Raises:
            DataError: If the history is shorter than what the network sees, or for a series that is
                new by fewer than 4 points longer.
        """
        number = self.known.numbers.get(series.id)
        least = self.reach + (LEAST_TRAINING_WINDOWS if number is None else 0)
        if len(series.values) < least:
            raise DataError(
                f"{len(series.values)} points of the series {series.id!r}",
                f"at least {least}: the model looks back {self.reach}"
                + (", and the series is new to it" if number is None else ""),
                "give a longer history",
            )
        if number is not None:
            return number
        return self.known.add(series.id, series.values, Scale.of(series.values))

    def copy(self) -> Self:
        """One with the same network, but a list of series of its own."""
        return replace(self, known=self.known.copy())

    def modules(self) -> Sequence[ManyToOne]:
        """The network alone."""
        return [self.network]

    def describe(self) -> dict[str, Any]:
        """All but the tensors, as plain data."""
        sight = self.known.sight
        return {
            "network": networks.to_json(self.network),
            "lookback": sight.lookback,
            "lag": sight.lag,
            "pace": None if sight.pace is None else [sight.pace.mean, sight.pace.deviation],
            "series": [*self.ids],
        }

    def arrays(self) -> dict[str, Tensor]:
        """The weights, and what is known of the series: float64 (S,) each."""
        weights = self.network.state_dict()
        columns = zip(CONSTANTS, self.known.table.T, strict=True)
        return {
            **{name: torch.from_numpy(column.copy()) for name, column in columns},
            **{f"network.{name}": tensor for name, tensor in weights.items()},
        }
