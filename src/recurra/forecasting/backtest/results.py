"""A finished backtest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.rolling import Course
from recurra.forecasting.backtest.scores import Scores
from recurra.forecasting.backtest.verdict import Verdict
from recurra.forecasting.frames import to_frame
from recurra.significance.diebold_mariano import DieboldMariano


@dataclass(frozen=True)
class Backtest:
    """A finished backtest.

    Attributes:
        course: The series, the origins and the levels.
        judged: Forecasts beside what came.
        season: m, that MASE, the seasonal naive forecast and Naive2 go by; 1 for none.
        scores: All errors.
        notes: What was inferred, repaired, left out or taken from an earlier run.
    """

    course: Course
    judged: Judged
    season: int
    scores: Scores
    finding: Verdict
    notes: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The verdict in a sentence or two."""
        return self.finding.text

    @property
    def test(self) -> DieboldMariano:
        """The test of the difference to the best baseline."""
        return self.finding.test

    def frame(self) -> Any:
        """The forecasts with those of the baselines, a frame of the kind that came in.

        ``unique_id, ds, cutoff, y, recurra``, the intervals, and a column a baseline.
        """
        rivals = {name: values.ravel() for name, values in self.judged.rivals.items()}
        columns = own_columns(self.course, self.judged.own, self.judged.truth) | rivals
        return to_frame(columns, self.course.past.backend)

    def to_json(self) -> dict[str, Any]:
        """Plain data: the figures, the test, the verdict and the settings."""
        origins = self.course.origins
        return {
            "verdict": self.verdict,
            "rival": self.finding.rival,
            "diebold_mariano": self.test.to_json(),
            **self.scores.to_json(),
            "series": len(self.judged.names),
            "horizon": origins.horizon,
            "n_windows": origins.windows,
            "step_size": origins.step,
            "refit_every": self.course.every if self.course.every < origins.windows else None,
            "level": list(self.course.level),
            "season": self.season,
            "notes": list(self.notes),
        }


def own_columns(course: Course, forecasts: Forecasts, truth: NDArray[np.float64]) -> dict[str, Any]:
    """``unique_id, ds, cutoff, y, recurra`` and the intervals, in the order of series and time.

    Args:
        course: The series and the origins.
        forecasts: (S, W, K).
        truth: (S, W, K), NaN where nothing was observed.
    """
    horizon, known = course.origins.horizon, course.known[:, :, None]
    places = known + np.arange(horizon)
    names = pl.Series(course.names, dtype=pl.String)
    return {
        "unique_id": names.gather(np.repeat(np.arange(len(names)), places[0].size)),
        "ds": _rendered(course, places),
        "cutoff": _rendered(course, np.repeat(known - 1, horizon, axis=2)),
        "y": _missing(truth.ravel(), course.past.backend),
        **{name: values.ravel() for name, values in forecasts.columns.items()},
    }


def _missing(values: NDArray[np.float64], backend: Any) -> Any:
    """What was not observed is NaN in pandas, and null elsewhere."""
    if backend is nw.Implementation.PANDAS:
        return values
    return pl.Series(values).fill_nan(None)


def _rendered(course: Course, places: NDArray[np.int64]) -> pl.Series:
    """The times at places (S, W, K) of the series, as the user wrote them."""
    panel = course.panel
    if panel.frequency.irregular:
        each = zip(panel.series, places, strict=True)
        return panel.style.render(
            np.concatenate([one.times(panel.frequency, at.ravel()) for one, at in each])
        )
    origins = np.array([one.origin for one in panel.series])
    of_places = np.repeat(origins, places[0].size)
    return panel.style.render(panel.frequency.times(of_places, places.ravel()))
