"""The test of Diebold and Mariano claims no more than it may."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from recurra.errors import OptionError
from recurra.significance.diebold_mariano import diebold_mariano, differences
from recurra.significance.student import two_sided


@given(st.floats(0.01, 40), st.integers(1, 60))
def test_students_tail_is_that_of_scipy(t, freedom):
    assert two_sided(t, freedom) == two_sided(-t, freedom)
    assert two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), abs=1e-9)


@given(st.floats(-40, 40))
def test_students_tail_is_that_of_cauchys_distribution_and_its_neighbour(t):
    assert two_sided(t, 1) == pytest.approx(1 - 2 / math.pi * math.atan(abs(t)), abs=1e-14)
    assert two_sided(t, 2) == pytest.approx(1 - abs(t) / math.sqrt(2 + t * t), abs=1e-14)


def test_students_tail_needs_a_degree_of_freedom():
    with pytest.raises(OptionError, match="freedom"):
        two_sided(1.0, 0)


def slow(d, h):
    """Harvey, Leybourne & Newbold 1997, equations 3, 5 and 9, in plain loops."""
    n, mean = len(d), sum(d) / len(d)
    gamma = [sum((d[t] - mean) * (d[t - k] - mean) for t in range(k, n)) / n for k in range(h)]
    variance = (gamma[0] + 2 * sum(gamma[1:])) / n
    if variance <= 0:
        return None
    s1 = mean / math.sqrt(variance)
    s1 *= math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    return s1, 2 * stats.t.sf(abs(s1), n - 1)


@given(st.integers(0, 10**6), st.integers(7, 40), st.integers(1, 3))
def test_statistic_and_p_are_those_of_plain_loops(seed, n, h):
    d = np.random.default_rng(seed).normal(0.2, 1, n)
    found, wanted = diebold_mariano(d, h), slow(d, h)
    if wanted is not None:
        assert found.statistic == pytest.approx(wanted[0])
        assert found.p == pytest.approx(wanted[1], abs=1e-12)
    assert found.mean == pytest.approx(d.mean())


def test_a_negative_sum_of_covariances_is_weighted_until_it_is_not():
    d = np.array([1.0, -1, 1, -1, 1, -1, 1, -0.5])
    assert slow(d, 2) is None
    found = diebold_mariano(d, 2)
    assert 0 < found.p <= 1


def test_with_one_step_it_is_students_test():
    d = np.random.default_rng(1).normal(0.5, 1, 12)
    wanted = stats.ttest_1samp(d, 0)
    found = diebold_mariano(d)
    assert found.statistic == pytest.approx(wanted.statistic)
    assert found.p == pytest.approx(wanted.pvalue)


@pytest.mark.parametrize("overlap", [1, 3])
def test_equal_forecasts_are_seldom_told_apart(overlap):
    random = np.random.default_rng(0)
    kernel = np.ones(overlap)
    rejected = [
        diebold_mariano(np.convolve(random.normal(size=32), kernel, "valid"), overlap).p < 0.05
        for _ in range(1500)
    ]
    assert 0.03 < np.mean(rejected) < (0.07 if overlap == 1 else 0.12)


@pytest.mark.parametrize(
    ("d", "overlap", "reason"),
    [(np.arange(4.0), 1, "fewer than 5 origins"), (np.arange(6.0), 3, "fewer than 7 origins"),
     (np.full(9, 0.3), 1, "the same difference at every origin"),
     (np.zeros(9), 1, "the same difference at every origin"),
     (np.full(9, np.nan), 1, "fewer than 5 origins"),
     (np.array([1.0, np.nan, 2, 3, 4]), 1, "fewer than 5 origins")],
)  # fmt: skip
def test_where_nothing_can_be_said_nothing_is(d, overlap, reason):
    found = diebold_mariano(d, overlap)
    assert (found.p, found.statistic, found.reason) == (None, None, reason)


def test_a_thousand_copies_of_a_series_are_no_more_evidence_than_one():
    random = np.random.default_rng(2)
    own, rival, truth = (random.normal(size=(1, 8, 3)) for _ in range(3))
    one = diebold_mariano(differences(own, rival, truth, np.ones((1, 8))))
    many = (np.repeat(array, 1000, axis=0) for array in (own, rival, truth))
    thousand = diebold_mariano(differences(*many, np.ones((1000, 8))))
    assert thousand.p == pytest.approx(one.p)
    assert thousand.origins == 8


def test_differences_are_pooled_by_origin_in_units_of_the_scale():
    truth = np.zeros((2, 2, 2))
    own, rival = np.ones((2, 2, 2)), np.zeros((2, 2, 2))
    own[1] *= 100
    scale = np.array([[1.0, 1.0], [100.0, 0.0]])
    truth[0, 0, 1] = np.nan
    rival[0, 0, 0] = 3
    # Origin 1: (1 - 3) and 100/100; origin 2: 1, and a series without a scale.
    assert differences(own, rival, truth, scale).tolist() == [-0.5, 1.0]
    assert np.isnan(differences(own, rival, truth * np.nan, scale)).all()
