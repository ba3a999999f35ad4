"""What the study of your data says in the end."""

from __future__ import annotations

import io
import pickle
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main

from recurra.applications.music import rules as music_rules
from recurra.applications.text import rules as text_rules
from recurra.cli.main import app
from recurra.errors import DataError, OptionError
from recurra.studies import (
    Budget,
    Choice,
    Contender,
    Evidence,
    Outcome,
    Plan,
    Results,
    Storage,
    Study,
    tasks,
)
from recurra.studies.analysis.comparison import Pair
from recurra.studies.analysis.results import Cell
from recurra.studies.built_in import find, yours
from recurra.studies.storage import Kept
from recurra.studies.tasks.yours import jobs, music, text

Run = Callable[[Study, Path], Evidence]
Table = Callable[..., Path]


def small(**changes: object) -> Study:
    """The study with one cell and little to learn with."""
    asked = {
        "contenders": (Contender("gru", "gru"),),
        "trials": 1,
        "seeds": 0,
        "budget": Budget(epochs=3, patience=3),
        **changes,
    }
    return yours.STUDY.changed(**asked)


def test_of_noise_it_says_that_nothing_is_better_than_the_mean(noise: Path, evidence: Run) -> None:
    built = yours.made_for(small(), noise)
    assert built.answer is not None
    said = built.answer(evidence(built.study, noise))
    assert "It is not better than the mean of the past" in said[1]
    assert not any("Use it" in one for one in said)


def test_of_what_can_be_learned_it_gives_the_command(logistic: Path, evidence: Run) -> None:
    budget = Budget(epochs=8, patience=8)
    built = yours.made_for(small(budget=budget, seeds=3), logistic)
    assert built.answer is not None
    found = evidence(built.study, logistic)
    said = built.answer(found)
    assert said[0].startswith("Best on what was held out: gru, ")
    assert "the default's" in said[0]
    assert "p = " in said[0]
    best = found.results.cells["forecast", "gru"].best
    assert best is not None
    layers = ",".join([str(best.settings["hidden_size"])] * best.settings["layers"])
    rate = f"{best.settings['learning_rate']:.3g}"
    assert said[-1] == (
        f"Use it: recurra forecast {logistic} --strategy one-step --cell gru "
        f"--layers {layers} --learning-rate {rate} --optimizer adam"
    )


def test_a_lag_that_only_a_larger_memory_holds_is_seen(tmp_path: Path, evidence: Run) -> None:
    chance = random.Random(0)
    # Three letters, again and again: the next is the one three back, which one unit cannot hold.
    stretches = ["".join(chance.sample("abcdef", 3)) * 20 for _ in range(100)]
    data = tmp_path / "a.txt"
    data.write_text("".join(stretches))
    study = Study(
        "lag",
        ("text",),
        (Contender("gru", "gru"),),
        space={"hidden_size": Choice((1, 32))},
        fixed={"learning_rate": 0.02, "batch_size": 8},
        trials=4,
        seeds=0,
        budget=Budget(epochs=12, patience=12),
    )
    cell = evidence(study, data).results.cells["text", "gru"]
    assert {one.settings["hidden_size"] for one in cell.trials} == {1, 32}
    assert cell.best is not None
    assert cell.best.settings["hidden_size"] == 32
    found = cell.best.outcome
    assert found is not None
    small_ones = [
        o.outcome.test for o in cell.trials if o.settings["hidden_size"] == 1 if o.outcome
    ]
    assert found.test < 0.5 * min(small_ones)
    assert found.lead is not None
    assert found.lead > yours.CLEAR


def outcome(value: float, test: float, lead: float) -> Outcome:
    return Outcome(
        value, value, test, 1.0, 1.0, [value], [value], "all passes", 8, 100, 1.0, 1.0, lead
    )


SETTINGS = {"hidden_size": 8, "layers": 1, "learning_rate": 0.01}


def told(noise: Path, figures: Sequence[float], default: Sequence[float]) -> Sequence[str]:
    """The sentences of a study whose figures are these."""
    built = yours.made_for(small(seeds=5), noise)
    cells = {
        ("forecast", name): Cell(
            "forecast",
            name,
            [Kept(0, settings, outcome(0.1, tests[0], 9.0))],
            [Kept(n, settings, outcome(0.1, one, 9.0)) for n, one in enumerate(tests)],
            by_again=len(figures) >= 3,
        )
        for name, settings, tests in (("gru", SETTINGS, figures), ("default", {}, default))
    }
    assert built.answer is not None
    return built.answer(Evidence(Results(built.study, cells), {"forecast": []}, {}))


