"""``recurra study yours`` as it is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.main import app
from recurra.studies import toml_file

Table = Callable[..., Path]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls ``recurra study``, with a budget that is over when nothing has begun."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Any:
        said = ["study", *(str(one) for one in arguments), "--budget", "0.001s", "--trials", "1"]
        return CliRunner().invoke(app, said)

    return run


def test_it_says_what_it_takes_the_data_for_and_goes_on_with_the_same_alone(
    call: Callable[..., Result], noise: Path, logistic: Path
) -> None:
    found = call("yours", "--data", noise)
    assert found.exit_code == 0, found.output
    assert "noise.csv is read for the task forecast" in found.output
    assert "- target column: y" in found.output
    told = json.loads(Path("recurra-study-yours/study.json").read_text())
    assert told["tasks"] == ["forecast"]
    assert Path("recurra-study-yours/report.html").exists()
    assert call("yours", "--data", noise, "--resume").exit_code == 0
    other = call("yours", "--data", logistic, "--resume")
    assert other.exit_code != 0
    assert "whose data is" in other.output


def test_a_column_can_be_named_and_a_task_too(call: Callable[..., Result], table: Table) -> None:
    path = table("a.csv", t=list(range(200)), a=[n % 7 for n in range(200)], b=[1, 5] * 100)
    untold = call("yours", "--data", path)
    assert untold.exit_code != 0
    assert "--target" in untold.output
    told = call("yours", "--data", path, "--task", "forecast", "--target", "a", "--quiet")
    assert told.exit_code == 0, told.output
    kept = json.loads(Path("recurra-study-yours/study.json").read_text())
    assert kept["columns"] == {"target": "a"}
    other = call("yours", "--data", path, "--task", "forecast", "--target", "b", "--resume")
    assert "whose columns is {'target': 'b'}" in " ".join(other.output.split())


def test_one_of_your_own_in_toml_goes_on_with_the_same_data_and_columns_alone(
    call: Callable[..., Result], noise: Path, logistic: Path
) -> None:
    words = 'tasks = ["forecast"]\ncells = ["gru"]\ntrials = 1\nfixed = { hidden_size = 4 }\n'
    Path("mine.toml").write_text(words)
    assert call("mine.toml", "--data", noise).exit_code == 0
    assert call("mine.toml", "--data", noise, "--resume").exit_code == 0
    for arguments, said in (
        (("--data", logistic), "whose data is"),
        (("--data", noise, "--target", "y"), "that names no columns"),
    ):
        other = call("mine.toml", *arguments, "--resume")
        assert other.exit_code == 2
        assert said in " ".join(other.output.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("yours",), "needs your data"),
        (("yours", "--data", "none.csv"), "There is no file"),
        (("memory", "--target", "a"), "as target for the task"),
        (("yours", "--data", ".", "--task", "jsb"), "--task jsb"),
        (
            ("yours", "--data", "noise.csv", "--task", "text", "--task", "music"),
            "noise.csv, which is taken for the task forecast",
        ),
    ],
)
@pytest.mark.usefixtures("noise")
def test_what_cannot_be_is_refused_before_anything_runs(
    call: Callable[..., Result], arguments: tuple[str, ...], said: str
) -> None:
    found = call(*arguments)
    assert found.exit_code not in {0, 3}
    assert said in " ".join(found.output.split())
    assert not list(Path().glob("recurra-study-*"))


def test_a_study_of_your_own_data_is_declared_in_toml(
    call: Callable[..., Result],
) -> None:
    Path("mine.toml").write_text(
        'tasks = ["forecast"]\ncells = ["gru"]\ntrials = 1\nfixed = { hidden_size = 4 }\n'
        'columns = { target = "b" }\n'
    )
    assert toml_file.read(Path("mine.toml")).columns == {"target": "b"}
    Path("mine.toml").write_text(Path("mine.toml").read_text().replace("target", "colour"))
    assert "the column colour" in call("mine.toml").output
