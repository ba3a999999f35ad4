"""``recurra forecast`` and ``recurra predict`` with covariates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result

Run = Callable[..., Result]

QUICK = ("--layers", "4", "--steps", "3", "--ensemble", "1", "--horizon", "3", "--lookback", "6")
ROLES = (
    *("--static", "kind", "--past", "warm", "--future", "price,store", "--categorical", "store"),
    *("--calendar", "--holidays", "DE"),
)


def rows(days: int, ahead: int) -> pl.DataFrame:
    count = days + ahead
    steps = pl.int_range(count, eager=True)
    known = steps < days
    return pl.DataFrame(
        {
            "shop": ["north"] * count,
            "day": [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(count)],
            "sold": (50 + 7919 * steps * steps % 11).zip_with(known, pl.Series([None] * count)),
            "kind": ["city"] * count,
            "warm": (steps % 5).zip_with(known, pl.Series([None] * count)),
            "price": 1 + steps % 3,
            "store": 100 + steps % 2,
        }
    )


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """A shop with 60 days, and what is known of three more."""
    path = tmp_path / "shops.csv"
    rows(60, 3).write_csv(path)
    return path


def test_all_of_them_are_read_and_told(run: Run, shops: Path) -> None:
    result = run("forecast", shops, *QUICK, *ROLES, "--target", "sold", "--out", "out")
    assert result.exit_code == 0, result.output
    for note in (
        "- static: kind (1 category)",
        "- past: warm (numbers)",
        "- known ahead: price (numbers), store (2 categories)",
        "- calendar: day of week",
        "- holidays: DE",
        "known-future values for up to 3 steps",
    ):
        assert note in result.stdout
    assert len(pl.read_csv("out/forecast.csv")) == 3
    repeated = run("predict", "out/model.safetensors", shops)
    assert repeated.stdout == Path("out/forecast.csv").read_text()


def test_a_file_of_what_is_known_ahead_is_given_to_predict(run: Run, shops: Path) -> None:
    run("forecast", shops, *QUICK, *ROLES, "--target", "sold", "--out", "out")
    whole = rows(60, 3)
    whole.head(60).write_csv("past.csv")
    whole.tail(3).select("shop", "day", "store", "price").write_csv("plan.csv")
    result = run("predict", "out/model.safetensors", "past.csv", "--future", "plan.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == Path("out/forecast.csv").read_text()
    without = run("predict", "out/model.safetensors", "past.csv")
    assert without.exit_code != 0
    assert "'price' ends early" in without.stderr


def test_a_table_that_ends_too_early_is_refused_before_training(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    rows(60, 2).write_csv(path)
    result = run("forecast", path, *QUICK, *ROLES, "--target", "sold", "--out", "out")
    assert result.exit_code != 0
    assert "'price' ends early" in result.stderr
    assert "has 2, until 2024-03-02" in result.stderr
    assert not Path("out/model.safetensors").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--future", "price,"), "names of columns with commas between"),
        (("--future", "prize"), "prize"),
        (("--categorical", "store"), "no covariate"),
        (("--holidays", "XX"), "XX"),
        (("--calendar", "--strategy", "recursive"), "recursive"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    run: Run, shops: Path, options: tuple[str, ...], said: str
) -> None:
    result = run("forecast", shops, "--target", "sold", *options)
    assert result.exit_code != 0
    assert said in result.stderr
    assert "Traceback" not in result.output
