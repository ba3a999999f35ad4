"""What a forecaster asks of a kind of learned model, and nothing else.

A *form* is a kind of model that can be learned: made from the options of a
:class:`~recurra.forecasting.Forecaster`, it plans, learns, and hands over a *model*. The model maps
histories to forecasts, in the unit of each series; how it scales, what it reads and whether it
feeds predictions back are its own affair. Each form has a package of its own beside this file,
which :mod:`recurra.forecasting.forms` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan, Wishes
from recurra.forecasting.preparation import Prepared
from recurra.language import Cell
from recurra.layers import Recurrent
from recurra.training import Callback, Checkpoint, History

Array = NDArray[np.float64]


class Model(Protocol):
    """A learned model of one or many series, each known by its number, a row."""

    @property
    def form(self) -> str:
        """The name of its kind, by which a file is read: ``"stepwise"``."""

    @property
    def reach(self) -> int:
        """R, how many values before an origin it reads."""

    @property
    def least(self) -> int:
        """The fewest of them that must be there, from 1 to R."""

    @property
    def ids(self) -> Sequence[str]:
        """The series that it knows, by their rows."""

    @property
    def cell(self) -> Cell:
        """The cell that its networks run."""

    @property
    def head(self) -> str:
        """What it says of each step: ``"point"``, or the name of a distribution."""

    @property
    def summary(self) -> str:
        """Its networks in a few words, as reports name them."""

    def forecast(self, histories: Histories, horizon: int) -> Array:
        """The values after each history, in the unit of its series.

        The same rows give the same forecasts whatever rows stand beside them, but for rounding.

        Args:
            histories: W rows of R values.
            horizon: K, at least 1; beyond that of the plan as well.

        Returns:
            (W, K), float64.
        """

    def forecast_each(self, each: Iterable[Histories], horizon: int) -> Iterator[Array]:
        """The forecasts from several histories, such as of a series each, (W, K) each.

        How many it takes together is its own affair: :func:`~recurra.forecasting.together.together`
        takes as many as fit, which is quicker, and rounds otherwise than each by itself.
        """

    def number_of(self, series: Series) -> int:
        """The row of a series that it knows by its id, or that it takes up now.

        What it needs to know of a series that it takes up it learns from the history given.

        Raises:
            DataError: If the history is too short; nothing is then taken up.
        """

    def copy(self) -> Self:
        """One with the same networks, but a list of series of its own.

        What the copy takes up, this one does not: an update that fails leaves no trace.
        """

    def modules(self) -> Sequence[nn.Module]:
        """Its networks."""

    def describe(self) -> dict[str, Any]:
        """All but the tensors, as plain data that JSON can hold; see :class:`Reader`."""

    def arrays(self) -> dict[str, Tensor]:
        """Its tensors, by name; see :class:`Reader`."""


Support = Literal["real", "positive", "counts"]
"""Which values there can be: any, those above 0, or whole numbers from 0 on."""


class Distributional(Model, Protocol):
    """A model with a head: one that gives a distribution of each step."""

    @property
    def support(self) -> Support:
        """Which values its distributions have."""

    def quantiles(self, histories: Histories, horizon: int, at: Array) -> Array:
        """The quantiles of the values after each history, in the unit of its series.

        Args:
            histories: W rows of R values.
            horizon: From 1 to that of the plan.
            at: (Q,), rising, above 0 and below 1.

        Returns:
            (W, horizon, Q), never falling along the last.
        """


def distributional(model: Model) -> Distributional | None:
    """The same model, if it has a head."""
    return None if model.head == "point" else cast(Distributional, model)


@dataclass(frozen=True)
class Learned:
    """What learning gives.

    Attributes:
        model: The model, best weights in it; its rows are the series learned from, in their order.
        history: Losses and learning rate, an epoch each. Where the user cut it short,
            ``history.interrupted`` says so.
        notes: What only training showed, a sentence each, beside what was told before it.
        told: Figures and choices of a search for the report, by name.
        parts: What each part of a model that is made of others was learned as; none otherwise.
    """

    model: Model
    history: History
    notes: tuple[str, ...] = ()
    told: Mapping[str, str | float] = field(default_factory=dict)
    parts: tuple[Learned, ...] = ()


Tell = Callable[[Model, Sequence[str]], None]
"""Told once, before training begins, of the untrained model and what was found and decided."""


class Form(Protocol):
    """A kind of model that can be learned, with the options it is learned by."""

    @property
    def forecasts_short(self) -> bool:
        """Whether series that are too short to be judged are forecast all the same."""

    def check(self) -> None:
        """Raises what is wrong with the options, before any table is read.

        Raises:
            OptionError: If one is out of range.
            CellError: If no cell has that name.
        """

    def plan(self, lengths: Sequence[int], natural: int, season: int, wishes: Wishes) -> Plan:
        """Horizon, lookback and the sizes of the parts.

        Args:
            lengths: The number of points of each series.
            natural: How far ahead one looks at such a frequency, at least 1.
            season: m, 1 if there is none.
            wishes: What the user set.

        Raises:
            DataError: If no series is long enough.
        """

    def least(self, plan: Plan) -> int:
        """The shortest series that is learned from and judged; shorter ones are left out."""

    def learn(
        self,
        prepared: Sequence[Prepared],
        plan: Plan,
        season: int,
        tell: Tell,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """Learns from the training parts, and chooses by the validation parts.

        Args:
            prepared: The series, numbered 0, 1, ... in this order; at least one.
            plan: Horizon, lookback and the sizes of the parts.
            season: m, 1 if there is none.
            tell: Called once, before training begins.
            watch: Callbacks that look on, such as one that shows progress.
            checkpoint: Where its trainings are kept, to go on if they are stopped; or None.
            executor: Who learns what is independent of one another, all at a time, each a part of
                what is kept; nothing of that is watched. None: this process does, one after the
                other.

        Raises:
            TrainingError: If the loss became infinite.
            KeyboardInterrupt: If training was interrupted before there was anything to keep.
        """

    def again(
        self,
        prepared: Sequence[Prepared],
        learned: Learned,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """What forecasts of the future are made with, once the model was judged.

        Args:
            prepared: The series, those too short to be judged among them, numbered 0, 1, ... in
                this order, their training parts reaching to their ends.
            learned: What was judged; a form that learns nothing more gives it back, itself.
            watch: Callbacks that look on.
            checkpoint: As for :meth:`learn`.
            executor: Likewise.
        """


class Reader(Protocol):
    """Makes a model again of what its ``describe`` and ``arrays`` gave."""

    def __call__(
        self, description: Mapping[str, Any], arrays: Mapping[str, Tensor], cell: Cell | None
    ) -> tuple[Model, dict[str, Any]]:
        """The model, and the forecaster's options that only it tells: ``cell``, ``hidden_size``.

        Args:
            description: What ``describe`` gave, gone through JSON.
            arrays: What ``arrays`` gave.
            cell: The cell, needed if it is the user's own.

        Raises:
            ModelFileError: If the cell is needed and missing, or is another.
            Exception: Any other that a damaged description gives rise to: the caller says so.
        """


def recurrent_layers(model: Model) -> list[Recurrent]:
    """Every stack of recurrent layers in the model's networks, in order."""
    networks = model.modules()
    return [part for one in networks for part in one.modules() if isinstance(part, Recurrent)]
