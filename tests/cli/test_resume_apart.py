"""``recurra forecast --workers N --resume``: what other processes had learned is not lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest
from click.testing import Result

from recurra.forecasting import Forecaster

GIVEN = ("--layers", "4", "--steps", "6", "--ensemble", "2", "--horizon", "4")
APART = (*GIVEN, "--workers", "2", "--out", "out")

Run = Callable[..., Result]


class Here(Executor):
    """Does each piece when it is asked for; Ctrl-C comes once so many are done."""

    def __init__(self, most: int | None = None) -> None:
        self.done, self.most = 0, most

    def submit(self, fn, /, *given, **named) -> Future:
        if self.done == self.most:
            raise KeyboardInterrupt
        self.done += 1
        future: Future = Future()
        future.set_result(fn(*given, **named))
        return future


@pytest.fixture
def done_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Here], None]:
    """Has pieces done in this process, which is quicker and can be stopped at a place."""

    def patch(executor: Here) -> None:
        def opened(*, workers: int | None, ray: str | None) -> Here:
            assert workers == 2 or ray == "local"
            return executor

        monkeypatch.setattr("recurra.executors.opened", opened)

    return patch


@pytest.fixture
def whole(run: Run, sales: Path, done_by: Callable[[Here], None]) -> Forecaster:
    """What is learned of a run that is not stopped, the two networks twice."""
    done_by(everything := Here())
    result = run("forecast", sales, *APART[:-1], "whole")
    assert result.exit_code == 0, result.output
    assert everything.done == 4
    assert not Path("whole/checkpoint").exists()
    return Forecaster.load("whole/model.safetensors")


def parts() -> list[str]:
    """Those with something in them."""
    return [path.parent.name for path in sorted(Path("out/checkpoint").rglob("*.safetensors"))]


def test_a_run_that_was_stopped_goes_on_from_its_parts(
    run: Run, sales: Path, done_by: Callable[[Here], None], whole: Forecaster
) -> None:
    done_by(Here(1))
    stopped = run("forecast", sales, *APART)
    assert stopped.exit_code == 130
    assert "The same command goes on from here with --resume." in stopped.stderr
    assert parts() == ["part-000"]
    alone = run("forecast", sales, *GIVEN, "--out", "out", "--resume")
    assert alone.exit_code == 1
    assert "its learner is 'other processes (--workers, executor=)'" in alone.stderr
    done_by(Here(3))
    judged = run("forecast", sales, *APART, "--resume")
    assert "Resumed: 1 of 2 parts for other processes had begun." in judged.stderr
    assert "The same command goes on from here with --resume." in judged.stderr
    assert judged.exit_code == 0, "what was judged forecasts"
    assert parts() == ["part-000", "part-001", "part-002"]
    done_by(Here())
    resumed = run("forecast", sales, *APART, "--resume")
    assert resumed.exit_code == 0, resumed.output
    assert Path("out/forecast.csv").read_bytes() == Path("whole/forecast.csv").read_bytes()
    assert Forecaster.load("out/model.safetensors").predict().equals(whole.predict())
    assert not Path("out/checkpoint").exists()


def test_a_cluster_keeps_nothing_and_says_so(
    run: Run, sales: Path, done_by: Callable[[Here], None]
) -> None:
    result = run("forecast", sales, *GIVEN, "--ray", "local", "--resume")
    assert result.exit_code == 2
    assert "both --ray and --resume" in result.stderr
    done_by(Here(1))
    stopped = run("forecast", sales, *GIVEN, "--ray", "local", "--out", "out")
    assert stopped.exit_code == 130
    assert "Interrupted: nothing was kept." in stopped.stderr
    assert "--resume" not in stopped.stderr
    assert not Path("out/checkpoint").exists()


def test_what_another_run_left_stays_where_nothing_is_kept_and_else_is_given_up_in_words(
    run: Run, sales: Path, done_by: Callable[[Here], None]
) -> None:
    for more, left in (("--workers", "2"), True), (("--ray", "local"), True), ((), False):
        done_by(Here(1))
        told = run("forecast", sales, *GIVEN, *more, "--out", "out").stderr
        assert ("The unfinished run in out/checkpoint is given up" in told) is not left
        assert ("the command that began it would have gone on" in told) is not left
        assert parts() == ["part-000"] * left


def test_a_backtest_keeps_its_only_fit_where_the_processes_see_the_folder(
    run: Run, sales: Path, done_by: Callable[[Here], None]
) -> None:
    course = ("--windows", "2", "--baselines", "naive", "--out", "out")
    for more, kept in (("--ray", "local"), False), (("--workers", "2"), True):
        done_by(Here(1))
        stopped = run("backtest", sales, *GIVEN, *course, *more)
        assert stopped.exit_code == 130
        assert ("The fit at work is kept in out/windows" in stopped.stderr) is kept
        assert bool(list(Path("out").rglob("*.safetensors"))) is kept
    done_by(rest := Here())
    resumed = run("backtest", sales, *GIVEN, *course, "--workers", "2")
    assert resumed.exit_code == 0, resumed.output
    assert "Resumed: 1 of 2 parts for other processes had begun." in resumed.stderr
    assert rest.done == 4
    assert not list(Path("out").rglob("*.safetensors"))
