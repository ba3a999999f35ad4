"""A finished backtest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.backtest.diebold_mariano import DieboldMariano
from recurra.forecasting.backtest.forecasts import to_frame
from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.rolling import Course
from recurra.forecasting.backtest.scores import Scores
from recurra.forecasting.backtest.verdict import Verdict


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
        columns = own_columns(self.course, self.judged) | rivals
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


def own_columns(course: Course, judged: Judged) -> dict[str, Any]:
    """``unique_id, ds, cutoff, y, recurra`` and the intervals, in the order of series and time."""
    panel, origins = course.panel, course.origins
    count = origins.windows * origins.horizon
    ahead = np.arange(origins.horizon)
    times, cutoffs = [], []
    for one, known in zip(panel.series, course.known, strict=True):
        places = (known[:, None] + ahead).ravel()
        times += _rendered(course, one.origin, places)
        cutoffs += _rendered(course, one.origin, np.repeat(known - 1, origins.horizon))
    return {
        "unique_id": [name for name in judged.names for _ in range(count)],
        "ds": times,
        "cutoff": cutoffs,
        "y": _missing(judged.truth.ravel(), course.past.backend),
        **{name: values.ravel() for name, values in judged.own.columns.items()},
    }


def _missing(values: NDArray[np.float64], backend: Any) -> Any:
    """What was not observed is NaN in pandas, and null elsewhere."""
    if backend is nw.Implementation.PANDAS:
        return values
    return [None if np.isnan(value) else float(value) for value in values]


def _rendered(course: Course, origin: Any, places: NDArray[np.int64]) -> list[Any]:
    """Times as the user wrote them."""
    panel = course.panel
    return panel.style.render(panel.frequency.times(origin, places)).to_list()