def test_a_gain_over_the_default_is_told_from_chance(noise: Path) -> None:
    clear = told(noise, [0.50, 0.51, 0.49, 0.50, 0.50], [1.0, 1.01, 0.99, 1.0, 1.0])
    assert (
        "0.5 mean squared error on the test part, 50% less than the default's 1 (lstm" in clear[0]
    )
    assert ": more than chance, p = " in clear[0]
    assert not any("does as well" in one for one in clear)
    perhaps = told(noise, [0.5, 1.5, 0.9, 0.8, 1.2], [1.0, 1.6, 0.7, 0.9, 1.3])
    assert ": which may be chance, p = " in perhaps[0]
    assert f"as can be told: recurra forecast {noise} --strategy one-step" in perhaps[2]


def test_a_cell_that_is_worse_than_the_default_is_not_called_better(noise: Path) -> None:
    said = told(noise, [1.0, 1.01, 0.99, 1.0, 1.0], [0.50, 0.51, 0.49, 0.50, 0.50])
    assert "100% more than the default's 0.5" in said[0]
    assert any("default does as well" in one for one in said)


def test_what_was_not_tested_against_the_default_is_not_recommended(noise: Path) -> None:
    said = told(noise, [0.5], [1.0])
    assert "too few figures to tell chance" in said[0]
    assert any("has not been tested yet; --resume goes on" in one for one in said)
    assert any(f"Until then: recurra forecast {noise} --strategy one-step" in one for one in said)
    assert not any("Use it" in one for one in said)


def test_cells_that_cannot_be_told_from_the_best_are_named() -> None:
    pairs = [
        Pair("forecast", "gru", "lstm", -0.1, 0.5, 5),
        Pair("forecast", "elman", "gru", 0.4, 0.001, 5),
        Pair("forecast", "mgu", "gru", 0.1, 0.9, 5),
        Pair("forecast", "gru", "default", 0.0, 1.0, 5),
        Pair("forecast", "lstm", "mgu", 0.0, 1.0, 5),
    ]
    assert yours._alike(pairs, "gru") == ["lstm", "mgu"]


def test_before_a_trial_has_ended_it_says_so(noise: Path) -> None:
    built = yours.made_for(small(), noise)
    cells = {
        ("forecast", n): Cell("forecast", n, [], [], by_again=False) for n in ("gru", "default")
    }
    assert built.answer is not None
    empty = Evidence(Results(built.study, cells), {"forecast": []}, {})
    assert built.answer(empty) == ["No trial has ended."]


def test_the_default_is_tried_once_and_then_again(noise: Path, evidence: Run) -> None:
    built = yours.made_for(small(trials=2, seeds=1, budget=Budget(epochs=1)), noise)
    assert built.study.wanted == 2 + 1 + 1 + 1
    found = evidence(built.study, noise).results
    default = found.cells["forecast", "default"]
    assert len(default.trials) == 1
    assert default.best is not None
    assert default.best.settings == {}
    assert default.best.outcome is not None
    # Two layers of 75 units on one number: 4 (75 (1 + 75) + 75) and 4 (75 (75 + 75) + 75) or more.
    assert default.best.outcome.hidden_size == 75
    assert found.ended == built.study.wanted


def test_it_needs_data_and_a_task_of_its_own() -> None:
    with pytest.raises(DataError, match="needs your data"):
        yours.made_for(yours.STUDY, None)
    with pytest.raises(OptionError, match="the task 'jsb' of yours"):
        yours.made_for(yours.STUDY.changed(tasks=("jsb",)), Path("x.csv"))


def test_a_trial_travels_to_other_processes(noise: Path, tmp_path: Path) -> None:
    study = yours.made_for(small(), noise).study.changed(columns={"target": "y"})
    with Storage(tmp_path / "kept") as storage:
        for job in Plan(study, storage, noise, None).draws():
            again = pickle.loads(pickle.dumps(job.trial))
            assert again == job.trial
            assert again.columns == (("target", "y"),)


