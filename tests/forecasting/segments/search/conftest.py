"""Series with their parts, ready to be searched on."""

from collections.abc import Callable

import numpy as np
import pytest

from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared, prepare
from recurra.forecasting.segments import rules
from recurra.forecasting.segments.search.candidate import Candidate


def a_series(values, name="a", observed=None) -> Series:
    values = np.asarray(values, float)
    seen = np.ones(len(values), bool) if observed is None else np.asarray(observed)
    return Series(name, np.datetime64("2024-01-01", "us"), values, seen)


@pytest.fixture
def prepared() -> Callable[..., list[Prepared]]:
    """prepared(*values, validation, test, observed): series, their parts held out."""

    def make(*values, validation=6, test=4, observed=None) -> list[Prepared]:
        plan = Plan(3, 4, validation, test)
        each = [a_series(one, f"s{n}", observed) for n, one in enumerate(values)]
        return prepare(each, plan)

    return make


@pytest.fixture
def start() -> Callable[..., tuple[Candidate, rules.Facts]]:
    """start(facts...): what the rules choose, and by what."""

    def make(horizon=7, season=7, lag=7, length=100, points=1000, *, positive=True):
        facts = rules.Facts(horizon, season, lag, length, points, positive=positive, series=10)
        settings = rules.choose(facts, rules.lookback(season, length, horizon))
        return Candidate(settings, "gru"), facts

    return make
