"""A model that is one of others for each group of series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.errors import DataError
from recurra.forecasting.groups.grouping import Group, called
from recurra.forecasting.histories import Histories
from recurra.forecasting.model import Distributional, Model, Support, distributional
from recurra.forecasting.panel import Series
from recurra.forecasting.together import together
from recurra.language import Cell

Array = NDArray[np.float64]

FORM = "groups"


@dataclass(frozen=True)
class Member:
    """Where a series is found: of which group, by its place, and its row in that group's model."""

    group: int
    row: int


@dataclass
class GroupedModel:
    """A model of each group; each series is that of its group.

    Attributes:
        groups: Their names, the values of the columns by which series are grouped.
        models: Of each group, in the same order.
        members: Of each series, in the order in which they were learned or taken up.
        ids: Their names, in the same order.
    """

    groups: tuple[Group, ...]
    models: tuple[Model, ...]
    members: list[Member]
    ids: list[str]

    @property
    def form(self) -> str:
        """The name of its kind."""
        return FORM

    @property
    def reach(self) -> int:
        """R, of the model that reads furthest; the others read the end of that."""
        return max(model.reach for model in self.models)

    @property
    def least(self) -> int:
        """That of the model that needs most."""
        return max(model.least for model in self.models)

    @property
    def head(self) -> str:
        """What the model of each group says of each step."""
        return self.models[0].head

    @property
    def support(self) -> Support:
        """Which values the distributions of all groups have."""
        found = {model.support for model in self._with_heads}
        return found.pop() if len(found) == 1 else "real"

    @property
    def _with_heads(self) -> list[Distributional]:
        return [head for model in self.models if (head := distributional(model)) is not None]

    @property
    def cell(self) -> Cell:
        """The cell of all networks."""
        return self.models[0].cell

    @property
    def summary(self) -> str:
        """As "2 groups, the first: gru, 7 segments ..."."""
        return f"{len(self.groups)} groups, the first: {self.models[0].summary}"

    def forecast(self, histories: Histories, horizon: int) -> Array:
        """The values after each history, each by the model of its group.

        Args:
            histories: W rows of R values.
            horizon: K, at least 1.

        Returns:
            (W, K).
        """
        found = np.empty((len(histories), horizon))
        for here, number, own in self.by_group(histories):
            found[here] = self.models[number].forecast(own, horizon)
        return found

    def quantiles(self, histories: Histories, horizon: int, at: Array) -> Array:
        """The quantiles of the values after each history, each by the model of its group.

        Args:
            histories: W rows of R values.
            horizon: From 1 to the K that was learned.
            at: (Q,), rising, above 0 and below 1.

        Returns:
            (W, horizon, Q).
        """
        found = np.empty((len(histories), horizon, len(at)))
        for here, number, own in self.by_group(histories):
            found[here] = self._with_heads[number].quantiles(own, horizon, at)
        return found

    def by_group(self, histories: Histories) -> Iterator[tuple[NDArray[np.int64], int, Histories]]:
        """The places of each group's rows, its number, and the rows as its model reads them."""
        table = np.array([(one.group, one.row) for one in self.members], dtype=np.int64)
        groups, rows = table[histories.series].T
        for number in np.unique(groups).tolist():
            here = np.flatnonzero(groups == number)
            yield here, number, _own(histories[here], rows[here], self.models[number].reach)

    def forecast_each(self, each: Iterable[Histories], horizon: int) -> Iterator[Array]:
        """The same of several histories, many in a call."""
        return together(self.forecast, each, horizon)

    def number_of(self, series: Series) -> int:
        """The row of a series; a new one is taken up by the model of its group.

        Raises:
            DataError: If the history is too short, the group is not one of those learned, or the
                series is of another than it was.
        """
        number = self.ids.index(series.id) if series.id in self.ids else None
        group = self._group_of(series, number)
        row = self.models[group].number_of(series)
        if number is not None:
            return number
        self.members.append(Member(group, row))
        self.ids.append(series.id)
        return len(self.ids) - 1

    def _group_of(self, series: Series, number: int | None) -> int:
        known = None if number is None else self.members[number].group
        if known is not None and series.group in {(), self.groups[known]}:
            return known
        if known is not None:
            raise DataError(
                f"the series {series.id!r} is in the group {called(series.group)!r}",
                f"{called(self.groups[known])!r}, where it was when the model was fitted",
                "correct its rows, or fit again",
            )
        if series.group not in self.groups:
            names = ", ".join(map(called, self.groups[:8]))
            raise DataError(
                f"the series {series.id!r} is of the group {called(series.group)!r}, of which "
                "nothing was learned",
                f"one of {names}" + (" and others" if len(self.groups) > 8 else ""),
                "leave its rows out, or fit again with that group",
            )
        return self.groups.index(series.group)

    def copy(self) -> Self:
        """One with the same networks, but lists of series of its own."""
        models = tuple(model.copy() for model in self.models)
        return replace(self, models=models, members=[*self.members], ids=[*self.ids])

    def modules(self) -> Sequence[nn.Module]:
        """The networks of all groups."""
        return [network for model in self.models for network in model.modules()]

    def describe(self) -> dict[str, Any]:
        """All but the tensors, as plain data."""
        models = zip(self.groups, self.models, strict=True)
        return {
            "groups": [
                {"name": [*name], "form": model.form, "model": model.describe()}
                for name, model in models
            ],
            "series": [*self.ids],
            "members": [[one.group, one.row] for one in self.members],
        }

    def arrays(self) -> dict[str, Tensor]:
        """Those of each group's model."""
        return {
            f"group.{number}.{name}": tensor
            for number, model in enumerate(self.models)
            for name, tensor in model.arrays().items()
        }


def _own(histories: Histories, rows: NDArray[np.int64], reach: int) -> Histories:
    """Histories as the model of one group reads them."""
    values, seen = histories.values[:, -reach:], histories.seen[:, -reach:]
    return replace(histories, series=rows, values=values, seen=seen)
