"""Studies that come with Recurra, and whether their findings are told either way."""

from __future__ import annotations

import pytest
from made_studies import evidence

from recurra.errors import OptionError
from recurra.studies import built_in, tasks
from recurra.studies.analysis.importance import Importance

WELL, LIKE = [1.0, 1.1, 0.9, 1.02, 0.98], [1.05, 0.95, 1.1, 1.0, 0.9]
BADLY, WORST = [5.0, 5.1, 4.9, 5.05, 4.95], [9.0, 9.1, 8.9, 9.05, 8.95]
HOLDS, NOT, UNTOLD = "holds", "does not hold", "cannot be told"


def said(name, figures, alone=None, pairs=None) -> list[str]:
    """What each finding comes to, on every task of the study alike."""
    built = built_in.find(name)
    study = built.study
    named = {one.name: figures.get(one.name, figures.get("*", ())) for one in study.contenders}
    again = {(task, name): f for task in study.tasks for name, f in named.items()}
    found = alone and {task: Importance(alone, pairs or {}) for task in study.tasks}
    told = evidence(study, again, found)
    return [finding.tested(told)[0] for finding in built.findings]


FIRST, SECOND = (
    {"learning_rate": 0.7, "input_noise": 0.1},
    {"learning_rate": 0.1, "input_noise": 0.7},
)


@pytest.mark.parametrize(
    ("figures", "alone", "pairs", "expected"),
    [
        # As in the paper.
        ({"*": LIKE, "V": WELL, "NFG": BADLY, "NOAF": BADLY}, FIRST, {}, [HOLDS] * 4),
        # A variant ahead, the gates dispensable, coupling harmful, noise before the rate.
        ({"*": BADLY, "NIG": WELL, "V": BADLY}, SECOND, {}, [NOT, NOT, HOLDS, NOT]),
        ({"*": WELL, "CIFG": BADLY, "NFG": BADLY}, FIRST, {}, [HOLDS, NOT, NOT, HOLDS]),
        # Settings that hang together.
        ({"*": WELL}, {"learning_rate": 0.4}, {("a", "b"): 0.5}, [HOLDS, NOT, HOLDS, NOT]),
        # Three figures on a side tell of large differences alone.
        (
            {"*": LIKE[:3], "V": WELL[:3], "NFG": BADLY[:3], "NOAF": BADLY[:3]},
            FIRST,
            {},
            [UNTOLD, HOLDS, UNTOLD, HOLDS],
        ),
        ({"*": WELL[:3], "V": LIKE[:3]}, FIRST, {}, [UNTOLD, UNTOLD, UNTOLD, HOLDS]),
        # Nothing yet.
        ({}, None, None, [UNTOLD] * 4),
        ({"V": WELL}, None, None, [UNTOLD] * 4),
    ],
)
def test_greff_2015(figures, alone, pairs, expected) -> None:
    assert said("greff2015", figures, alone, pairs) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"*": BADLY, "LSTM-f": WORST, "GRU": WELL}, [HOLDS, HOLDS, HOLDS]),
        ({"*": LIKE, "LSTM-b": BADLY, "LSTM-i": BADLY, "GRU": BADLY}, [NOT, NOT, NOT]),
        ({"*": WELL, "LSTM": LIKE}, [HOLDS, UNTOLD, UNTOLD]),
        ({"*": WELL[:3], "LSTM": LIKE[:3]}, [UNTOLD, UNTOLD, UNTOLD]),
        ({}, [UNTOLD, UNTOLD, UNTOLD]),
    ],
)
def test_jozefowicz_2015(figures, expected) -> None:
    assert said("jozefowicz2015", figures) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"tanh": BADLY, "GRU": WELL, "LSTM": LIKE}, [HOLDS, HOLDS]),
        ({"tanh": WELL, "GRU": WELL, "LSTM": BADLY}, [NOT, NOT]),
        ({"tanh": BADLY, "GRU": WELL, "LSTM": WORST}, [NOT, NOT]),
        ({}, [UNTOLD, UNTOLD]),
    ],
)
def test_chung_2014(figures, expected) -> None:
    assert said("chung2014", figures) == expected


def test_of_language_the_gru_need_not_be_ahead() -> None:
    found = dict.fromkeys(("arithmetic", "xml", "jsb"), WELL) | {"characters": WORST}
    built = built_in.find("jozefowicz2015")
    again = {(task, name.name): BADLY for task, name in built.study.pairs}
    again |= {(task, "GRU"): figures for task, figures in found.items()}
    assert built.findings[2].tested(evidence(built.study, again))[0] == HOLDS


def test_of_tasks_that_were_not_run_nothing_is_told() -> None:
    built = built_in.find("chung2014")
    study = built.study.changed(tasks=("nottingham",))
    again = {("nottingham", name): WELL for name in ("tanh", "GRU", "LSTM")}
    told = [finding.tested(evidence(study, again))[0] for finding in built.findings]
    assert told == [UNTOLD, UNTOLD]


def test_every_study_that_comes_with_findings_is_tested_here() -> None:
    with_findings = {name for name in built_in.names() if built_in.find(name).findings}
    assert with_findings == {"greff2015", "jozefowicz2015", "chung2014"}


@pytest.mark.parametrize("name", built_in.names())
def test_its_tasks_are_there_and_published_figures_are_of_its_cells(name) -> None:
    built = built_in.find(name)
    assert built.study.name == name
    for task in built.study.tasks:
        assert tasks.find(task).title
    pairs = {(task, contender.name) for task, contender in built.study.pairs}
    assert set(built.published) <= pairs
    assert built.study.about


def test_the_ranges_of_greff_2015_are_the_paper_s() -> None:
    space = built_in.find("greff2015").study.space
    found = {name: (one.low, one.high, one.log) for name, one in space.items()}
    assert found == {
        "hidden_size": (20, 200, True),
        "learning_rate": (1e-6, 1e-2, True),
        "one_minus_momentum": (1e-2, 1, True),
        "input_noise": (0, 1, False),
    }


def test_no_such_study_is_told_with_one_that_is_near() -> None:
    with pytest.raises(OptionError, match="greff2015"):
        built_in.find("gref2015")
