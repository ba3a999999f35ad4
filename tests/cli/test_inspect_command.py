"""``recurra inspect`` from a file to text, JSON and a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.inspect import inspect

Run = Callable[..., Result]

app = typer.Typer(rich_markup_mode=None)
app.command()(inspect)


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


def said(result: Result, code: int) -> str:
    """What an error printed, which must be a screen of words and nothing else."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert len(result.output.splitlines()) < 24
    assert "Error: " in result.stderr
    return result.stderr


def test_a_file_is_inspected_in_one_command(look: Run, sales: Path) -> None:
    result = look(sales)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "sales in sales.csv: 1 series, 120 rows, monthly, 2010-01-01 to 2019-12-01"
    assert lines[1].startswith("Forecast 12 ahead; season 12")
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in result.stdout
    assert {path.name for path in Path().iterdir()} == {"sales.csv"}


def test_json_is_all_that_is_printed(look: Run, sales: Path) -> None:
    data = json.loads(look(sales, "--json", "--horizon", 6).stdout)
    assert data["frequency"] == "monthly"
    assert data["seasons"] == [12]
    assert data["recommendation"].startswith("Forecast 6 ahead")


def test_out_gets_the_page_and_the_figures(look: Run, sales: Path) -> None:
    result = look(sales, "--out", "seen")
    assert {path.name for path in Path("seen").iterdir()} == {"inspection.html", "inspection.json"}
    assert "Page: seen/inspection.html" in result.stdout
    page = Path("seen/inspection.html").read_text()
    assert "sales in sales.csv" in page
    data = json.loads(Path("seen/inspection.json").read_text())
    assert data == json.loads(look(sales, "--json").stdout)


def test_an_error_in_the_data_shows_in_the_exit_code(look: Run, sales: Path) -> None:
    table = pl.read_csv(sales)
    table.with_columns(next=pl.col("sales").shift(-1)).write_csv("leak.csv")
    result = look("leak.csv", "--target", "sales")
    assert result.exit_code == 1
    assert "next is sales 1 step later" in result.stdout
    assert "Error: " not in result.stderr


def test_what_cannot_be_read_is_said_and_nothing_is_written(look: Run, sales: Path) -> None:
    assert "There is no file" in said(look("salse.csv", "--out", "seen"), 1)
    assert not Path("seen").exists()
    Path("empty.csv").write_text("")
    assert "is empty" in said(look("empty.csv"), 1)
    assert "no column 'price'" in said(look(sales, "--target", "price"), 1)


def test_an_absurd_horizon_is_an_option_error(look: Run, sales: Path) -> None:
    assert "horizon=0" in said(look(sales, "--horizon", 0), 2)


def test_a_place_that_cannot_be_written_is_said(look: Run, sales: Path) -> None:
    Path("taken").write_text("a file")
    assert "cannot be written" in said(look(sales, "--out", "taken"), 1)


def test_columns_can_be_named(look: Run) -> None:
    table = pl.DataFrame(
        {
            "shop": ["a", "b"] * 40,
            "when": [n // 2 for n in range(80)],
            "n": range(80),
            "m": range(80),
        }
    )
    table.write_csv("shops.csv")
    data = json.loads(
        look("shops.csv", "--id", "shop", "--time", "when", "--target", "n", "--json").stdout
    )
    assert data["series"] == 2
    assert data["target"] == "n"
