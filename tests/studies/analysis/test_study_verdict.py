"""The sentence on a task, and how findings are taken together."""

from __future__ import annotations

import pytest
from made_studies import declared, evidence
from scipy import stats

from recurra.studies import Contender
from recurra.studies.analysis.findings import on_each, verdict

THREE = [Contender(name, "gru") for name in "ABC"]
NEAR, LIKE, FAR = [1.0, 1.1, 0.9], [1.1, 0.95, 1.05], [5.0, 5.1, 4.9]


def said(**figures) -> str:
    told = evidence(declared(contenders=THREE), {("jsb", n): f for n, f in figures.items()})
    return verdict(told.results.on("jsb"), told.pairs["jsb"])


def test_the_best_is_named_with_those_that_chance_may_set_behind_it_and_those_it_does_not() -> None:
    assert said(A=LIKE, B=NEAR, C=FAR) == (
        "B is best with 1, ahead of C by more than chance and of A perhaps by chance"
    )


def test_one_side_alone() -> None:
    assert said(A=NEAR, B=LIKE) == "A is best with 1, ahead of B perhaps by chance"
    assert said(A=NEAR, C=FAR) == "A is best with 1, ahead of C by more than chance"


def test_one_that_is_just_as_good_is_not_called_behind() -> None:
    assert said(A=NEAR, B=NEAR) == "A is best with 1, level with B"
    assert said(A=NEAR, B=NEAR, C=FAR) == (
        "A is best with 1, level with B, ahead of C by more than chance"
    )


def test_too_little_to_tell() -> None:
    assert said(A=[1.0], B=[2.0]) == "A is best with 1, too few figures to tell chance"
    assert said() == "no trial has ended"


def test_planned_comparisons_are_corrected_for_their_number_alone() -> None:
    figures = {("jsb", "A"): NEAR, ("jsb", "B"): [1.3, 1.5, 1.4], ("jsb", "C"): FAR}
    told = evidence(declared(contenders=THREE), figures)
    (alone,) = told.contrasts("jsb", [("B", "A")])
    assert alone.p_value == pytest.approx(stats.ttest_ind(*list(figures.values())[1::-1]).pvalue)
    assert (alone.worse, alone.better) == (True, False)
    assert alone.difference == pytest.approx(0.4)
    first, second = told.contrasts("jsb", [("A", "B"), ("A", "C")])
    assert first.p_value == pytest.approx(alone.p_value)
    assert second.better
    assert second.p_value < first.p_value
    all_pairs = {(pair.one, pair.other): pair.p_value for pair in told.pairs["jsb"]}
    assert all_pairs["A", "B"] == pytest.approx(alone.p_value), "the largest of three is as it is"
    assert all_pairs["A", "C"] > second.p_value


def test_a_comparison_without_figures_leaves_the_finding_open() -> None:
    told = evidence(declared(contenders=THREE), {("jsb", "A"): NEAR, ("jsb", "B"): FAR})
    assert told.contrasts("jsb", [("A", "B"), ("A", "C")]) is None


@pytest.mark.parametrize(
    ("each", "together"),
    [
        (("holds", "holds"), "holds"),
        (("holds", "cannot be told"), "holds where it can be told"),
        (("cannot be told", "cannot be told"), "cannot be told"),
        (("cannot be told", "does not hold"), "does not hold"),
    ],
)
def test_a_finding_holds_where_it_does_on_every_task(each, together) -> None:
    told = dict(zip(("jsb", "xml"), each, strict=True))
    found = on_each(
        evidence(declared(), {}), ["jsb", "xml"], lambda task: (told[task], f"why {task}")
    )
    assert found == (together, "JSB chorales: why jsb; XML: why xml")
