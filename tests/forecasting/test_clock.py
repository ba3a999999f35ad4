from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from recurra.errors import DataError
from recurra.forecasting.clock import Clock
from recurra.forecasting.panel import Panel


def panel(times: list[str]) -> Panel:
    return Panel.from_frame(pl.DataFrame({"Month": times, "y": [1.0, 3.0, 2.0]}))


def test_times_ahead_are_written_as_those_that_were_given() -> None:
    monthly = panel(["1949-10", "1949-11", "1949-12"])
    origin, clock = monthly.series[0].origin, Clock.of(monthly)
    assert clock.render(origin, np.arange(2, 5)).to_list() == ["1949-12", "1950-01", "1950-02"]
    both = clock.render_all([(origin, np.array([0])), (origin, np.array([3]))]).to_list()
    assert both == ["1949-10", "1950-01"]


def test_another_frequency_is_refused_and_the_same_is_not(
    assert_helpful: Callable[..., None],
) -> None:
    clock = Clock.of(panel(["1949-10", "1949-11", "1949-12"]))
    clock.check(panel(["1960-01", "1960-02", "1960-03"]))
    with pytest.raises(DataError) as caught:
        clock.check(panel(["1949-01-01", "1949-01-02", "1949-01-03"]))
    assert_helpful(caught.value, "daily", "monthly")
