"""``recurra forecast --resume``: a run that was stopped goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra.cli.keeping import seconds_of
from recurra.errors import OptionError
from recurra.forecasting import Forecaster

QUICK = ("--layers", "4", "--epochs", "2", "--out", "out")

Run = Callable[..., Result]


def _stops(*arguments: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def stopped(run: Run, sales: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """A run that Ctrl-C ended while it was judged."""
    with monkeypatch.context() as patched:
        patched.setattr("recurra.forecasting.forecaster.evaluate", _stops)
        return run("forecast", sales, *QUICK)


def test_a_run_that_was_stopped_says_how_it_goes_on_and_does(
    run: Run, sales: Path, stopped: Result
) -> None:
    assert stopped.exit_code == 130
    assert "The same command goes on from here with --resume." in stopped.stderr
    assert list(Path("out/checkpoint").iterdir())
    resumed = run("forecast", sales, *QUICK, "--resume")
    assert resumed.exit_code == 0, resumed.output
    assert "Resumed: training 1 had come to its end." in resumed.stderr
    assert not Path("out/checkpoint").exists()
    assert not Path("out/interrupted.safetensors").exists()
    whole = run("forecast", sales, *QUICK[:-1], "whole")
    assert whole.exit_code == 0
    assert Path("out/forecast.csv").read_bytes() == Path("whole/forecast.csv").read_bytes()
    ours, theirs = (Forecaster.load(f"{name}/model.safetensors") for name in ("out", "whole"))
    assert ours.predict().equals(theirs.predict())


def test_other_options_are_refused_in_words(run: Run, sales: Path, stopped: Result) -> None:
    result = run("forecast", sales, *QUICK, "--seed", 5, "--resume")
    assert result.exit_code == 1
    assert "is of another run: its seed is 0" in result.stderr
    assert "Expected: seed 5" in result.stderr
    assert "Traceback" not in result.output
    assert list(Path("out/checkpoint").iterdir()), "what was refused is left alone"


def test_without_resume_it_begins_anew_and_says_so(run: Run, sales: Path, stopped: Result) -> None:
    result = run("forecast", sales, *QUICK, "--seed", 5)
    assert result.exit_code == 0
    assert "The unfinished run in out/checkpoint is given up" in result.stderr
    assert "Resumed" not in result.stderr
    assert not Path("out/checkpoint").exists()


def test_where_there_is_nothing_to_go_on_with_it_begins_and_says_so(run: Run, sales: Path) -> None:
    result = run("forecast", sales, *QUICK, "--resume")
    assert result.exit_code == 0, result.output
    assert "There is no unfinished run in out/checkpoint: it begins anew." in result.stderr


def test_quiet_says_nothing_of_it(run: Run, sales: Path, stopped: Result) -> None:
    result = run("forecast", sales, *QUICK, "--resume", "--quiet")
    assert result.exit_code == 0
    assert not result.output


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("5m", 300), ("1.5h", 5400), ("90", 90), ("0.5 s", 0.5)]
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text, "--budget") == seconds


@pytest.mark.parametrize("text", ["0s", "-5s", "soon", "5d", "", "1m30s"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match=f"^--budget {text}\n"):
        seconds_of(text, "--budget")
