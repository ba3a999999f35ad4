"""``prices`` on the command line: a table in, the next period's path out."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.applications.prices.demo import NAMES, table
from recurra.cli.main import app

Run = Callable[..., Result]

TINY = ("--units", 4, "--epochs", 2, "--networks", 1, "--lookback", 10)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table and a model of it."""
    place = tmp_path_factory.mktemp("prices")
    (place / "p.csv").write_text(table(seed=0))
    command = ["fit", "prices", place / "p.csv", "--out", place / "m.safetensors", *TINY]
    result = CliRunner().invoke(app, [str(one) for one in command])
    assert result.exit_code == 0, result.output
    assert "'BOLT' on 2022-05-09 by 2:1" in result.stdout
    return place


@pytest.fixture
def model(run: Run, fitted: Path) -> Path:
    """The same in the present folder."""
    shutil.copytree(fitted, ".", dirs_exist_ok=True)
    return Path("m.safetensors")


def test_a_fit_leaves_model_report_picture_figures_and_losses(run: Run, model: Path) -> None:
    assert {path.name for path in Path().glob("m.*")} == {
        *("m.safetensors", "m.html", "m.png", "m.json", "m.csv"),
    }
    figures = json.loads(Path("m.json").read_text())
    assert set(figures["held_out"]["errors"]) == {"path", "open", "high", "low", "close"}
    page = Path("m.html").read_text()
    assert figures["verdict"] in page.replace("&#39;", "'")
    assert "taken for splits" in page


def test_the_next_path_of_each_ticker_is_foretold(run: Run, model: Path) -> None:
    result = run("predict", model, "p.csv", "--out", "next.csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(Path("next.csv").read_text())))
    assert [row["ticker"] for row in rows] == list(NAMES)
    for row in rows:
        opened, high, low, close = (float(row[key]) for key in ("open", "high", "low", "close"))
        assert high >= max(opened, close)
        assert low <= min(opened, close)
        bounds = [float(row[f"close_low_{level}"]) for level in (95, 80, 50)]
        assert sorted(bounds) == bounds
        assert bounds[-1] < close < float(row["close_high_50"])
    told = json.loads(run("predict", model, "p.csv", "--json").stdout)
    assert [one["after"] for one in told] == [row["after"] for row in rows]
    assert told[0]["close"] == float(rows[0]["close"])


def test_paths_are_judged(run: Run, model: Path) -> None:
    found = json.loads(run("evaluate", model, "p.csv", "--json").stdout)
    figures = json.loads(Path("m.json").read_text())
    assert found == figures["held_out"]
    said = run("evaluate", model, "p.csv").stdout
    assert said.startswith("Mean absolute error")
    assert figures["verdict"] in said
    assert "figures flatter" in run("evaluate", model, "p.csv", "--all").stderr


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        ("", (), 1, "is empty"),
        ("date,close\n2024-01-02,1\n", (), 1, "none of them for open"),
        ("date,open,high,low,close\n2024-01-02,1,1,1,1\n", (), 1, "at least 120"),
        ("date,open,high,low,close\n2024-01-02,1,1,1,x\n", (), 1, "where a number belongs"),
        (table(seed=0), ("--units", 0), 2, "units=0"),
        (table(seed=0), ("--cell", "lstn"), 2, "lstn"),
        (table(seed=0), ("--date-column", "when"), 1, "no column 'when'"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, content: str, options: tuple[object, ...], code: int, said: str
) -> None:
    Path("bad.csv").write_text(content)
    result = run("fit", "prices", "bad.csv", "--out", "new/m.safetensors", *options)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["bad.csv"]


def test_prices_that_are_all_old_cannot_be_judged(run: Run, model: Path) -> None:
    lines = Path("p.csv").read_text().splitlines()
    Path("old.csv").write_text("\n".join(line for line in lines if ",2023-" not in line))
    result = run("evaluate", model, "old.csv")
    assert result.exit_code == 1
    assert "later ones than were learned from" in result.stderr
