"""Chances of pairs, against figures by hand and scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_studies import declared, evidence
from scipy import stats

from recurra.studies import Contender
from recurra.studies.analysis.comparison import compared, holm


def test_the_example_of_holm_by_hand() -> None:
    # m = 4, in order: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04, which is raised to the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_published_values_of_r_s_p_adjust() -> None:
    # p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") in R.
    found = holm([0.01, 0.02, 0.03, 0.04, 0.05])
    assert found == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


def test_nothing_is_above_1_and_nothing_is_nothing() -> None:
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_corrected_chances_keep_their_order_and_lie_between_one_and_all_times(chances) -> None:
    found = holm(chances)
    for before, after in zip(chances, found, strict=True):
        assert before <= after <= 1
        assert after >= min(1.0, before)
    least = min(range(len(chances)), key=chances.__getitem__)
    assert found[least] == min(1.0, len(chances) * chances[least])
    order = sorted(range(len(chances)), key=chances.__getitem__)
    assert [found[place] for place in order] == sorted(found)


FIGURES = {
    "A": [8.1, 8.3, 8.2, 8.25],
    "B": [8.6, 8.4, 8.9],
    "C": [8.2, 9.9, 7.1, 8.8, 8.3],
    "D": [8.0, 8.1],
}


def test_pairs_are_welch_s_tests_corrected_together() -> None:
    study = declared(contenders=[Contender(name, "gru") for name in FIGURES])
    found = compared(evidence(study, {("jsb", n): f for n, f in FIGURES.items()}).results.on("jsb"))
    assert [(p.one, p.other) for p in found] == [("A", "B"), ("A", "C"), ("B", "C")]
    alone = [_welch_by_hand(FIGURES[p.one], FIGURES[p.other]) for p in found]
    assert [p.p_value for p in found] == pytest.approx(holm(alone))
    assert found[0].difference == pytest.approx(8.2125 - 8.6333333)


def _welch_by_hand(one: list[float], other: list[float]) -> float:
    """Welch 1947, with the degrees of freedom of Satterthwaite 1946."""
    means, parts, sizes = [], [], []
    for figures in (one, other):
        mean = math.fsum(figures) / len(figures)
        variance = math.fsum((x - mean) ** 2 for x in figures) / (len(figures) - 1)
        means.append(mean)
        parts.append(variance / len(figures))
        sizes.append(len(figures) - 1)
    t = (means[0] - means[1]) / math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum(p**2 / n for p, n in zip(parts, sizes, strict=True))
    return 2 * float(stats.t.sf(abs(t), freedom))


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [([1.0, 1, 1], [1.0, 1, 1], 1.0), ([1.0, 1, 1], [2.0, 2, 2], 1.0)],
)
def test_figures_without_any_spread(one, other, chance) -> None:
    study = declared()
    told = evidence(study, {("jsb", "RNN"): one, ("jsb", "GRU"): other})
    assert [pair.p_value for pair in told.pairs["jsb"]] == [chance]
