"""Forecasts from all origins at once are those that a table at every origin would give."""

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import OptionError
from recurra.forecasting.backtest import cross_validation
from recurra.forecasting.panel import Panel

HORIZON = 4
FORMS = [
    {"strategy": "recursive", "epochs": 1, "hidden_size": 4},
    {"strategy": "sequence-to-sequence", "steps": 2, "hidden_size": 4, "ensemble": 2},
    {"strategy": "direct", "steps": 2, "hidden_size": 4, "ensemble": 1},
]
LEVELS = [[], [80, 95.5]]


class TableByTable(Forecaster):
    """Is asked through ``update``, since it overrides it."""

    updates = 0

    def update(self, df):
        TableByTable.updates += 1
        return super().update(df)


def table(*lengths: int, gap: int | None = None) -> pl.DataFrame:
    """Hourly series of these lengths, a value missing in the first."""
    random, parts = np.random.default_rng(3), []
    for number, length in enumerate(lengths):
        values = 20 + np.sin(np.arange(length) / 2) + random.normal(size=length) / 10 + number
        hours = pl.datetime_range(
            pl.datetime(2024, 1, 1), pl.datetime(2025, 1, 1), "1h", eager=True
        )
        parts.append(pl.DataFrame({"id": f"s{number}", "ds": hours[:length], "y": values}))
    frame = pl.concat(parts)
    if gap is None:
        return frame
    kept = pl.when(pl.int_range(pl.len()) != gap).then("y")
    return frame.with_columns(kept.alias("y"))


def made(kind: type[Forecaster], form: dict) -> Forecaster:
    return kind(horizon=HORIZON, lookback=8, callbacks=[], **form)


@pytest.mark.filterwarnings("ignore:series end at different times")
@pytest.mark.parametrize("level", LEVELS, ids=["points", "intervals"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["strategy"])
@pytest.mark.parametrize("refit", [False, 2])
def test_a_backtest_is_the_same_bit_for_bit(form, level, refit):
    given = (table(90, 120, 75, gap=40), 4, 3, refit, level)
    TableByTable.updates = 0
    slow = cross_validation(made(TableByTable, form), *given)
    assert TableByTable.updates == (2 if refit else 3)
    assert cross_validation(made(Forecaster, form), *given).equals(slow)


@pytest.fixture(scope="module", params=FORMS, ids=lambda form: form["strategy"])
def fitted(request) -> Forecaster:
    return made(Forecaster, request.param).fit(table(90, 120))


def test_a_history_that_begins_later_than_the_fitted_one(fitted):
    later = table(90, 120).filter(pl.col("ds") >= pl.datetime(2024, 1, 2, 6))
    panel = Panel.from_frame(later)
    known = np.array([[40, 55], [70, 88]])
    at_once = fitted.forecast_from(panel, known)["recurra"]
    for window in range(2):
        cut = later.filter(
            pl.int_range(pl.len()).over("id")
            < pl.col("id").replace_strict(["s0", "s1"], known[:, window])
        )
        by_table = fitted.update(cut).predict()["recurra"].to_numpy()
        np.testing.assert_array_equal(at_once[:, window].ravel(), by_table)
    fitted.update(table(90, 120))


def test_what_lies_behind_an_origin_changes_nothing(fitted):
    frame, known = table(90, 120), np.array([[50, 60], [80, 100]])
    before = fitted.forecast_from(Panel.from_frame(frame), known)["recurra"]
    behind = pl.int_range(pl.len()).over("id") >= pl.col("id").replace_strict(
        ["s0", "s1"], [50, 80]
    )
    changed = frame.with_columns(pl.when(behind).then(7.0).otherwise("y").alias("y"))
    after = fitted.forecast_from(Panel.from_frame(changed), known)["recurra"]
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    assert (after[:, 1] != before[:, 1]).any()


@pytest.mark.parametrize(
    ("frame", "known"),
    [
        (table(90, 120, 100), [[50], [50], [50]]),
        (table(90, 120), [[50], [2]]),
        (table(90, 120, gap=49), [[50], [50]]),
        (table(90, 120)[::2], [[30], [30]]),
    ],
    ids=["a new series", "too short", "no value before the origin", "another frequency"],
)
def test_it_says_where_a_table_must_be_read(fitted, frame, known):
    assert fitted.forecast_from(Panel.from_frame(frame), np.array(known)) is None


def test_a_horizon_out_of_range_is_refused_and_so_is_what_was_not_fitted(fitted):
    panel, known = Panel.from_frame(table(90, 120)), np.array([[50], [50]])
    with pytest.raises(OptionError, match="horizon 0"):
        fitted.forecast_from(panel, known, horizon=0)
    with pytest.raises(OptionError, match="not fitted"):
        Forecaster().forecast_from(panel, known)
