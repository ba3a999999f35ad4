"""``recurra backtest`` from files to files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.backtest import backtest
from recurra.forecasting import Forecaster

QUICK = ("--layers", "4", "--epochs", "1", "--windows", "2", "--horizon", "6")
RESULTS = {
    "forecasts.csv", "scores.csv", "metrics.json", "errors.png", "forecasts.png", "report.html",
    "windows",
}  # fmt: skip

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    app = typer.Typer(rich_markup_mode=None)
    app.command()(backtest)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


def test_one_command_makes_every_result_from_a_file(run: Run, sales: Path) -> None:
    result = run(sales, *QUICK, "--level", "80,95", "--out", "out")
    assert result.exit_code == 0, result.output
    assert {path.name for path in Path("out").iterdir()} == RESULTS
    for text in ("time column: month", "a season of 12 steps", "seasonal naive", "OWA",
                 "80% intervals held", "out/report.html", "Recurra's"):  # fmt: skip
        assert text in result.stdout
    table = pl.read_csv("out/forecasts.csv")
    assert table.columns[:9] == [
        "unique_id", "ds", "cutoff", "y", "recurra", "recurra-lo-80", "recurra-hi-80",
        "recurra-lo-95", "recurra-hi-95",
    ]  # fmt: skip
    assert table["ds"][-1] == "2019-12-01"
    assert table["cutoff"].to_list() == ["2018-12-01"] * 6 + ["2019-06-01"] * 6
    assert "http" not in Path("out/report.html").read_text()


def test_json_prints_the_figures_and_nothing_else(run: Run, sales: Path) -> None:
    result = run(sales, *QUICK, "--out", "out", "--json")
    figures = json.loads(result.stdout)
    assert figures == json.loads(Path("out/metrics.json").read_text())
    assert figures["horizon"] == 6
    assert figures["season"] == 12
    assert {"recurra", "naive", "seasonal_naive", "drift", "naive2"} <= set(figures["overall"])


def test_quiet_prints_nothing(run: Run, sales: Path) -> None:
    result = run(sales, *QUICK, "--quiet")
    assert result.exit_code == 0
    assert result.output == ""
    assert Path("recurra-backtest-sales/report.html").exists()


def test_an_interrupted_backtest_says_so_and_goes_on(
    run: Run, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = Forecaster.fit
    fits = []

    def interrupt_the_second(self: Forecaster, *given: object, **columns: str) -> Forecaster:
        fits.append(1)
        if len(fits) == 2:
            raise KeyboardInterrupt
        return fit(self, *given, **columns)  # type: ignore[arg-type]

    monkeypatch.setattr(Forecaster, "fit", interrupt_the_second)
    result = run(sales, *QUICK, "--refit", "--out", "out")
    assert result.exit_code == 130
    assert "1 finished window is kept in out/windows: the same command goes on" in result.stderr
    assert {path.name for path in Path("out").iterdir()} == {"windows"}
    result = run(sales, *QUICK, "--refit", "--out", "out")
    assert result.exit_code == 0
    assert len(fits) == 3
    assert "1 window finished earlier taken from out/windows" in result.stdout


def test_interrupted_before_the_first_window_leaves_nothing(
    run: Run, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Forecaster, "fit", interrupt)
    result = run(sales, *QUICK, "--out", "out")
    assert result.exit_code == 130
    assert "nothing was kept" in result.stderr
    assert not Path("out").exists()


def test_other_options_in_the_same_folder_are_refused(run: Run, sales: Path) -> None:
    assert run(sales, *QUICK, "--out", "out").exit_code == 0
    result = run(sales, *QUICK, "--out", "out", "--seed", 1)
    assert result.exit_code == 2
    assert "seed was 0 and is 1" in result.stderr


def test_the_audit_passes_and_says_what_it_tried(run: Run, sales: Path) -> None:
    result = run(sales, *QUICK, "--audit")
    assert result.exit_code == 0, result.output
    assert "after origin 2 everything else: the same" in result.stdout
    assert "No leak was found" in result.stdout
    figures = json.loads(run(sales, *QUICK, "--audit", "--json").stdout)
    assert figures["passed"] is True


def test_a_leak_ends_the_audit_with_another_exit_code(run: Run, sales: Path) -> None:
    table = pl.read_csv(sales).with_columns(tomorrow=pl.col("sales").shift(-1))
    table.write_csv("leaky.csv")
    result = run("leaky.csv", *QUICK, "--audit", "--target", "sales")
    assert result.exit_code == 1
    assert "tomorrow tells sales 1 step ahead" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.csv"], 1, "missing.csv"),
        (["SALES", "--level", "80;95"], 2, "--level 80;95"),
        (["SALES", "--level", "100"], 2, "level 100"),
        (["SALES", "--windows", "0"], 2, "n_windows"),
        (["SALES", "--windows", "99"], 1, "windows of"),
        (["SALES", "--layers", "0"], 2, "--layers"),
        (["SALES", "--baselines", "best"], 2, "baselines"),
        (["SALES", "--refit", "--refit-every", "2"], 2, "both"),
        (["SALES", "--target", "sold"], 1, "sold"),
        (["SALES", "--cell", "lstmm"], 2, "lstmm"),
    ],
)
def test_errors_are_a_screen_of_words_and_leave_nothing(
    run: Run, sales: Path, arguments: list[str], code: int, said: str
) -> None:
    given = [str(sales) if argument == "SALES" else argument for argument in arguments]
    result = run(*given, "--epochs", 1, "--out", "out")
    assert result.exit_code == code, result.output
    assert "Error: " in result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not Path("out").exists()