def test_other_data_make_another_study(table: Table) -> None:
    chance = random.Random(1)
    rows = [chance.random() for _ in range(200)]
    one = yours.made_for(small(), table("a.csv", t=list(range(200)), y=rows)).study
    same = yours.made_for(small(), table("b.csv", t=list(range(200)), y=rows)).study
    other = yours.made_for(small(), table("c.csv", t=list(range(200)), y=rows[::-1])).study
    assert one.data == same.data != other.data
    assert one.told()["data"] == one.data


def test_a_study_that_names_neither_columns_nor_data_is_told_as_before() -> None:
    said = find("greff2015").study.told()
    assert "columns" not in said
    assert "data" not in said
    assert all("settings" not in one for one in said["contenders"])


def usual_of(task: str, path: Path) -> jobs.Usual:
    return jobs.usual(tasks.material(task, path))


def test_the_default_is_what_the_command_takes_of_all_of_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("".join(random.Random(0).choices("abcd ", k=30_000)))
    monkeypatch.setattr(text, "LEARNED", 2000)
    monkeypatch.setattr(text, "HELD_OUT", 700)
    material = tasks.material("text", path)
    assert material.train.steps < 2000
    # Held out is a tenth, and units grow with the cube root of the rest.
    read = text_rules.plan(27_000, 3000, 6, text_rules.Wishes())
    assert jobs.usual(material).settings["hidden_size"] == read.units > 64
    about = yours.made_for(small(), path).study.about
    assert f"2 layers of {read.units} units" in about
    assert "a larger network may be best" in about


def test_the_default_is_what_the_command_takes_of_all_of_the_music(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    roll = (np.random.default_rng(0).random((16_000, 88)) < 0.05).astype(np.uint8)
    cells = np.empty((1, 4), dtype=object)
    cells[0, :] = [roll, roll[1:], roll[2:], roll[3:]]
    file = io.BytesIO()
    scipy_io.savemat(file, {"traindata": cells})
    path = tmp_path / "a.mat"
    path.write_bytes(file.getvalue())
    monkeypatch.setattr(music, "LEARNED", 20)
    monkeypatch.setattr(music, "HELD_OUT", 20)
    usual = usual_of("music", path)
    learned = 4 * 16_000 * 4 // 5
    command = music_rules.plan(4, learned, music_rules.Wishes())
    assert (usual.cell, usual.settings["learning_rate"]) == (command.cell, command.learning_rate)
    assert (usual.cell, usual.settings["learning_rate"]) == ("lstm", 0.01)


def test_where_all_is_learned_from_nothing_is_said_of_a_part(noise: Path) -> None:
    about = yours.made_for(small(), noise).study.about
    assert "a larger network" not in about
    assert about.endswith("in the study's own network and training.")


def test_columns_that_no_table_has_are_refused() -> None:
    with pytest.raises(OptionError, match="the column colour"):
        yours.STUDY.changed(columns={"colour": "red"})
    with pytest.raises(OptionError, match="'speed'"):
        Contender("a", "gru", settings={"speed": 1})
    with pytest.raises(OptionError, match="learning_rate"):
        Contender("a", "gru", settings={"learning_rate": -1.0})


@pytest.mark.parametrize(
    ("task", "columns", "command"),
    [
        (
            "forecast",
            {"target": "a b"},
            "recurra forecast d --target 'a b' --strategy one-step --cell gru --layers 8,8 "
            "--learning-rate 0.01 --optimizer adam",
        ),
        (
            "series-class",
            {"time": "t", "series": "s", "label": "l"},
            "recurra fit series-class d --time-column t --series-column s --label-column l "
            "--cell gru --units 8 --layers 2 --learning-rate 0.01",
        ),
        (
            "sentiment",
            {"text": "t"},
            "recurra fit sentiment d --text-column t --cell gru --units 8 --learning-rate 0.01",
        ),
        ("text", {}, "recurra fit text d --cell gru --units 8 --layers 2 --learning-rate 0.01"),
        ("music", {}, "recurra fit music d --cell gru --units 8 --layers 2 --learning-rate 0.01"),
    ],
)
def test_each_command_has_the_options_that_it_knows(
    task: str, columns: dict[str, str], command: str
) -> None:
    assert jobs.command(task, Path("d"), columns, "gru", {**SETTINGS, "layers": 2}) == command
    words = command.split()[1:]
    called: Any = typer.main.get_command(app)
    for word in words[: 1 if task == "forecast" else 2]:
        called = called.get_command(typer.Context(called), word)
    known = {option for one in called.params for option in one.opts}
    assert {word for word in words if word.startswith("--")} <= known
