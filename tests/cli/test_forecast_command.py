"""``recurra forecast`` from files to files."""

from __future__ import annotations

import csv
import json
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result

from recurra.cli import folder as folders
from recurra.cli.narration import Narrator
from recurra.forecasting import Forecaster
from recurra.training import Callback, Trainer

QUICK = ("--layers", "4", "--epochs", "1")

Run = Callable[..., Result]

RESULTS = {
    "forecast.csv",
    "metrics.json",
    "history.csv",
    "model.safetensors",
    "forecast.png",
    "report.html",
}
SCORES = {"mse", "rmse", "mae", "smape", "mase"}


def lines(result: Result) -> str:
    """What an error printed, which must be a screen of words and nothing else."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert len(result.output.splitlines()) < 24
    assert "Error: " in result.stderr
    return result.stderr


def test_one_command_makes_every_result_from_a_file(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--out", "out")
    assert result.exit_code == 0, result.output
    assert {path.name for path in Path("out").iterdir()} == RESULTS
    assert "time column: month" in result.stdout
    assert "frequency: monthly" in result.stdout
    assert "a season of 12 steps" in result.stdout
    assert "out/report.html" in result.stdout


def test_the_forecast_goes_on_from_the_last_row_in_the_way_times_were_written(
    run: Run, sales: Path
) -> None:
    run("forecast", sales, *QUICK, "--horizon", 3, "--out", "out")
    with Path("out/forecast.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["unique_id", "ds", "recurra"]
    assert [row[:2] for row in rows[1:]] == [
        ["sales", "2020-01-01"],
        ["sales", "2020-02-01"],
        ["sales", "2020-03-01"],
    ]


def test_metrics_have_the_agreed_shape(run: Run, sales: Path) -> None:
    run("forecast", sales, *QUICK, "--out", "out", "--seed", 7)
    metrics = json.loads(Path("out/metrics.json").read_text())
    assert set(metrics) == {
        "test",
        "verdict",
        "parameters",
        "epochs",
        "seconds",
        "kernel",
        "seed",
        "inferred",
    }
    assert {"one_step", "multi_step", "naive", "seasonal_naive"} <= set(metrics["test"])
    assert all(set(scores) == SCORES for scores in metrics["test"].values())
    assert set(metrics["seconds"]) == {"fit", "predict"}
    assert metrics["seed"] == 7
    assert metrics["epochs"] == 1
    assert metrics["kernel"] == "cpu"
    assert metrics["inferred"]["season"] == 12


def test_json_prints_the_metrics_and_nothing_else_on_standard_output(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--out", "out", "--json")
    assert json.loads(result.stdout) == json.loads(Path("out/metrics.json").read_text())


def test_the_kernel_is_explained_when_asked(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--explain-kernel", "--out", "out")
    assert "layer 0 (lstm): cpu, compiled for this processor: " in result.stdout
    assert "a step of training: 8 matrices" in result.stdout
    assert "lengths= adds " in result.stdout
    assert "layer 0" not in run("forecast", sales, *QUICK, "--out", "plain").stdout


def test_quiet_prints_nothing(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--out", "out", "--quiet")
    assert result.exit_code == 0
    assert result.output == ""


def test_the_picture_is_a_png_and_the_page_needs_no_network(run: Run, sales: Path) -> None:
    run("forecast", sales, *QUICK, "--out", "out")
    png = Path("out/forecast.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert width > 1000 < height + 600
    page = Path("out/report.html").read_text()
    assert 'src="data:image/png;base64,' in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_same_seed_gives_the_same_bytes_twice(run: Run, sales: Path) -> None:
    for place in ("first", "second"):
        run("forecast", sales, *QUICK, "--out", place, "--seed", 3)
    run("forecast", sales, *QUICK, "--out", "third", "--seed", 4)
    first, second, third = (
        Path(place, "forecast.csv").read_bytes() for place in ("first", "second", "third")
    )
    assert first == second
    assert first != third


def test_the_demo_is_the_reference_case(run: Run) -> None:
    result = run("forecast", "--demo", "--epochs", 1, "--json")
    metrics = json.loads(result.stdout)
    assert metrics["parameters"] == 70_901
    inferred = metrics["inferred"]
    assert (inferred["lookback"], inferred["horizon"]) == (10, 200)
    assert (inferred["validation"], inferred["test"]) == (200, 200)
    assert Path("recurra-demo/report.html").exists()


def test_the_model_in_the_folder_forecasts_the_same(run: Run, sales: Path) -> None:
    run("forecast", sales, *QUICK, "--out", "out")
    loaded = Forecaster.load("out/model.safetensors").predict()
    written = pl.read_csv("out/forecast.csv", schema_overrides={"ds": pl.String})
    assert loaded.equals(written)


@pytest.mark.parametrize("name", ["MinimalGated", "zoned"])
def test_a_cell_of_ones_own_goes_wherever_a_name_does(
    run: Run, sales: Path, own: Path, name: str
) -> None:
    result = run("forecast", sales, *QUICK, "--cell", f"{own}:{name}", "--out", "out")
    assert result.exit_code == 0, result.output
    assert {path.name for path in Path("out").iterdir()} == RESULTS
    assert "MinimalGated" in Path("out/report.html").read_text()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("my_cells.py:MinimalGate", "write my_cells.py:MinimalGated"),
        ("absent.py:Cell", "the file absent.py cannot be read"),
        ("sales.csv:month", "a file in Python"),
        ("my_cells.py:Unread", "line 26: return tanh(p.W @ x) if h > 0 else h"),
    ],
)
def test_an_own_cell_that_is_none_is_refused_in_words(
    run: Run, sales: Path, own: Path, cell: str, said: str
) -> None:
    result = run("forecast", sales, *QUICK, "--cell", cell, "--out", "out")
    assert result.exit_code == 2
    assert said in lines(result)
    assert not Path("out").exists()


def test_columns_can_be_named(run: Run, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "shop": [shop for shop in "ab" for _ in range(60)],
            "day": [f"2024-{1 + n // 28:02}-{1 + n % 28:02}" for _ in "ab" for n in range(60)],
            "cost": [float(n % 7) for n in range(120)],
            "gain": [float(n % 5) for n in range(120)],
        }
    )
    path = tmp_path / "shops.csv"
    frame.write_csv(path)
    columns = ("--id", "shop", "--time", "day", "--target", "gain")
    result = run("forecast", path, *columns, *QUICK, "--horizon", 2, "--out", "out")
    assert result.exit_code == 0, result.output
    assert pl.read_csv("out/forecast.csv")["unique_id"].to_list() == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--horizon", 0], "horizon=0"),
        (["--horizon", -3], "horizon=-3"),
        (["--horizon", 10**9], "at least"),
        (["--lookback", 0], "lookback=0"),
        (["--lookback", 10**6], "at least"),
        (["--cell", "lstmm"], "did you mean 'lstm'?"),
        (["--layers", "50,x"], "--layers 50,100"),
        (["--layers", "0"], "--layers 50,100"),
        (["--layers", ""], "--layers"),
        (["--dilation", "1,x"], "--dilation 1,2,4"),
        (["--seasonality", "smoothed"], "learns step by step"),
        (["--strategy", "guess"], "'recursive' or 'one-step'"),
        (["--strategy", "one-step", "--horizon", 5], "recursive"),
        (["--epochs", 0], "epochs"),
        (["--batch-size", 0], "batch_size"),
        (["--optimizer", "adamm"], "adam"),
        (["--learning-rate", 0], "0"),
        (["--learning-rate", "nan"], "nan"),
        (["--learning-rate", 1e30], "learning rate"),
        (["--horizon", "soon"], "--horizon"),
        (["--target", "salse"], "did you mean 'sales'?"),
        (["--demo"], "both"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_words(
    run: Run, sales: Path, arguments: list[object], said: str
) -> None:
    result = run("forecast", sales, *QUICK, *arguments, "--out", "out")
    assert result.exit_code in {1, 2}
    assert said in lines(result)
    assert not Path("out").exists()


def test_neither_data_nor_demo_is_refused(run: Run) -> None:
    result = run("forecast")
    assert result.exit_code == 2
    assert "--demo" in lines(result)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "sales.csv"),
        ("empty.csv", b"", "empty"),
        ("header.csv", b"ds,y\n", "header"),
        ("binary.csv", bytes(range(256)) * 4, "NUL"),
        ("wide.csv", "ds,y\n2024-01-01,1\n".encode("utf-16"), "UTF-16"),
        ("words.csv", b"ds,y\n2024-01-01,low\n2024-01-02,high\n", "number"),
        ("two.csv", b"ds,a,b\n2024-01-01,4,2\n2024-01-02,2,3\n2024-01-03,9,9\n", "--target"),
        ("times.csv", b"ds,y\n2024-01-01,1\nsoon,2\n2024-01-03,3\n", "soon"),
        ("nan.csv", b"ds,y\n2024-01-01,nan\n2024-01-02,nan\n", "n"),
        ("infinite.csv", b"ds,y\n2024-01-01,inf\n2024-01-02,-inf\n", "finite"),
        ("short.csv", b"ds,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03,5\n", "at least"),
    ],
)
def test_data_that_cannot_be_used_are_refused_in_words(
    run: Run, sales: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    result = run("forecast", name.replace("absent", "sale"), *QUICK, "--out", "out")
    assert result.exit_code == 1
    assert said in lines(result)
    assert not Path("out").exists()


def test_repairs_are_counted_and_said(run: Run, sales: Path) -> None:
    header, *rows = sales.read_text().splitlines()
    # Backwards, one month twice and another gone.
    messy = [header, *reversed([*rows[:40], *rows[41:], rows[60]])]
    Path("messy.csv").write_text("\n".join(messy))
    result = run("forecast", "messy.csv", *QUICK, "--out", "out")
    assert result.exit_code == 0, result.output
    assert "rows went back in time in 118 places" in result.stdout
    assert "1 time that stood more than once: averaged" in result.stdout
    assert "1 missing time filled" in result.stdout


def test_a_constant_series_is_forecast_as_such_and_said(run: Run) -> None:
    Path("flat.csv").write_text("y\n" + "5.5\n" * 100)
    result = run("forecast", "flat.csv", *QUICK, "--horizon", 4, "--out", "out")
    assert result.exit_code == 0, result.output
    assert "constant (5.5)" in result.stdout
    assert pl.read_csv("out/forecast.csv")["recurra"].to_list() == [5.5] * 4


def test_a_folder_that_is_a_file_is_refused_before_any_work(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--out", sales)
    assert result.exit_code == 1
    assert "cannot be written" in lines(result)
    assert sales.read_text().startswith("month,sales")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_refused(run: Run, sales: Path) -> None:
    Path("locked").mkdir(mode=0o500)
    result = run("forecast", sales, *QUICK, "--out", "locked/out")
    assert result.exit_code == 1
    assert "cannot be written" in lines(result)


def test_a_full_disk_leaves_former_results_as_they_were(
    run: Run, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("forecast", sales, *QUICK, "--out", "out")
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    write, out = Path.write_bytes, Path("out").absolute()

    def full(path: Path, content: bytes) -> int:
        if path.name == "model.safetensors":
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(folders.Path, "write_bytes", full)
    result = run("forecast", sales, *QUICK, "--out", "out", "--seed", 9)
    assert result.exit_code == 1
    assert "No space left on device" in lines(result)
    monkeypatch.undo()
    after = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert {path.name for path in out.iterdir() if path.is_dir()} <= {"checkpoint"}
    # Beside them is what was learned, from which --resume goes on.
    assert after == before


class PressesCtrlC(Callback):
    """In the third epoch; the signal is a real one, raised where a user's would arrive."""

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        if epoch == 2:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_in_training_keeps_the_best_model_so_far_and_says_so(
    run: Run, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Narrator, "watch", lambda *_: [PressesCtrlC()])
    ended = run("forecast", sales, "--layers", 4, "--epochs", 5, "--out", "out")
    assert ended.exit_code == 130
    assert "Interrupted in epoch 3. The best model so far" in ended.stderr
    assert {path.name for path in Path("out").iterdir()} == {
        "interrupted.safetensors",
        "checkpoint",
    }
    assert "goes on from here with --resume" in ended.stderr
    assert len(Forecaster.load("out/interrupted.safetensors").predict()) == 12


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_kills_no_process_with_a_traceback(tmp_path: Path, sales: Path) -> None:
    command = [sys.executable, "-u", "-m", "recurra", "forecast", str(sales), "--out", "out"]
    process = subprocess.Popen(
        [*command, "--layers", "50,50", "--epochs", "100000", "--checkpoint-every", "1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    while "an epoch goes over" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Interrupted" in err


def _ctrl_c(*arguments: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "where",
    [
        "recurra.forecasting.forecaster.calibrate",
        "recurra.forecasting.forecaster.evaluate",
        "recurra.forecasting.pictures.draw_forecast",
    ],
)
def test_ctrl_c_after_training_keeps_the_model_and_leaves_former_results_alone(
    run: Run, sales: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    run("forecast", sales, *QUICK, "--out", "out")
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    monkeypatch.setattr(where, _ctrl_c)
    result = run("forecast", sales, *QUICK, "--out", "out", "--seed", 5)
    assert result.exit_code == 130
    assert "Interrupted after training" in result.stderr
    after = {path.name: path.read_bytes() for path in Path("out").iterdir() if path.is_file()}
    assert len(Forecaster.load("out/interrupted.safetensors").predict()) == 12
    assert after.pop("interrupted.safetensors")
    assert after == before


def test_intervals_come_along_when_they_are_asked_for(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--level", "80,95", "--out", "out")
    assert result.exit_code == 0, result.output
    columns = pl.read_csv("out/forecast.csv").columns
    ends = [f"recurra-{side}-{level}" for level in (80, 95) for side in ("lo", "hi")]
    assert columns == ["unique_id", "ds", "recurra", *ends]
    kept = run("predict", "out/model.safetensors", sales, "--level", "80", "--out", "later.csv")
    assert kept.exit_code == 0, kept.output
    assert pl.read_csv("later.csv").columns == columns[:5]
    assert "--level 80,95" in lines(run("forecast", sales, *QUICK, "--level", "most"))


def test_a_head_quantiles_and_paths_come_along_when_they_are_asked_for(
    run: Run, sales: Path
) -> None:
    quick = ("--layers", 4, "--steps", 5, "--ensemble", 1)
    asked = ("--quantiles", "0.1,0.9", "--samples", 2)
    result = run("forecast", sales, *quick, "--head", "laplace", *asked, "--out", "out")
    assert result.exit_code == 0, result.output
    table = pl.read_csv("out/forecast.csv")
    names = ["recurra-ql0.1", "recurra-ql0.9", "recurra-sample-0", "recurra-sample-1"]
    assert table.columns == ["unique_id", "ds", "recurra", *names]
    figures = json.loads(Path("out/metrics.json").read_text())
    assert set(figures["test"]["reliability"]["coverage"]) == {"50", "80", "90", "95"}
    page = Path("out/report.html").read_text()
    assert "Whether the distributions hold" in page
    assert "quantile 0.1" in page
    assert "sample-0" not in page.split("<pre>")[0]
    kept = run("predict", "out/model.safetensors", sales, *asked, "--out", "later.csv")
    assert kept.exit_code == 0, kept.output
    assert pl.read_csv("later.csv").equals(table)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--quantiles", "low"), "--quantiles 0.1,0.9"),
        (("--head", "gauss"), "'negative-binomial'"),
        (("--head", "normal", "--strategy", "recursive"), "the forecast alone"),
        (("--samples", "0"), "samples=0"),
        (("--level", "0.8"), "write 80"),
        (("--quantiles", "80"), "write 0.1"),
    ],
)
def test_uncertainty_that_cannot_be_given_is_refused_in_words(
    run: Run, sales: Path, given: tuple[str, ...], said: str
) -> None:
    assert said in lines(run("forecast", sales, *given, "--quiet"))
    # Before anything is learned.
    assert not Path("recurra-sales").exists()
