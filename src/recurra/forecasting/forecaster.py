"""From a table to a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from pathlib import Path
from typing import Any, Literal, Self

import narwhals as nw
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from recurra import atomic
from recurra.errors import OptionError
from recurra.forecasting import network as networks
from recurra.forecasting import rollout, stored
from recurra.forecasting.changes import Changes
from recurra.forecasting.clock import Clock
from recurra.forecasting.defaults import default_callbacks
from recurra.forecasting.estimator import Estimator
from recurra.forecasting.evaluation import Evaluation, evaluate
from recurra.forecasting.intervals import Calibration, calibrate
from recurra.forecasting.panel import Panel
from recurra.forecasting.plan import Plan, Wishes, check_counts, is_whole
from recurra.forecasting.preparation import Bounds, Prepared, examples
from recurra.forecasting.settling import settle
from recurra.forecasting.tail import Tail, go_on
from recurra.forecasting.verdict import judge
from recurra.language import Cell
from recurra.structures import ManyToOne
from recurra.training import Callback, History, Trainer, build_optimizer

LEAST_STEPS = 50
"""Steps of the optimizer in an epoch at least: those of the reference case."""

MOST_STEPS = 256
"""And at most, so that an epoch on a long series ends while one still looks on."""

MOST_VALIDATION_WINDOWS = 4096

Strategy = Literal["recursive", "one-step"]


class Forecaster(Estimator):
    """Forecasts series with a recurrent network, and says how well.

    One network learns from the windows of all series, each in its own standard units. The last part
    of each series is held out: ``validation`` points to stop the training and keep the best weights
    by, then ``test`` points that nothing is learned from, on which the forecasts are judged beside
    the naive and the seasonal naive forecast.

    A pass over more than 256 batches of windows is cut to 256, drawn anew each epoch; a series too
    short for 50 is gone over several times. Both are said in ``notes_``.

    Args:
        cell: A cell or its name.
        hidden_size: The units of each layer.
        lookback: L, how many past values a forecast is made from; None for a season of up to 48
            steps, and if that is not the whole season, the season before as well.
        horizon: K, how many steps ahead to forecast; None for what the frequency suggests: a year
            of months, a day of hours.
        strategy: ``"recursive"``: each prediction is fed back for the next. ``"one-step"``: one
            step ahead, always from true values; K is 1.
        optimizer: ``"rmsprop"`` (rho 0.9, epsilon 1e-7), ``"adam"``, ``"adamw"`` or ``"sgd"``.
        learning_rate: Above 0.
        epochs: At most this many, at least 1.
        batch_size: Windows a step, at least 1.
        validation: Points; None for as many as ``test``, at most a quarter of what is left.
        test: Points; None for a tenth of the series, in whole horizons.
        callbacks: ``"default"`` stops early (patience 20), keeps the best weights and cuts the
            learning rate on a plateau (factor 0.1, patience 10, min_delta 1e-5); or your own.
        seed: Of the initial weights and the order of the windows. The same seed gives the same bits
            on the same machine.

    Attributes:
        network_: The network, best weights in it.
        history_: Losses and learning rate, an epoch each.
        evaluation_: Errors on the test part; None if the fit was interrupted.
        verdict_: The same in a sentence.
        plan_: Horizon, lookback and the sizes of the parts.
        season_: The season in steps, 1 if there is none.
        prepared_: The series as read, with their parts and scales. Not in a loaded model.
        notes_: What was inferred, repaired or left out, a sentence each.
        inferred_: The same settings as plain data.
    """

    network_: ManyToOne
    history_: History
    evaluation_: Evaluation | None
    verdict_: str
    plan_: Plan
    season_: int
    prepared_: list[Prepared]
    tails_: tuple[Tail, ...]
    clock_: Clock
    calibration_: Calibration
    notes_: tuple[str, ...]
    inferred_: dict[str, Any]
    _backend: Any = nw.Implementation.POLARS

    def __init__(
        self,
        *,
        cell: Cell | str = "lstm",
        hidden_size: int | Sequence[int] = (50, 100),
        lookback: int | None = None,
        horizon: int | None = None,
        strategy: Strategy = "recursive",
        optimizer: str = "rmsprop",
        learning_rate: float = 1e-3,
        epochs: int = 50,
        batch_size: int = 32,
        validation: int | None = None,
        test: int | None = None,
        callbacks: Literal["default"] | Sequence[Callback] = "default",
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.hidden_size = hidden_size
        self.lookback = lookback
        self.horizon = horizon
        self.strategy = strategy
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation = validation
        self.test = test
        self.callbacks = callbacks
        self.seed = seed

    def fit(
        self,
        df: Any,
        *,
        id: str | None = None,  # noqa: A002 - the word of the field
        time: str | None = None,
        target: str | None = None,
    ) -> Self:
        """Learns from a table and judges what was learned.

        Args:
            df: A long frame of pandas, polars or pyarrow, or any that narwhals takes: a row a
                series and time. Nothing needs to be sorted or complete.
            id: The column that names the series. None: found, if there is one.
            time: The column of times. None: found; without any, rows are in order.
            target: The column to forecast. None: found, if only one can be meant.

        Raises:
            DataError: If the table cannot be used as it is.
            OptionError: If an option is out of range.
            CellError: If no cell has that name.
            TrainingError: If the loss became infinite.
            KeyboardInterrupt: If training was interrupted before an epoch ended. Later, the fit
                ends there with the best weights so far and is not judged: ``evaluation_`` is None.
        """
        wishes = self._wishes()
        # A network that cannot be built, or an optimizer that is none, is known before the table.
        build_optimizer(self.optimizer, self._build(channels=1).parameters(), self.learning_rate)
        panel = Panel.from_frame(df, id=id, time=time, target=target)
        # From here on a fit that fails leaves nothing that could be taken for a fitted model.
        vars(self).pop("tails_", None)
        settled = settle(panel, wishes)
        self.season_, self.plan_, self.prepared_ = settled.season, settled.plan, settled.prepared
        self.notes_ = (*panel.notes, *settled.notes)
        self.network_ = self._build(self.prepared_[0].changes.sight.channels)
        self._train()
        self._keep(panel)
        self._backend = nw.from_native(df, eager_only=True).implementation
        if not self.history_.interrupted:
            self._judge()
        return self

    def predict(self, horizon: int | None = None, level: Sequence[float] | None = None) -> Any:
        """Forecasts every series on from its end.

        Args:
            horizon: K, at least 1; None for that of the fit.
            level: Percents, at least 1 and below 100, to give intervals for: split conformal, from
                the errors on the validation part.

        Returns:
            A frame of the kind that was fitted: ``unique_id``, ``ds``, ``recurra``, and for each
            level, as 80, ``recurra-lo-80`` and ``recurra-hi-80``. Times are as they were given.

        Raises:
            OptionError: If a value is out of range, or nothing was fitted.
        """
        self._check_fitted()
        steps = self._steps_ahead(horizon)
        tails = self.tails_
        forecast = self._roll(tails, steps)
        columns: dict[str, Any] = {
            "unique_id": [tail.id for tail in tails for _ in range(steps)],
            "ds": self.clock_.render_all([(tail.origin, tail.ahead(steps)) for tail in tails]),
            "recurra": _restored(tails, forecast),
        }
        for percent in _levels(level):
            half = self.calibration_.half_width(percent, steps)
            width = np.concatenate([tail.scale.deviation * half for tail in tails])
            columns[f"recurra-lo-{percent:g}"] = columns["recurra"] - width
            columns[f"recurra-hi-{percent:g}"] = columns["recurra"] + width
        return nw.from_dict(columns, backend=self._backend).to_native()

    def forecast_of(self, id: str, horizon: int) -> NDArray[np.float64]:  # noqa: A002
        """The forecast of one series, (K,), in its unit; see :meth:`predict`.

        Raises:
            OptionError: If nothing was fitted, or there is no such series.
        """
        self._check_fitted()
        tail = next((tail for tail in self.tails_ if tail.id == id), None)
        if tail is None:
            raise OptionError(f"the series {id!r}", f"one of the {len(self.tails_)} fitted")
        return tail.scale.restored(self._roll([tail], horizon)[0])

    def update(self, df: Any) -> Self:
        """Takes a newer history to forecast on from, without learning.

        Args:
            df: A table with the columns that were fitted, at least ``lookback`` points a series. A
                series that was not there before is brought to its own standard units, and needs 4
                points more.

        Raises:
            DataError: If the table cannot be used, or a series is too short.
            OptionError: If nothing was fitted.
        """
        self._check_fitted()
        panel = Panel.from_columns(df, self.clock_.columns)
        self.clock_.check(panel)
        known = {tail.id: tail for tail in self.tails_}
        sight = self.tails_[0].changes.sight
        self.tails_ = tuple(go_on(series, known, sight) for series in panel.series)
        self.notes_ = panel.notes
        self._backend = nw.from_native(df, eager_only=True).implementation
        return self

    def save(self, path: str | Path) -> None:
        """Writes the model to one file, whole or not at all: no pickle, no code.

        Of a cell of your own the file holds the name, the options and the equations, by which
        :meth:`load` knows it again.

        Raises:
            OptionError: If nothing was fitted, or an option of the cell cannot be kept in a file.
            OutputError: If it cannot be written.
        """
        self._check_fitted()
        atomic.write(Path(path), stored.pack(self))

    @classmethod
    def load(cls, path: str | Path, *, cell: Cell | None = None) -> Self:
        """Reads a model that :meth:`save` wrote.

        It forecasts on from the history that it was fitted on, or from that given to
        :meth:`update`. Frames come as polars until a frame of another kind is given.

        Args:
            path: The file.
            cell: The cell that it was fitted with, if that is one of your own.

        Raises:
            CellError: If ``cell`` is none, or its equations cannot be read.
            ModelFileError: If there is no such file, it is damaged, or it is something else; or it
                has a cell of your own and ``cell`` is missing or another.
        """
        return stored.load(cls, Path(path), cell)

    def _wishes(self) -> Wishes:
        """What the user set, checked before anything is read."""
        check_counts(epochs=self.epochs, batch_size=self.batch_size)
        self._check_seed_and_callbacks()
        if self.strategy not in {"recursive", "one-step"}:
            raise OptionError(f"strategy {self.strategy!r}", "'recursive' or 'one-step'")
        if self.strategy == "one-step" and self.horizon not in {None, 1}:
            raise OptionError(
                f"horizon {self.horizon} with strategy 'one-step'",
                "horizon 1, since each prediction is made from true values",
                "strategy 'recursive', which feeds predictions back, reaches further",
            )
        horizon = 1 if self.strategy == "one-step" else self.horizon
        return Wishes(horizon, self.lookback, self.validation, self.test)

    def _check_seed_and_callbacks(self) -> None:
        if not is_whole(self.seed, least=0) or self.seed >= 2**63:
            raise OptionError(f"seed={self.seed!r}", "a whole number, at least 0 and below 2**63")
        given = self.callbacks
        known = not isinstance(given, str) and isinstance(given, Sequence)
        if given != "default" and not (known and all(isinstance(one, Callback) for one in given)):
            raise OptionError(
                f"callbacks={given!r}",
                "'default', or a list of callbacks",
                "callbacks=[] to train without any",
            )

    def _build(self, channels: int) -> ManyToOne:
        """A network with its first weights, torch's own random state left as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(self.seed))
            return networks.build(self.cell, self.hidden_size, channels)

    def _train(self) -> None:
        parameters = self.network_.parameters()
        optimizer = build_optimizer(self.optimizer, parameters, self.learning_rate)
        callbacks = default_callbacks() if self.callbacks == "default" else self.callbacks
        trainer = Trainer(
            self.network_, nn.MSELoss(), optimizer, callbacks=callbacks, seed=int(self.seed)
        )
        # The last batch of an epoch may be smaller, even of a single window.
        least = (LEAST_STEPS - 1) * int(self.batch_size) + 1
        bounds = Bounds(least, MOST_STEPS * int(self.batch_size), MOST_VALIDATION_WINDOWS)
        windows = examples(self.prepared_, bounds)
        self.history_ = History(stopped="nothing to learn")
        if windows is None:
            return
        self.notes_ += windows.notes
        trainer.fit(
            windows.train,
            windows.validation,
            int(self.epochs),
            int(self.batch_size),
            steps_per_epoch=MOST_STEPS,
        )
        self.history_ = trainer.history
        if self.history_.interrupted and not self.history_.epoch:
            raise KeyboardInterrupt

    def _keep(self, panel: Panel) -> None:
        """What forecasts go on from."""
        self.clock_ = Clock.of(panel)
        self.tails_ = tuple(Tail.of(one.series, one.scale, one.changes) for one in self.prepared_)
        self.calibration_ = Calibration(np.empty((self.plan_.horizon, 0)))
        self.evaluation_ = None
        self.verdict_ = "The fit was interrupted, so the forecasts were not judged."
        self.inferred_ = {
            **self.clock_.columns.to_json(),
            "frequency": self.clock_.frequency.name,
            "season": self.season_,
            **vars(self.plan_),
            "notes": list(self.notes_),
        }

    def _judge(self) -> None:
        """Errors on held-out time; an interrupt here must not cost the network."""
        try:
            calibration = calibrate(self.network_, self.prepared_, self.plan_)
            evaluation = evaluate(self.network_, self.prepared_, self.plan_, self.season_)
        except KeyboardInterrupt:
            return
        one_step = self.strategy == "one-step"
        self.calibration_, self.evaluation_ = calibration, evaluation
        self.verdict_ = judge(evaluation, self.plan_, self.season_, one_step=one_step)

    def _roll(self, tails: Sequence[Tail], steps: int) -> NDArray[np.float64]:
        """The forecasts from these ends, in standard units, (S, K)."""
        scaled = np.stack([tail.scale.scaled(tail.values) for tail in tails])
        windows = torch.from_numpy(scaled.astype(np.float32))
        changes = Changes.stack([tail.changes for tail in tails])
        forecast: NDArray[np.float64] = (
            rollout.recursive(self.network_, windows, changes, steps).double().numpy()
        )
        return forecast

    def _steps_ahead(self, horizon: int | None) -> int:
        most = 1 if self.strategy == "one-step" else max(tail.length for tail in self.tails_)
        steps = self.plan_.horizon if horizon is None else horizon
        if not is_whole(steps, least=1) or steps > most:
            raise OptionError(
                f"horizon {steps!r}",
                f"a whole number of steps from 1 to {most:,}"
                + (", since the strategy is one-step" if most == 1 else ", the whole history"),
            )
        return int(steps)

    def _check_fitted(self) -> None:
        if not hasattr(self, "tails_"):
            raise OptionError("a forecaster that was not fitted", "", "call fit(df) first")


def _levels(level: Sequence[float] | None) -> Sequence[float]:
    if isinstance(level, Real | str):
        raise OptionError(f"level={level!r}", "a list of percents", f"write level=[{level}]")
    return () if level is None else level


def _restored(tails: Sequence[Tail], scaled: NDArray[np.float64]) -> Any:
    """In the units of the series, one after the other."""
    rows = zip(tails, scaled, strict=True)
    return np.concatenate([tail.scale.restored(row) for tail, row in rows])
