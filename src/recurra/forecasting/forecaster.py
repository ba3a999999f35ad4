"""From a table to a forecast."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import tee
from pathlib import Path
from typing import Any, Literal, Self

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra import atomic
from recurra.errors import OptionError
from recurra.estimator import Estimator, not_fitted
from recurra.explain.explanation import Explanation
from recurra.forecasting import stored
from recurra.forecasting.calibration import HeadCalibration, Intervals, calibrate, reliability
from recurra.forecasting.clock import Clock
from recurra.forecasting.coming import asked_for, with_coming
from recurra.forecasting.covariates import Around, Covariates, Wanted, look_ahead
from recurra.forecasting.evaluation import Evaluation, evaluate
from recurra.forecasting.explaining import explain_series, further_back
from recurra.forecasting.forms import (
    FORMS,
    check_auto,
    check_covariates,
    check_head,
    check_irregular,
    usual_strategy,
)
from recurra.forecasting.frames import to_frame
from recurra.forecasting.groups.form import GroupedForm
from recurra.forecasting.groups.grouping import check_grouping, columns_of, in_groups
from recurra.forecasting.histories import Histories
from recurra.forecasting.intervals import Calibration
from recurra.forecasting.kept_run import kept_run
from recurra.forecasting.model import Form, Learned, Model
from recurra.forecasting.option_checks import check_callbacks, check_seed, check_strategy
from recurra.forecasting.panel import SHORTEST, Panel
from recurra.forecasting.plan import Plan, Wishes, check_counts, is_whole
from recurra.forecasting.preparation import Prepared, judged_by_test, whole_time, with_covariates
from recurra.forecasting.scaling import Scale
from recurra.forecasting.settling import settle
from recurra.forecasting.stepwise.model import StepModel
from recurra.forecasting.streaming import Stream
from recurra.forecasting.tail import Tail, check_within, histories, tails_of
from recurra.forecasting.uncertainty.columns import PATHS_FROM_SEEN, Asked
from recurra.forecasting.verdict import judge
from recurra.language import Cell
from recurra.structures import ManyToOne
from recurra.training import Callback, Checkpoint, History

Strategy = Literal["sequence-to-sequence", "direct", "recursive", "one-step"]
Seasonality = Literal["learned", "decomposed", "smoothed"]


class Forecaster(Estimator):
    """Forecasts series with a recurrent network, and says how well.

    Networks learn from the windows of all series. The last part of each series is held out:
    ``validation`` points to keep the best weights by, then ``test`` points that nothing is learned
    from, on which the forecasts are judged beside the naive and the seasonal naive forecast.

    There are two kinds of network. Step by step, as in the reference case, it answers with the next
    change of a series in standard units. Segment by segment, it reads and writes parts of a season;
    windows are brought to their own level, several networks from different seeds are averaged, and
    once they were judged they learn anew from all of the time. ``notes_`` says what was chosen.

    Args:
        cell: A cell or its name; None for an LSTM step by step, a GRU segment by segment.
        hidden_size: The units of each layer; None for 50 and 100, or by the amount of data.
        lookback: L, how many past values a forecast is made from; None for a season of up to 48
            steps, and if that is not the whole season, the season before as well; or, segment by
            segment, for two seasons at least, the longest that shows, and K.
        horizon: K, how many steps ahead to forecast; None for what the frequency suggests: a year
            of months, a day of hours.
        strategy: ``"sequence-to-sequence"``: segment by segment, each knowing those before it.
            ``"direct"``: segment by segment, each by itself. ``"recursive"``: step by step, each
            prediction fed back for the next. ``"one-step"``: one step ahead, always from true
            values; K is 1. None: sequence-to-sequence; recursive where ``epochs`` or ``callbacks``
            are given, which it alone has.
        optimizer: ``"rmsprop"`` (rho 0.9, epsilon 1e-7), ``"adam"``, ``"adamw"`` or ``"sgd"``; None
            for RMSprop step by step, Adam segment by segment.
        learning_rate: Above 0; None for 1e-3, or by the amount of data.
        epochs: At most this many, at least 1; None for 50. Step by step only: an epoch of more than
            256 batches of windows is cut to 256, drawn anew each time, and a series too short for
            50 is gone over several times.
        steps: Of the optimizer, at least 1; None for what the amount of data suggests. Segment by
            segment only.
        batch_size: Windows a step, at least 1; None for 32, or by the amount of data.
        ensemble: How many networks are averaged, at least 1; None for 3. Segment by segment only.
        seasonality: What becomes of a season. ``"learned"``: it is left in, and networks learn it.
            ``"decomposed"``: divided out of each series by classical decomposition, where a test
            finds it; for values above 0. ``"smoothed"``: level and season of each series are
            smoothed exponentially by coefficients that are learned with the networks (ES-RNN, Smyl
            2020), in logarithms for values above 0. None: chosen by the data. Segment by segment
            only.
        dilation: How many segments apart those lie that a layer connects, one number or one a
            layer, as ``[1, 2, 4]``, which makes as many layers; None for 1. Segment by segment
            only.
        validation: Points; None for as many as ``test``, at most a quarter of what is left.
        test: Points; None for a tenth of the series, in whole horizons.
        callbacks: ``"default"`` stops early (patience 20), keeps the best weights and cuts the
            learning rate on a plateau (factor 0.1, patience 10, min_delta 1e-5); segment by segment
            there are none. Or your own.
        refit: Whether networks learn anew from all of the time once they were judged; if not, those
            that were judged forecast. Step by step they always do.
        seed: Of the initial weights, the order of the windows, and what networks draw. The same
            seed gives the same bits on the same machine.
        static: The columns that are the same in all rows of a series. These and the other
            covariates are read segment by segment only.
        past: The columns that are known up to now, and no further.
        future: The columns that are known ahead, for every step of the forecast.
        categorical: Those of them whose numbers are names; text and truth values are anyway.
        calendar: True to read hour, weekday and the like as suits the frequency, or a list of
            features; False or None for none.
        holidays: The code of a country whose public holidays are read: ``"DE"``, or ``"DE-BY"`` for
            a part of it.
        auto: How long to search for better settings than the rules choose, by optuna: ``"90s"``,
            ``"10m"``, ``"1h"`` or a number of seconds, in which the networks that are kept learn as
            well; or ``"20 trials"``, which alone gives the same bits again with the same seed. What
            you set stays, the rest is chosen by errors on time before the test part. Segment by
            segment only. None: no search.
        by: A column, or a list of them, whose values group the series; a model is then learned of
            each group by itself, and all are one forecaster. None: one model of all series. They
            are the same in all rows of a series, and may be covariates as well.
        head: What the networks say of each step. None or ``"point"``: the forecast, with intervals
            from its errors on the validation part. ``"quantiles"``: quantiles that cannot cross.
            ``"normal"``, ``"student-t"``, ``"laplace"``, ``"negative-binomial"`` (for counts): the
            parameters of a distribution. Then the forecast is the median, and intervals, quantiles
            and paths are the head's, calibrated on the validation part. Segment by segment only.

    Attributes:
        model_: What was learned: maps histories to forecasts; see
            :class:`~recurra.forecasting.model.Model`.
        judged_: The model that was judged. Segment by segment ``model_`` has learned anew from all
            of the time since then. Not in a loaded model.
        history_: Losses and learning rate, an epoch each; of the first network.
        evaluation_: Errors on the test part; None if the fit was interrupted.
        verdict_: The same in a sentence.
        plan_: Horizon, lookback and the sizes of the parts.
        season_: The season in steps, 1 if there is none.
        prepared_: The series as read, with their parts and scales. Not in a loaded model.
        covariates_: What forecasts go on from beside the series; None if there are none.
        notes_: What was inferred, repaired or left out, a sentence each.
        inferred_: The same settings as plain data.
    """

    model_: Model
    judged_: Model
    history_: History
    evaluation_: Evaluation | None
    verdict_: str
    plan_: Plan
    season_: int
    prepared_: list[Prepared]
    tails_: tuple[Tail, ...]
    origins_: dict[str, Any]
    covariates_: Covariates | None
    clock_: Clock
    calibration_: Calibration | HeadCalibration
    notes_: tuple[str, ...]
    inferred_: dict[str, Any]
    _backend: Any = nw.Implementation.POLARS

    def __init__(
        self,
        *,
        cell: Cell | str | None = None,
        hidden_size: int | Sequence[int] | None = None,
        lookback: int | None = None,
        horizon: int | None = None,
        strategy: Strategy | None = None,
        optimizer: str | None = None,
        learning_rate: float | None = None,
        epochs: int | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        ensemble: int | None = None,
        seasonality: Seasonality | None = None,
        dilation: int | Sequence[int] | None = None,
        validation: int | None = None,
        test: int | None = None,
        callbacks: Literal["default"] | Sequence[Callback] = "default",
        refit: bool = True,
        seed: int = 0,
        static: Sequence[str] = (),
        past: Sequence[str] = (),
        future: Sequence[str] = (),
        categorical: Sequence[str] = (),
        calendar: bool | Sequence[str] | None = False,
        holidays: str | None = None,
        auto: str | float | None = None,
        by: str | Sequence[str] | None = None,
        head: str | None = None,
    ) -> None:
        self.cell = cell
        self.hidden_size = hidden_size
        self.lookback = lookback
        self.horizon = horizon
        self.strategy = strategy
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.ensemble = ensemble
        self.seasonality = seasonality
        self.dilation = dilation
        self.validation = validation
        self.test = test
        self.callbacks = callbacks
        self.refit = refit
        self.seed = seed
        self.static = static
        self.past = past
        self.future = future
        self.categorical = categorical
        self.calendar = calendar
        self.holidays = holidays
        self.auto = auto
        self.by = by
        self.head = head

    def fit(
        self,
        df: Any,
        y: Any = None,
        *,
        id: str | None = None,  # noqa: A002 - the word of the field
        time: str | None = None,
        target: str | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
        executor: Executor | None = None,
    ) -> Self:
        """Learns from a table and judges what was learned.

        Args:
            df: A long frame of pandas, polars or pyarrow, or any that narwhals takes: a row a
                series and time. Nothing needs to be sorted or complete.
            y: None, which scikit-learn's pipelines give here: the target is a column of the table.
            id: The column that names the series. None: found, if there is one.
            time: The column of times. None: found; without any, rows are in order.
            target: The column to forecast. None: found, if only one can be meant.
            watch: Callbacks that look on beside those that steer, such as ``Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and what it learns is the
                same, bit for bit, as if it never had been. Empty once the fit is done. Beside an
                executor, what that learns is kept by its processes, all of which must see the
                folder.
            executor: Who learns the models of groups, or the networks of an ensemble, all at a
                time, such as :func:`recurra.executors.opened` gives. None: this process, one after
                the other. What is learned is the same, with one thread bit for bit.

        Raises:
            DataError: If the table cannot be used as it is.
            OptionError: If an option is out of range.
            CellError: If no cell has that name.
            TrainingError: If the loss became infinite.
            KeyboardInterrupt: If training was interrupted before an epoch ended, or while an
                executor learned what is judged. Later, the fit ends there with the best weights so
                far and is not judged: ``evaluation_`` is None.
            CheckpointError: If the checkpoint is of other data, options or another version.
            OutputError: If it cannot be written, or a process of the executor does not see it.
        """
        if y is not None:
            raise OptionError(
                f"y, a {type(y).__name__}, beside the table",
                "the target as a column of the table",
                "put it there, and name it with target= if it is not found",
            )
        wishes, wanted = self._wishes(), self._wanted()
        self._check_form()
        further = () if wanted is None else wanted.roles.names
        by = columns_of(self.by)
        check_grouping(self.by, id, self.auto)
        further = tuple(dict.fromkeys((*further, *by)))
        panel = Panel.from_frame(df, id=id, time=time, target=target, further=further)
        if panel.frequency.irregular:
            check_irregular(vars(self))
        panel = in_groups(panel, by) if by else panel
        form = self._form_of(panel)
        # From here on a fit that fails leaves nothing that could be taken for a fitted model.
        vars(self).pop("tails_", None)
        self._settle(panel, wishes, form, wanted)
        with kept_run(checkpoint, vars(self), panel, apart=executor is not None) as run:
            learned = self._learn(form, watch, run, executor)
            self._keep(panel, learned)
            self._backend = nw.from_native(df, eager_only=True).implementation
            if not self.history_.interrupted:
                self._judge()
                if self.refit:
                    self._learn_again(
                        form, learned, panel, wanted, watch, run=run, executor=executor
                    )
            if run is not None and self.evaluation_ is None:
                run.keep()
        return self

    @property
    def network_(self) -> ManyToOne:
        """The network of a model that forecasts step by step, best weights in it.

        Raises:
            AttributeError: If nothing was fitted, or a model of another form: its networks are
                ``model_.modules()``.
        """
        if not isinstance(self.model_, StepModel):
            raise AttributeError(
                f"a model of the form {self.model_.form!r} has no network_ of its own: its "
                "networks are model_.modules()"
            )
        return self.model_.network

    def predict(
        self,
        horizon: Any = None,
        level: Sequence[float] | None = None,
        future: Any = None,
        *,
        quantiles: Sequence[float] | None = None,
        samples: int | None = None,
    ) -> Any:
        """Forecasts every series on from its end.

        Args:
            horizon: K, at least 1; None for that of the fit. A frame, which scikit-learn's
                pipelines give here, is a newer history to forecast on from with that of the fit:
                read as by :meth:`update`, but only for this once.
            level: Percents, at least 1 and below 100, to give intervals for. Without a head: split
                conformal, from the errors on the validation part; after a search (``auto``), which
                chose by that, from those on the test part. With one: between its quantiles,
                conformalised on the same, at most 99.8.
            future: What is known ahead: a frame with the columns of id and time and all those of
                ``future=``, a row a series and step. None if rows behind the last target in the
                table held them, or there are no such columns. ``notes_`` then tells of what is
                missing or new in it as well. Of readings at irregular times: a row for each series
                and time to forecast, more than the horizon or fewer; without, those that rows
                behind the last target in the table tell, else times a usual gap apart.
            quantiles: Shares above 0 and below 1. The ends of the interval of level 80 are the
                quantiles 0.1 and 0.9.
            samples: How many sample paths of each series, at least 1: each step is distributed as
                the quantiles say, and steps go together as the errors of held-out windows did; see
                :class:`~recurra.forecasting.uncertainty.paths.Ranks`. Series are drawn by
                themselves. The forecaster's seed gives the same paths again.

        Returns:
            A frame of the kind that was fitted: ``unique_id``, ``ds``, ``recurra``, and for each
            level, as 80, ``recurra-lo-80`` and ``recurra-hi-80``, for each quantile, as 0.1,
            ``recurra-ql0.1``, and for the paths ``recurra-sample-0`` and on. Times are as they were
            given.

        Raises:
            OptionError: If a value is out of range, or nothing was fitted.
            DataError: If what is known ahead ends before the forecast does, or cannot be read; or
                the newer history cannot be used.
        """
        self._check_fitted()
        asked = Asked.of(level, quantiles, samples)
        if hasattr(horizon, "__len__") and not isinstance(horizon, str):
            return self._predict_from(horizon, asked, future)
        steps = self._steps_ahead(horizon)
        if self.clock_.frequency.irregular:
            return self._predict_readings(horizon, asked, future)
        tails, around = self.tails_, self._around_ends(self.covariates_, steps, future)
        rows = histories(tails, around)
        found = self._beside(rows, self.model_.forecast(rows, steps), _deviations(tails), asked)
        columns: dict[str, Any] = {
            "unique_id": pl.Series([tail.id for tail in tails], dtype=pl.String).gather(
                np.repeat(np.arange(len(tails)), steps)
            ),
            "ds": self.clock_.render_all([(tail.origin, tail.ahead(steps)) for tail in tails]),
            **{name: values.reshape(-1) for name, values in found.items()},
        }
        return to_frame(columns, self._backend)

    def forecast_from(
        self,
        panel: Panel,
        known: NDArray[np.int64],
        horizon: int | None = None,
        level: Sequence[float] | None = None,
    ) -> dict[str, NDArray[np.float64]] | None:
        """What :meth:`update` and :meth:`predict` would forecast from origins in known series.

        They give the same, bit for bit; this reads no table again for every origin. Nothing of a
        series that lies behind an origin is looked at.

        Args:
            panel: S series, read from a table.
            known: How many points of each are known at each origin, (S, W).
            horizon: K; None for that of the fit.
            level: Percents to give intervals for.

        Returns:
            By the name of its column, (S, W, K) each. None where a table must be read: the model
            reads covariates, the panel has another frequency, a series is new or has fewer points
            than the model needs, or the last point before an origin was not observed.

        Raises:
            OptionError: If a value is out of range, or nothing was fitted.
        """
        self._check_fitted()
        asked = Asked.of(level, None, None)
        steps, tails = self._steps_ahead(horizon), {tail.id: tail for tail in self.tails_}
        if not self._knows(panel, known, tails):
            return None
        own = [tails[one.id] for one in panel.series]
        numbers = np.array([one.number for one in own])
        skipped = [
            self.clock_.steps_between(self.origins_[one.id], one.origin) for one in panel.series
        ]
        each = Histories.before_each(panel.series, numbers, known, self.model_.reach)
        first, again = tee(replace(one, ends=one.ends + skipped) for one in each)
        points, deviations = self.model_.forecast_each(first, steps), _deviations(own)
        found = [
            self._beside(rows, point, deviations, asked)
            for rows, point in zip(again, points, strict=True)
        ]
        return {name: np.stack([one[name] for one in found], axis=1) for name in found[0]}

    def _knows(self, panel: Panel, known: NDArray[np.int64], tails: Mapping[str, Tail]) -> bool:
        """Whether forecasts from there need nothing but the values of series that were fitted."""
        return (
            self.covariates_ is None
            and not panel.frequency.irregular
            and panel.frequency == self.clock_.frequency
            and all(one.id in tails for one in panel.series)
            and int(known.min()) >= max(SHORTEST, self.model_.least)
            and all(
                one.observed[ends - 1].all() for one, ends in zip(panel.series, known, strict=True)
            )
        )

    def _beside(
        self,
        rows: Histories,
        forecast: NDArray[np.float64],
        deviations: NDArray[np.float64],
        asked: Asked,
    ) -> dict[str, NDArray[np.float64]]:
        """Forecasts (W, K) and what was asked for beside them, by the names of their columns."""
        if asked.samples and self.calibration_.ranks.seen:
            self.notes_ = tuple(dict.fromkeys((*self.notes_, PATHS_FROM_SEEN)))
        beside = Intervals(asked, self.calibration_, int(self.seed))
        return {"recurra": forecast, **beside(self.model_, rows, forecast, deviations)}

    def _predict_from(self, df: Any, asked: Asked, future: Any) -> Any:
        """Forecasts on from a newer history, and stays where it was."""
        newer = copy.copy(self).update(df)
        forecast = newer.predict(
            level=asked.level, future=future, quantiles=asked.quantiles, samples=asked.samples
        )
        self.notes_ = newer.notes_
        return forecast

    def forecast_of(self, id: str, horizon: int) -> NDArray[np.float64]:  # noqa: A002
        """The forecast of one series, (K,), in its unit; see :meth:`predict`.

        Raises:
            OptionError: If nothing was fitted, or there is no such series.
            DataError: If the table did not hold what is known ahead.
        """
        self._check_fitted()
        ids = [tail.id for tail in self.tails_]
        if id not in ids:
            raise OptionError(f"the series {id!r}", f"one of the {len(self.tails_)} fitted")
        row, whole = ids.index(id), self.covariates_
        own = None if whole is None else whole.take(np.array([row]))
        rows = histories([self.tails_[row]], self._around_ends(own, horizon))
        forecast: NDArray[np.float64] = self.model_.forecast(rows, horizon)[0]
        return forecast

    def update(self, df: Any) -> Self:
        """Takes a newer history to forecast on from, without learning.

        Args:
            df: A table with the columns that were fitted, covariates among them, at least
                ``lookback`` points a series. A series that was not there before is brought to its
                own standard units, and needs 4 points more.

        Raises:
            DataError: If the table cannot be used, or a series is too short.
            OptionError: If nothing was fitted.
        """
        self._check_fitted()
        known = self.covariates_
        further, by = () if known is None else known.encoding.roles.names, columns_of(self.by)
        further = tuple(dict.fromkeys((*further, *by)))
        irregular = self.clock_.frequency.irregular
        panel = Panel.from_columns(df, self.clock_.columns, further, irregular=irregular)
        self.clock_.check(panel)
        panel = in_groups(panel, by) if by else panel
        # What it takes up of a table that is then refused, a copy takes up.
        model, scales = self.model_.copy(), {tail.id: tail.scale for tail in self.tails_}
        origins = {**{one.id: one.origin for one in panel.series}, **self.origins_}
        tails = [
            Tail.of(
                series,
                model.number_of(series),
                scales.get(series.id) or Scale.of(series.values),
                model.reach,
                self.clock_.steps_between(origins[series.id], series.origin),
            )
            for series in panel.series
        ]
        check_within(tails)
        read = None if known is None else known.read_anew(panel, self.plan_.horizon)
        self.model_, self.tails_, self.notes_ = model, tuple(tails), panel.notes
        self.origins_ = origins
        if read is not None:
            self.covariates_, self.notes_ = read.last(model.reach), (*panel.notes, *read.notes)
        self._backend = nw.from_native(df, eager_only=True).implementation
        return self

    def explain(
        self,
        df: Any = None,
        *,
        id: str | None = None,  # noqa: A002 - the word of the field
        ahead: int = 1,
        steps: int | None = None,
        network: int = 1,
    ) -> Explanation:
        """What the network remembers of a series, and why it forecasts what it does.

        Every gate and state at every step, how far back each unit looks, which past values carry
        the forecast, and what each gate does to it. ``save("page.html")`` of the result writes a
        page that shows it; as text it is a few sentences.

        Args:
            df: A newer history, read as by :meth:`update`; None for that of the fit. The forecaster
                stays where it was.
            id: The series; None for the first.
            ahead: Which value to come is explained, from 1 to K; step by step 1 alone.
            steps: How many past values the network is shown; None for as many as it forecasts from.
                More, of a model that forecasts step by step, shows it at work on a longer stretch
                of ``df``, as one sequence.
            network: Which of several networks that are averaged, from 1.

        Raises:
            DataError: If the table cannot be used.
            OptionError: If nothing was fitted, there is no such series, a value is out of range, or
                readings follow no step.
        """
        self._check_fitted()
        if self.clock_.frequency.irregular:
            raise OptionError(
                "an explanation of readings at irregular times", "times with one step between them"
            )
        if not is_whole(ahead, least=1):
            raise OptionError(f"ahead={ahead!r}", "a whole number of at least 1")
        one = self if df is None else copy.copy(self).update(df)
        return one._explained(one._tail_of(id), int(ahead), steps, network, df)

    def _tail_of(self, id: str | None) -> Tail:  # noqa: A002
        if id is None:
            return self.tails_[0]
        for tail in self.tails_:
            if tail.id == id:
                return tail
        raise OptionError(
            f"the series {id!r}",
            "one of " + ", ".join(tail.id for tail in self.tails_[:8]),
        )

    def _explained(
        self, tail: Tail, ahead: int, steps: int | None, network: int, df: Any
    ) -> Explanation:
        row, whole = self.tails_.index(tail), self.covariates_
        horizon = self._steps_ahead(None)
        own = None if whole is None else whole.take(np.array([row]))
        rows = histories([tail], self._around_ends(own, horizon))
        forecast = self.model_.forecast(rows, horizon)[0]
        if steps is not None and steps != self.model_.reach:
            rows = further_back(self, rows, tail, steps, df)
        return explain_series(
            self, tail, rows, forecast, ahead=ahead, network=network, notes=self.notes_
        )

    def stream(self, horizon: int | None = None, level: Sequence[float] | None = None) -> Stream:
        """Goes on row by row from where the series end, a forecast after each row.

        What the stream takes in, the forecaster does not: it still forecasts from its own end.

        Args:
            horizon: As for :meth:`predict`.
            level: Likewise.

        Raises:
            OptionError: If a value is out of range, nothing was fitted, or the model reads
                covariates, which a row alone does not hold.
        """
        self._check_fitted()
        if self.clock_.frequency.irregular:
            raise OptionError(
                "a stream of readings at irregular times",
                "times with one step between them",
                "update(df) and predict() with the last readings",
            )
        if self.covariates_ is not None:
            raise OptionError(
                "a stream with a model that reads covariates",
                "a model of the target alone",
                "fit without static, past, future, calendar and holidays; or update(df) and "
                "predict() with the last rows",
            )
        steps = self._steps_ahead(horizon)
        asked, calibration, by = Asked.of(level, None, None), self.calibration_, columns_of(self.by)
        if len(asked.level):
            calibration.check(steps)
        intervals = Intervals(asked, calibration, int(self.seed))
        return Stream(self.model_, self.tails_, self.clock_, steps, intervals, by=by)

    def cross_validation(
        self,
        df: Any,
        n_windows: int = 5,
        step_size: int | None = None,
        refit: bool | int = False,
        level: Sequence[float] | None = None,
        *,
        id: str | None = None,  # noqa: A002
        time: str | None = None,
        target: str | None = None,
    ) -> Any:
        """Forecasts from rolling origins, beside what came.

        See :func:`recurra.forecasting.backtest.backtest` for the same with scores and a verdict.

        Args:
            df: A table as for :meth:`fit`.
            n_windows: How many origins, counted back from the end, at least 1.
            step_size: Steps from one to the next; None for the horizon.
            refit: Whether to learn anew at every origin, or at every so many; False: once, before
                the first.
            level: Percents to give intervals for, as in :meth:`predict`.
            id: As for :meth:`fit`.
            time: Likewise.
            target: Likewise.

        Returns:
            A frame of the kind that was given: ``unique_id``, ``ds``, ``cutoff``, ``y``,
            ``recurra``, and the intervals.

        Raises:
            DataError: If the table cannot be used, or is too short.
            OptionError: If an option is out of range.
        """
        from recurra.forecasting.backtest import cross_validation  # noqa: PLC0415 - it uses this

        return cross_validation(
            self, df, n_windows, step_size, refit, level, id=id, time=time, target=target
        )

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
        check_counts(
            epochs=self.epochs,
            steps=self.steps,
            batch_size=self.batch_size,
            ensemble=self.ensemble,
        )
        check_seed(self.seed)
        check_callbacks(self.callbacks)
        check_strategy(self.strategy, self.horizon, FORMS)
        check_head(self.head, self.strategy)
        horizon = 1 if self.strategy == "one-step" else self.horizon
        return Wishes(horizon, self.lookback, self.validation, self.test)

    def _wanted(self) -> Wanted | None:
        """The covariates that the user named."""
        wanted = Wanted.of(vars(self))
        if wanted is not None:
            check_covariates(self.strategy)
        return wanted

    def _check_form(self) -> None:
        """A network that cannot be built is known before the table is read."""
        if self.auto is not None:
            check_auto(self.strategy)
        try:
            self._form()
        except RuntimeError as error:
            # All that torch itself says of a network of options that are in range.
            raise OptionError(
                f"hidden_size={self.hidden_size!r}, a network that cannot be made "
                f"({str(error).splitlines()[0][:200]})",
                "layers that fit into memory",
                "fewer units, as hidden_size=(50, 100) or --layers 50,100",
            ) from error

    def _form(self, *, irregular: bool = False) -> Form:
        """The kind of model to learn."""
        strategy = self.strategy or usual_strategy(vars(self), irregular=irregular)
        options = {**vars(self), "strategy": strategy, "given_strategy": self.strategy}
        form = FORMS[strategy](options)
        form.check()
        return form

    def _form_of(self, panel: Panel) -> Form:
        """The kind of model to learn from a panel, or of each of its groups."""
        if self.by is None:
            return self._form(irregular=panel.frequency.irregular)
        return GroupedForm.of(self._form(), panel)

    def _settle(self, panel: Panel, wishes: Wishes, form: Form, wanted: Wanted | None) -> None:
        settled = settle(panel, wishes, form)
        self.season_, self.plan_, self.prepared_ = settled.season, settled.plan, settled.prepared
        self.notes_, self.covariates_ = (*panel.notes, *settled.notes), None
        if wanted is not None:
            trained = {one.series.id: one.split.train for one in settled.prepared}
            covariates = wanted.learn(panel, trained, settled.plan.horizon)
            self.covariates_ = covariates
            self.prepared_ = with_covariates(settled.prepared, covariates)
            self.notes_ += covariates.notes

    def _learn(
        self,
        form: Form,
        watch: Sequence[Callback],
        run: Checkpoint | None,
        executor: Executor | None,
    ) -> Learned:
        learned = form.learn(
            self.prepared_,
            self.plan_,
            self.season_,
            self._begin,
            watch,
            checkpoint=run,
            executor=executor,
        )
        self.model_ = self.judged_ = learned.model
        self.history_ = learned.history
        self.notes_ += learned.notes
        if self.auto is not None:
            self.plan_ = replace(self.plan_, lookback=learned.model.reach)
        return learned

    def _learn_again(
        self,
        form: Form,
        learned: Learned,
        panel: Panel,
        wanted: Wanted | None,
        watch: Sequence[Callback],
        *,
        run: Checkpoint | None,
        executor: Executor | None,
    ) -> None:
        """Forecasts of the future may learn from what was held out; an interrupt leaves it be."""
        whole = whole_time(panel.series if form.forecasts_short else (), self.prepared_)
        covariates = None
        try:
            if wanted is not None:
                trained = {one.series.id: one.split.train for one in whole}
                covariates = wanted.learn(panel, trained, self.plan_.horizon)
                whole = with_covariates(whole, covariates)
            again = form.again(whole, learned, watch, checkpoint=run, executor=executor)
            if again.history.interrupted and again is not learned:
                raise KeyboardInterrupt  # A network that is half trained is none.
        except KeyboardInterrupt:
            self.notes_ += (
                "learning anew from all of the time was interrupted: the networks that were judged "
                "forecast",
            )
            if run is not None:
                run.keep()
            return
        if again is learned:
            return
        self.model_ = again.model
        self.tails_ = tails_of(whole, again.model.reach)
        self.origins_ = {one.series.id: one.series.origin for one in whole}
        if covariates is not None:
            self.covariates_ = covariates.last(self.model_.reach)

    def _begin(self, model: Model, notes: Sequence[str]) -> None:
        """Callbacks may look at the model and at what was found while it learns."""
        self.model_ = model
        self.notes_ += tuple(notes)

    def _keep(self, panel: Panel, learned: Learned) -> None:
        """What forecasts go on from."""
        self.clock_ = Clock.of(panel)
        self.tails_ = tails_of(self.prepared_, self.model_.reach)
        self.origins_ = {one.series.id: one.series.origin for one in self.prepared_}
        if self.covariates_ is not None:
            self.covariates_ = self.covariates_.last(self.model_.reach)
        self.calibration_ = Calibration(np.empty((self.plan_.horizon, 0)))
        self.evaluation_ = None
        self.verdict_ = "The fit was interrupted, so the forecasts were not judged."
        self.inferred_ = {
            **self.clock_.columns.to_json(),
            "frequency": self.clock_.frequency.name,
            "season": self.season_,
            **vars(self.plan_),
            **({} if self.covariates_ is None else self.covariates_.encoding.told),
            **learned.told,
            "notes": list(self.notes_),
        }

    @property
    def _unseen(self) -> list[Prepared]:
        """The series with a held-out part for intervals: what was much chosen by is no such part.

        A fit chooses the best weights by the validation part; a search tries many settings on it,
        and the errors that are left there are too small.
        """
        return self.prepared_ if self.auto is None else [judged_by_test(p) for p in self.prepared_]

    def _judge(self) -> None:
        """Errors on held-out time; an interrupt here must not cost the model."""
        try:
            calibration = calibrate(self.model_, self._unseen, self.plan_)
            evaluation = evaluate(self.model_, self.prepared_, self.plan_, self.season_)
            held = None
            if self.auto is None:  # Else the test part is what calibrated it.
                held = reliability(calibration, self.model_, self.prepared_, self.plan_)
        except KeyboardInterrupt:
            return
        one_step = self.strategy == "one-step"
        evaluation = replace(evaluation, reliability=held)
        self.calibration_, self.evaluation_ = calibration, evaluation
        self.verdict_ = judge(evaluation, self.plan_, self.season_, one_step=one_step)

    def _around_ends(
        self, covariates: Covariates | None, steps: int, future: Any = None
    ) -> Around | None:
        """What stands beside the ends of series and is known so many steps ahead."""
        if covariates is None:
            if future is not None:
                raise OptionError(
                    "future=, with a model that has no known-future columns",
                    "nothing beside the horizon",
                    "leave it out, or fit with future=[...] naming the columns",
                )
            return None
        # Networks write whole horizons, of which the last is cut.
        whole = -(-steps // self.plan_.horizon) * self.plan_.horizon
        ahead = look_ahead(covariates, self.model_.reach, whole, future, needed=steps)
        self.notes_ = tuple(dict.fromkeys((*self.notes_, *ahead.notes)))
        return Around(ahead)

    def _predict_readings(self, horizon: int | None, asked: Asked, future: Any) -> Any:
        """Forecasts at the times that are known, or a usual gap apart."""
        tails, counts = self._readings_ahead(horizon, future)
        most, owners = max(counts), np.repeat(np.arange(len(tails)), counts)
        wanted = np.arange(most) < np.array(counts)[:, None]
        ahead = [(tail.anchor, tail.ahead(n)) for tail, n in zip(tails, counts, strict=True)]
        columns: dict[str, Any] = {
            "unique_id": pl.Series([tail.id for tail in tails], dtype=pl.String).gather(owners),
            "ds": self.clock_.render_all(ahead),
        }
        rows = histories(tails)
        found = self._beside(rows, self.model_.forecast(rows, most), _deviations(tails), asked)
        for name, values in found.items():
            columns[name] = values[wanted]
        return to_frame(columns, self._backend)

    def _readings_ahead(self, horizon: int | None, future: Any) -> tuple[Sequence[Tail], list[int]]:
        """The ends of series of readings to forecast on from, and how many of each."""
        tails: Sequence[Tail] = self.tails_
        if future is not None:
            tails, notes = with_coming(tails, future, self.clock_)
            self.notes_ = tuple(dict.fromkeys((*self.notes_, *notes)))
        counts = asked_for(tails, horizon, self.plan_.horizon)
        if self.strategy == "one-step" and max(counts) > 1:
            raise OptionError(
                f"{max(counts)} times to forecast with strategy 'one-step'",
                "one a series, since each prediction is made from true values",
                "fit with strategy 'recursive'",
            )
        return tails, counts

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

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is anything to forecast from, as scikit-learn asks."""
        return hasattr(self, "tails_")

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise not_fitted("a forecaster that was not fitted", "call fit(df) first")


def _deviations(tails: Sequence[Tail]) -> NDArray[np.float64]:
    """The standard units of series, (S,)."""
    return np.array([tail.scale.deviation for tail in tails])
