"""``recurra predict MODEL -``: a whole table from standard input, or a forecast after each row."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.main import app

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table of months, sales.csv, and a model of it."""
    folder = tmp_path_factory.mktemp("fitted")
    months = pl.date_range(pl.date(2010, 1, 1), pl.date(2019, 12, 1), "1mo", eager=True)
    values = [100 + n + 20 * (n % 12 == 11) + 7919 * n * n % 11 for n in range(len(months))]
    pl.DataFrame({"month": months, "sales": values}).write_csv(folder / "sales.csv")
    options = ("--layers", "4", "--epochs", "1", "--horizon", "3", "--out", str(folder))
    made = CliRunner().invoke(app, ["forecast", str(folder / "sales.csv"), *options])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def model(fitted: Path) -> Path:
    """The model."""
    return fitted / "model.safetensors"


@pytest.fixture
def sales(fitted: Path) -> Path:
    """What it was fitted on."""
    return fitted / "sales.csv"


def _given(content: str | bytes, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)], input=content)


NEWER = [("2020-01-01", 250), ("2020-02-01", 251), ("2020-03-01", 253)]


def _csv(rows: list[tuple[str, int]]) -> str:
    return "month,sales\n" + "".join(f"{month},{value}\n" for month, value in rows)


def test_a_whole_table_may_be_piped_in(run: Run, model: Path, sales: Path) -> None:
    piped = _given(sales.read_text(), model, "-")
    assert piped.exit_code == 0, piped.output
    assert piped.stdout == run("predict", model, sales).stdout


def test_a_piped_table_that_is_none_is_refused_in_words(model: Path) -> None:
    result = _given("", model, "-")
    assert result.exit_code == 1
    assert "standard input is empty" in result.stderr


def test_after_each_row_the_forecast_is_that_of_the_whole_table(
    run: Run, model: Path, sales: Path
) -> None:
    result = _given(_csv(NEWER), model, "-", "--stream", "--level", "80")
    assert result.exit_code == 0, result.output
    table = pl.read_csv(io.StringIO(result.stdout), schema_overrides={"ds": pl.String})
    assert table.columns == [
        *("unique_id", "ds", "cutoff", "recurra", "recurra-lo-80", "recurra-hi-80"),
    ]
    assert table["cutoff"].to_list() == [month for month, _ in NEWER for _ in range(3)]
    for count in range(1, len(NEWER) + 1):
        rows = "".join(f"{month},{value}\n" for month, value in NEWER[:count])
        Path("whole.csv").write_text(sales.read_text() + rows)
        expected = run("predict", model, "whole.csv", "--level", "80").stdout
        whole = pl.read_csv(io.StringIO(expected), schema_overrides={"ds": pl.String})
        part = table[3 * (count - 1) : 3 * count].drop("cutoff")
        assert part["ds"].to_list() == whole["ds"].to_list()
        for name in whole.columns[2:]:
            assert part[name].to_numpy() == pytest.approx(whole[name].to_numpy(), rel=1e-6)
    assert "End of the rows: 3 forecasts written." in result.stderr


def test_json_lines_are_answered_by_json_lines(model: Path) -> None:
    rows = "".join(f"{json.dumps({'month': m, 'sales': v, 'more': []})}\n" for m, v in NEWER)
    result = _given(rows, model, "-", "--stream", "--horizon", 2)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["cutoff"] for one in found] == [month for month, _ in NEWER]
    assert found[0]["ds"] == ["2020-02-01", "2020-03-01"]
    assert len(found[0]["recurra"]) == 2
    csv = pl.read_csv(io.StringIO(_given(_csv(NEWER), model, "-", "--stream").stdout))
    assert found[2]["recurra"] == pytest.approx(csv["recurra"].to_list()[6:8])


def test_what_is_remarkable_is_said_once_and_counted(model: Path) -> None:
    bad = "2020-04-01,abc\nsoon,3\n2020-05-01\n2015-01-01,5\n2020-06-01,\n"
    result = _given(_csv(NEWER) + 2 * bad + "2020-04-01,7", model, "-", "--stream")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1 + 3 * 4
    said = result.stderr.splitlines()
    for words in ("plain number", "time cannot be read", "no rows", "too late", "missing values"):
        lines = [line for line in said if words in line]
        assert len(lines) == 2, (words, said)
        assert lines[1].startswith("- 2 ")
    assert sum("line end" in line for line in said) == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "Standard input is empty"), ("a,b\n1,2\n", "no column 'month'")],
)
def test_input_without_rows_of_the_model_is_refused(model: Path, content: str, words: str) -> None:
    result = _given(content, model, "-", "--stream")
    assert result.exit_code == 1
    assert words in result.stderr
    assert not result.stdout


@pytest.mark.parametrize("options", [["data.csv", "--stream"], ["-", "--stream", "--out", "x.csv"]])
def test_options_that_clash_with_a_stream_are_refused(model: Path, options: list[str]) -> None:
    result = _given("", model, *options)
    assert result.exit_code == 2
    assert "recurra predict MODEL - --stream" in result.stderr


# As a process of its own -------------------------------------------------------------------------


def _process(model: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "recurra", "predict", str(model), "-", "--stream", "--horizon", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def test_a_forecast_is_written_before_the_next_row_comes(model: Path) -> None:
    with _process(model) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"month,sales\n")
        for month, value in NEWER:
            process.stdin.write(f"{month},{value}\n".encode())
            process.stdin.flush()
            # Waits for ever, as far as the test goes, if the forecast is held back.
            line = process.stdout.readline()
            if month == NEWER[0][0]:
                line = process.stdout.readline()
            assert month.encode() in line
        _, error = process.communicate(timeout=120)
    assert process.returncode == 0
    assert b"3 forecasts" in error


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_ends_it_in_words(model: Path) -> None:
    with _process(model) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"month,sales\n2020-01-01,250\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b"Interrupted: 1 forecast written." in error
    assert b"Traceback" not in error


def test_a_reader_that_has_gone_ends_it_in_words(model: Path) -> None:
    with _process(model) as process:
        assert process.stdout
        process.stdout.close()
        _, error = process.communicate(b"month,sales\n2020-01-01,250\n", timeout=120)
    assert process.returncode == 1
    assert b"Nobody reads the forecasts any more" in error
    assert b"Traceback" not in error
    assert b"Exception" not in error


def test_a_model_a_group_is_learned_by_the_columns_named(run: Run, tmp_path: Path) -> None:
    months = pl.date_range(pl.date(2010, 1, 1), pl.date(2014, 12, 1), "1mo", eager=True)
    parts = [
        pl.DataFrame({"shop": shop, "month": months, "region": region, "sold": range(60)})
        for shop, region in (("a", "north"), ("b", "south"))
    ]
    pl.concat(parts).write_csv(tmp_path / "shops.csv")
    options = ("--by", "region", "--target", "sold", "--id", "shop", "--horizon", 3)
    quick = ("--layers", "3", "--epochs", "1", "--strategy", "recursive")
    result = run("forecast", "shops.csv", *options, *quick, "--out", "out")
    assert result.exit_code == 0, result.output
    assert "2 groups of series" in result.output
    again = run("predict", "out/model.safetensors", "shops.csv")
    assert again.stdout == Path("out/forecast.csv").read_text()
