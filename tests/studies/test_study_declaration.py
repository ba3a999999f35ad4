"""A declared study contradicts nothing, or is refused in words."""

from __future__ import annotations

import json

import pytest
from made_studies import declared

from recurra.errors import CellError, OptionError
from recurra.studies import Budget, Choice, Contender, Interval

RATE = {"learning_rate": Interval(1e-4, 1e-1, log=True)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tasks": ()}, "the tasks []"),
        ({"tasks": ("jsb", "jsb")}, "the tasks ['jsb', 'jsb']"),
        ({"contenders": ()}, "the cells []"),
        ({"contenders": (Contender("A", "gru"), Contender("A", "lstm"))}, "the cells ['A', 'A']"),
        ({"trials": 0}, "trials of a study=0"),
        ({"trials": 2.0}, "trials of a study=2.0"),
        ({"trials": True}, "trials of a study=True"),
        ({"trials": {"jsb": 0}}, "trials of jsb=0"),
        ({"trials": {"xml": 3}}, "trials for xml"),
        ({"trials": 2}, "an empty space with 2 trials"),
        ({"seeds": -1}, "seeds of a study=-1"),
        ({"seed": -1}, "seed of a study=-1"),
        ({"seed": "a"}, "seed of a study='a'"),
        ({"about": 3}, "about=3"),
        ({"sampler": "grid"}, "sampler='grid'"),
        ({"pruner": "hyperband"}, "pruner='hyperband'"),
        ({"space": {"rate": Interval(0, 1)}}, "'rate' in a study"),
        ({"fixed": {"hidden_size": 3, "units": 3}}, "'units' in a study"),
        ({"space": {"learning_rate": Interval(1, 0.1)}}, "space of learning_rate"),
        ({"space": {"learning_rate": Choice(())}}, "space of learning_rate"),
        (
            {"space": RATE, "fixed": {"hidden_size": 3, "learning_rate": 0.1}},
            "learning_rate both fixed and in the space",
        ),
        ({"budget": Budget(parameters=100)}, "parameters=100 and hidden_size"),
        (
            {
                "fixed": {},
                "space": {"hidden_size": Interval(2, 9)},
                "budget": Budget(parameters=100),
            },
            "contradict each other",
        ),
        ({"fixed": {}}, "does not say how large"),
        ({"fixed": {"hidden_size": 0}}, "hidden_size=0"),
        ({"fixed": {"hidden_size": 3, "dropout": 1.0}}, "dropout=1.0"),
    ],
)
def test_what_cannot_be_a_study_is_refused_with_what_was_given(changes, words) -> None:
    with pytest.raises(OptionError) as error:
        declared(**changes)
    assert words in error.value.given
    assert error.value.expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": 1.5},
        {"patience": 0},
        {"parameters": 0},
        {"parameters": "many"},
        {"minutes": 0},
        {"minutes": -1.0},
        {"minutes": float("inf")},
        {"minutes": float("nan")},
        {"minutes": "long"},
        {"minutes": True},
    ],
)
def test_a_budget_out_of_range_is_refused(wrong) -> None:
    (name,) = wrong
    with pytest.raises(OptionError, match=name):
        Budget(**wrong)


def test_a_cell_that_is_not_there_is_refused_with_one_that_is_near() -> None:
    with pytest.raises(CellError, match="lstm"):
        Contender("A", "lsmt")


@pytest.mark.parametrize("name", ["", "a/b", "<b>", "a\nb", "../up"])
def test_a_name_that_could_not_be_kept_or_shown_is_refused(name) -> None:
    with pytest.raises(OptionError, match="a cell called"):
        Contender(name, "gru")


def test_trials_wanted_are_draws_and_seeds_of_every_pair() -> None:
    study = declared(tasks=("jsb", "xml"), trials={"jsb": 5, "xml": 2}, seeds=3, space=RATE)
    assert study.wanted == 2 * (5 + 3 + 2 + 3)
    assert [pair[0] for pair in study.pairs] == ["jsb", "jsb", "xml", "xml"]


def test_it_can_be_told_as_json_and_told_again_alike() -> None:
    study = declared(space={**RATE, "optimizer": Choice(("adam", "sgd"))}, trials=3)
    told = json.loads(json.dumps(study.told()))
    assert told["space"]["learning_rate"] == {"low": 1e-4, "high": 1e-1, "log": True}
    assert told["trials"] == {"jsb": 3}
    assert told == json.loads(json.dumps(study.changed(trials={"jsb": 3}).told()))
    assert told != json.loads(json.dumps(study.changed(seed=1).told()))


@pytest.mark.parametrize("name", [" ", "", " lstm", "lstm "])
def test_a_name_neither_is_blank_nor_begins_or_ends_so(name: str) -> None:
    with pytest.raises(OptionError, match="a cell called"):
        Contender(name, "lstm")
