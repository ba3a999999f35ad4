"""``--auto`` on the command line."""

import json
import re
from pathlib import Path

import pytest

QUICK = ("--layers", 4, "--steps", 12, "--ensemble", 1)


def test_a_search_is_told_and_its_choice_is_in_every_result(run, sales) -> None:
    result = run("forecast", sales, *QUICK, "--horizon=4", "--auto=3 trials", "--out=out")
    assert result.exit_code == 0, result.output
    assert "- time column: month" in result.stdout
    assert "- searched within 3 trials: 3 trials by TPE" in result.stdout
    assert result.stdout.count("- time column: month") == 1
    parts = ("a season of 12", "searched within", "units learn")
    places = [result.stdout.index(part) for part in parts]
    assert places == sorted(places)
    figures = json.loads(Path("out/metrics.json").read_text())
    assert figures["inferred"]["search trials"] == 3
    assert "search chose" in Path("out/report.html").read_text()
    assert re.search(r"search, trial 3 of 3.*by the rules", result.stderr)
    assert "[I " not in result.output  # optuna's own messages


@pytest.mark.parametrize("bad", ["", "-3m", "0 trials", "abc", "nan"])
@pytest.mark.parametrize("command", ["forecast", "backtest"])
def test_bad_budgets_are_refused_in_words(run, sales, command, bad) -> None:
    result = run(command, sales, f"--auto={bad}")
    assert result.exit_code == 2
    assert f"auto={bad!r}" in result.stderr
    assert "Traceback" not in result.output


def test_a_strategy_without_a_search_is_refused(run, sales) -> None:
    result = run("forecast", sales, "--auto", "10m", "--strategy", "recursive")
    assert result.exit_code == 2
    assert "auto= with strategy 'recursive'" in result.stderr


def test_a_backtest_searches_before_its_first_origin(run, sales) -> None:
    course = ("--windows", 2, "--horizon", 6, "--baselines", "naive", "--auto", "2 trials")
    result = run("backtest", sales, *QUICK, *course, "--out", "out")
    assert result.exit_code == 0, result.output
    assert "auto=&#39;2 trials&#39;" in Path("out/report.html").read_text()
