"""``recurra predict``: a kept model forecasts on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result

QUICK = ("--layers", "4", "--epochs", "1")

Run = Callable[..., Result]


@pytest.fixture
def model(run: Run, sales: Path) -> Path:
    """A model of the sales."""
    run("forecast", sales, *QUICK, "--horizon", 6, "--out", "out")
    return Path("out/model.safetensors")


def test_it_forecasts_on_from_newer_rows(run: Run, model: Path, sales: Path) -> None:
    newer = sales.read_text() + "2020-01-01,250\n2020-02-01,251\n"
    Path("newer.csv").write_text(newer)
    result = run("predict", model, "newer.csv", "--out", "next.csv")
    assert result.exit_code == 0, result.output
    table = pl.read_csv("next.csv", schema_overrides={"ds": pl.String})
    assert table["ds"].to_list() == [f"2020-{month:02}-01" for month in range(3, 9)]


def test_on_the_rows_it_was_fitted_on_it_repeats_the_forecast(
    run: Run, model: Path, sales: Path
) -> None:
    result = run("predict", model, sales)
    assert result.stdout == Path("out/forecast.csv").read_text()
    assert "lstm forecaster of sales, monthly" in result.stderr


def test_the_horizon_can_be_another(run: Run, model: Path, sales: Path) -> None:
    result = run("predict", model, sales, "--horizon", 2)
    assert len(result.stdout.splitlines()) == 3


@pytest.fixture
def own_model(run: Run, sales: Path, own: Path) -> Path:
    """A model of the sales with a cell of one's own."""
    run("forecast", sales, *QUICK, "--cell", f"{own}:MinimalGated", "--out", "out")
    return Path("out/model.safetensors")


def test_a_model_with_a_cell_of_ones_own_forecasts_on_with_that_cell(
    run: Run, own_model: Path, sales: Path, own: Path
) -> None:
    result = run("predict", own_model, sales, "--cell", f"{own}:MinimalGated")
    assert result.exit_code == 0, result.output
    assert result.stdout == Path("out/forecast.csv").read_text()
    assert "MinimalGated forecaster of sales" in result.stderr


def test_without_that_cell_or_with_another_it_is_refused_in_words(
    run: Run, own_model: Path, sales: Path, own: Path
) -> None:
    missing = run("predict", own_model, sales)
    assert missing.exit_code == 1
    assert "a cell of your own, MinimalGated()" in missing.stderr
    assert "fₜ = σ(W_f xₜ + U_f hₜ₋₁ + b_f)" in missing.stderr
    own.write_text(own.read_text().replace("(1 - f) * h", "f * h"))
    other = run("predict", own_model, sales, "--cell", f"{own}:MinimalGated")
    assert other.exit_code == 1
    assert "in the file: hₜ = (1 - fₜ) ⊙ hₜ₋₁ + fₜ ⊙ nₜ" in other.stderr
    assert "given:       hₜ = fₜ ⊙ hₜ₋₁ + fₜ ⊙ nₜ" in other.stderr
    for result in (missing, other):
        assert "Traceback" not in result.output
        assert not result.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as a model"),
        (b"not a model", "cannot be read as a model"),
        (None, "no model file"),
    ],
)
def test_a_model_file_that_is_none_is_refused_in_words(
    run: Run, sales: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        Path("model.safetensors").write_bytes(content)
    result = run("predict", "model.safetensors", sales)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_damaged_model_file_is_refused_in_words(run: Run, model: Path, sales: Path) -> None:
    content = model.read_bytes()
    for size in (7, 100, len(content) // 2, len(content) - 1):
        model.write_bytes(content[:size])
        result = run("predict", model, sales)
        assert result.exit_code == 1
        assert "cannot be read as a model" in result.output


def test_data_of_another_frequency_or_too_few_are_refused(
    run: Run, model: Path, sales: Path
) -> None:
    days = "\n".join(f"2020-01-{day:02},{day}" for day in range(1, 31))
    Path("daily.csv").write_text(f"month,sales\n{days}\n")
    other = run("predict", model, "daily.csv")
    assert other.exit_code == 1
    assert "daily" in other.output
    Path("few.csv").write_text("\n".join(sales.read_text().splitlines()[:6]))
    few = run("predict", model, "few.csv")
    assert few.exit_code == 1
    assert "looks back" in few.output


def test_a_file_that_cannot_be_written_is_refused(run: Run, model: Path, sales: Path) -> None:
    result = run("predict", model, sales, "--out", sales / "inside.csv")
    assert result.exit_code == 1
    assert "cannot be written" in result.output
