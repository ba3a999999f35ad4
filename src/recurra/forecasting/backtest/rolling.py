"""Forecasts from one origin after the other, each from what lies before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.backtest.forecasts import Forecasts, read_forecasts
from recurra.forecasting.backtest.kept import Kept
from recurra.forecasting.backtest.model import Model, fitted, foreteller
from recurra.forecasting.backtest.origins import Origins
from recurra.forecasting.backtest.past import Past
from recurra.forecasting.panel import Panel
from recurra.tables.frequency import Times
from recurra.training import Checkpoint

Start = Callable[[], Model]
"""Makes an unfitted forecaster."""

KeepFit = Callable[[int], AbstractContextManager[Checkpoint]]
"""Gives where the fit at a window is kept: removed when the windows that need it are finished."""

Watch = Callable[[int, int], None]
"""Told how many windows are done, of how many."""


@dataclass(frozen=True)
class Course:
    """What is forecast, from where.

    Attributes:
        panel: The series that take part.
        past: The same as a table.
        origins: From where, and how far.
        every: After how many windows a model is fitted anew.
        level: Percents to ask intervals for.
        covariates: Names of columns by their role, which the forecaster is made or fitted with;
            those under "future" are known ahead, and handed to its predict as well.
    """

    panel: Panel
    past: Past
    origins: Origins
    every: int
    level: tuple[float, ...]
    covariates: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> dict[str, Any]:
        """The keywords of a fit."""
        past = self.past
        roles = {role: list(names) for role, names in self.covariates.items() if names}
        return {"id": past.id, "time": past.time, "target": past.target, **roles}

    def ask(self, model: Model, window: int, known: NDArray[np.int64], past: Past) -> Forecasts:
        """The forecasts of a fitted model from an origin, (S, K).

        Args:
            model: It has seen what is known.
            window: Which origin.
            known: (S,) how many points of each series it has seen; 0 for one that it has not.
            past: Where covariates that are known ahead are taken from.
        """
        horizon, names = self.origins.horizon, self.covariates.get("future", ())
        # Of irregular times one asks for a forecast at a time; on a grid all know the next ones.
        asked = bool(names) or self.panel.frequency.irregular
        more = {"future": past.ahead(known, horizon, names)} if asked else {}
        frame = model.predict(horizon=horizon, level=list(self.level) or None, **more)
        return read_forecasts(frame, self.names, self.times(window), self.level)

    def foretold(self, model: Model, window: int) -> Forecasts | None:
        """The forecasts from an origin and those after it, (S, W, K), until the next fit.

        Args:
            model: Fitted at that origin.
            window: Which it is.

        Returns:
            None if the model must be given a table at every origin.
        """
        able = foreteller(model)
        if able is None or any(self.covariates.values()):
            return None
        known = self.known[:, window : window + self.every]
        columns = able.forecast_from(self.panel, known, self.origins.horizon, self.level)
        return None if columns is None else Forecasts.of_columns(columns, self.level)

    @property
    def names(self) -> list[str]:
        """Of the series."""
        return [one.id for one in self.panel.series]

    @property
    def known(self) -> NDArray[np.int64]:
        """How many points of each series are known at each origin, (S, W)."""
        lengths = (len(one.values) for one in self.panel.series)
        return np.stack([self.origins.known(length) for length in lengths])

    def times(self, window: int) -> Times:
        """The times that are forecast from an origin, (S, K)."""
        ahead = np.arange(self.origins.horizon)
        pairs = zip(self.panel.series, self.known[:, window], strict=True)
        frequency = self.panel.frequency
        return np.stack([one.times(frequency, end + ahead) for one, end in pairs])


def roll(
    start: Start,
    course: Course,
    kept: Kept | None = None,
    watch: Watch | None = None,
    *,
    beside: Mapping[str, Any] | None = None,
    keep_fit: KeepFit | None = None,
) -> Forecasts:
    """Forecasts from every origin.

    A model is fitted on what is known at an origin. At the origins after it, until it is fitted
    anew, it gets the newer history and learns nothing.

    Args:
        start: Makes an unfitted forecaster.
        course: What is forecast.
        kept: Where finished windows are kept, and found again.
        watch: Told of every finished window.
        beside: Further keywords of the forecaster's fit.
        keep_fit: Gives where a fit is kept, by its window, as its keyword ``checkpoint``.

    Returns:
        (S, W, K); NaN for a series that a forecaster left out.

    Raises:
        KeyboardInterrupt: If the user stopped it; what was finished is in ``kept``.
    """
    total, found = course.origins.windows, []
    with ExitStack() as until_finished:
        runner = _Runner(start, course, beside or {}, until_finished, keep_fit)
        for window in range(total):
            one = None if kept is None else kept.read(window)
            if one is None:
                one = runner.forecasts(window)
                if kept is not None:
                    kept.write(window, one)
            found.append(one)
            if watch is not None:
                watch(window + 1, total)
    if kept is not None:
        kept.clear_fits(total)
    return Forecasts.stack(found)


def windows_of(start: Start, course: Course, windows: Sequence[int]) -> list[Forecasts]:
    """The forecasts of some windows of one fit, (S, K) each."""
    runner = _Runner(start, course, {}, ExitStack(), None)
    return [runner.forecasts(window) for window in windows]


class _Runner:
    """A model, fitted when a window asks for it."""

    def __init__(
        self,
        start: Start,
        course: Course,
        beside: Mapping[str, Any],
        until_finished: ExitStack,
        keep_fit: KeepFit | None,
    ) -> None:
        self._start = start
        self._until_finished = until_finished
        self._keep_fit = keep_fit
        self._beside = beside
        self._course = course
        self._fitted_at = -1

    def forecasts(self, window: int) -> Forecasts:
        """(S, K), from the origin of that window."""
        first = window - window % self._course.every
        if first != self._fitted_at:
            self._fit(first)
        if self._at_once is not None:
            return self._at_once[:, window - first]
        if window == first:
            return self._at_fit
        # A series that was too short to be learned from may be too short to be taken in as well.
        there = np.isfinite(self._at_fit.point).all(axis=1)
        known = np.where(there, self._course.known[:, window], 0)
        past = self._course.past
        self._model.update(past.until(known))
        return self._course.ask(self._model, window, known, past)

    def _fit(self, window: int) -> None:
        course, past = self._course, self._course.past
        known = course.known[:, window]
        beside = {**course.columns, **self._beside, **self._kept(window)}
        self._model = fitted(self._start(), past.until(known), beside)
        self._at_once = self._course.foretold(self._model, window)
        if self._at_once is None:
            self._at_fit = course.ask(self._model, window, known, past)
        self._fitted_at = window

    def _kept(self, window: int) -> dict[str, Checkpoint]:
        """Lets go of the fit before, and says where the next is kept."""
        self._until_finished.close()
        if self._keep_fit is None:
            return {}
        return {"checkpoint": self._until_finished.enter_context(self._keep_fit(window))}
