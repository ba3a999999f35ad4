"""Columns that tell the future are caught, and honest ones are not."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from recurra.forecasting.doctor import Severity, inspect
from recurra.forecasting.doctor.innovations import ahead, innovations, unexplained
from recurra.forecasting.doctor.leaks import tie

Array = NDArray[np.float64]
COUNT = 500


def persistent(seed: int, share: float = 0.8, count: int = COUNT) -> Array:
    values = np.random.default_rng(seed).normal(size=count)
    for step in range(1, count):
        values[step] += share * values[step - 1]
    return values


def noise(seed: int) -> Array:
    return np.random.default_rng(seed).normal(size=COUNT)


TARGETS: dict[str, Array] = {
    "noise": noise(1),
    "persistent": persistent(2),
    "walk": noise(3).cumsum(),
    "season": 3 * np.sin(np.arange(COUNT) * 2 * np.pi / 24) + persistent(4),
}


def centred(values: Array, reach: int = 3) -> Array:
    return np.nanmean([ahead(values, k) for k in range(-reach, reach + 1)], axis=0)


LEAKS: dict[str, Callable[[Array], Array]] = {
    "itself": lambda y: y.copy(),
    "other unit": lambda y: 32 + 1.8 * y,
    "its logarithm": lambda y: np.log(y - y.min() + 1),
    "next": lambda y: ahead(y, 1),
    "a day later": lambda y: ahead(y, 24),
    "next with noise": lambda y: ahead(y, 1) + 0.1 * noise(9),
    "change to next": lambda y: ahead(y, 1) - y,
    "centred mean": centred,
    "mean of next five": lambda y: np.mean([ahead(y, k) for k in range(1, 6)], axis=0),
}

HONEST: dict[str, Callable[[Array], Array]] = {
    "noise": lambda y: noise(11),
    "walk": lambda y: noise(12).cumsum(),
    "persistent": lambda y: persistent(13, 0.95),
    "hour": lambda y: np.arange(COUNT) % 24.0,
    "row": lambda y: np.arange(COUNT) * 1.0,
    "lag": lambda y: ahead(y, -1),
    "lag of a day": lambda y: ahead(y, -24),
    "mean of the past": lambda y: np.mean([ahead(y, -k) for k in range(1, 8)], axis=0),
    "follower": lambda y: 0.8 * ahead(y, -2) + 0.3 * noise(14),
    "weekend": lambda y: 1.0 * (np.arange(COUNT) // 24 % 7 >= 5),
}


def frame(target: Array, **columns: Array) -> pl.DataFrame:
    hours = np.arange(len(target)) * np.timedelta64(3_600_000_000, "us")
    times = np.datetime64("2024-01-01", "us") + hours
    return pl.DataFrame({"ds": times, "y": target, **columns})


def caught(inspection) -> dict[str, Severity]:
    """The severity of the finding of each column that leaks."""
    return {
        one.figures["column"]: one.severity
        for one in inspection.findings
        if one.check == "leaks" and one.severity >= Severity.WARNING
    }


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_an_error(leak: str, target: str) -> None:
    values = TARGETS[target]
    found = inspect(frame(values, x=LEAKS[leak](values)), target="y")
    assert caught(found) == {"x": Severity.ERROR}, found


@pytest.mark.parametrize("target", TARGETS)
def test_honest_columns_are_not_caught(target: str) -> None:
    values = TARGETS[target]
    columns = {name: make(values) for name, make in HONEST.items()}
    assert caught(inspect(frame(values, **columns), target="y")) == {}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("strength", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_cause_of_the_target_is_not_caught(target: str, strength: float, share: float) -> None:
    cause = persistent(21, share)
    values = TARGETS[target] + strength * cause + 0.5 * noise(22)
    assert caught(inspect(frame(values, cause=cause), target="y")) == {}


def test_the_steps_ahead_are_named(only) -> None:
    values = TARGETS["season"]
    finding = only(inspect(frame(values, x=ahead(values, 3)), target="y"), "leaks")
    assert "y 3 steps later" in finding.said
    assert finding.figures["copy"] == 3
    assert "leave x out" in finding.do


def test_a_copy_of_the_past_is_called_an_honest_lag(only) -> None:
    values = TARGETS["walk"]
    finding = only(inspect(frame(values, x=ahead(values, -7)), target="y"), "leaks")
    assert finding.severity is Severity.NOTE
    assert "7 steps before" in finding.said


def test_a_leak_as_far_ahead_as_the_horizon_is_caught() -> None:
    values = TARGETS["persistent"]
    table = frame(values, x=ahead(values, 60) + 0.05 * noise(5))
    assert caught(inspect(table, target="y", horizon=60)) == {"x": Severity.ERROR}


def test_a_leak_in_all_series_of_a_panel_is_caught_and_another_column_not() -> None:
    parts = []
    for number in range(6):
        values = persistent(number, count=90)
        other = persistent(number + 50, count=90)
        table = frame(values, x=ahead(values, 1), other=other)
        parts.append(table.with_columns(pl.lit(f"s{number}").alias("unique_id")))
    assert caught(inspect(pl.concat(parts), target="y")) == {"x": Severity.ERROR}


def test_gaps_do_not_hide_a_leak() -> None:
    values = TARGETS["persistent"]
    leak = ahead(values, 1) + 0.05 * noise(6)
    holes = np.random.default_rng(0).random((2, COUNT)) < 0.05
    table = frame(np.where(holes[0], np.nan, values), x=np.where(holes[1], np.nan, leak))
    assert caught(inspect(table, target="y")) == {"x": Severity.ERROR}


def test_the_order_of_rows_does_not_matter() -> None:
    values = TARGETS["walk"]
    table = frame(values, x=ahead(values, 2)).sample(fraction=1.0, shuffle=True, seed=1)
    assert caught(inspect(table, target="y")) == {"x": Severity.ERROR}


@pytest.mark.parametrize(
    "column",
    [np.full(COUNT, 3.0), np.full(COUNT, np.nan), np.r_[np.full(COUNT - 5, np.nan), np.ones(5)]],
)
def test_a_column_without_news_is_no_leak(column: Array) -> None:
    assert caught(inspect(frame(TARGETS["noise"], x=column), target="y")) == {}


def test_a_clock_is_no_leak_of_a_straight_or_a_rising_target() -> None:
    row = np.arange(COUNT) * 1.0
    rising = np.random.default_rng(0).exponential(size=COUNT).cumsum()
    assert caught(inspect(frame(5 + 2 * row, row=row), target="y")) == {}
    assert caught(inspect(frame(rising, row=row), target="y")) == {}


def test_a_column_that_is_not_all_numbers_is_said_and_passed_over(findings) -> None:
    cells = [str(number) for number in range(COUNT - 1)] + ["broken"]
    table = frame(TARGETS["noise"], x=pl.Series(cells))
    (finding,) = findings(inspect(table, target="y"), "leaks")
    assert finding.severity is Severity.NOTE
    assert "'broken'" in finding.said


def test_too_few_points_are_not_judged() -> None:
    assert tie([(np.arange(10.0), np.arange(10.0))], 1, 12) is None


def test_the_rest_of_a_fit_is_that_of_least_squares() -> None:
    random = np.random.default_rng(0)
    reason, values = random.normal(size=(50, 3)), random.normal(size=50)
    matrix = np.column_stack([np.ones(50), reason])
    expected = values - matrix @ np.linalg.solve(matrix.T @ matrix, matrix.T @ values)
    np.testing.assert_allclose(
        unexplained(values, [reason]), expected * np.sqrt(50 / 46), atol=1e-12
    )


def test_the_news_in_an_autoregression_are_its_shocks() -> None:
    shocks = np.random.default_rng(7).normal(size=5000)
    values = shocks.copy()
    for step in range(1, 5000):
        values[step] += 0.7 * values[step - 1]
    news = innovations(values, 1)
    known = np.isfinite(news)
    assert np.corrcoef(news[known], shocks[known])[0, 1] > 0.995


def test_a_wave_brings_no_news() -> None:
    assert np.isnan(innovations(np.sin(np.arange(300) * 0.3), 1)).all()
