"""Enough to choose by, and none of it from the test part."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.plan import Plan
from recurra.forecasting.segments.search.parts import ENOUGH, HORIZONS, _more, for_search


def test_a_short_validation_part_grows_into_the_training_part(prepared) -> None:
    before = prepared(np.arange(1.0, 145.0), validation=12, test=12)
    (after,) = for_search(before, horizon=12)
    assert (after.split.train, after.split.validation, after.split.test) == (99, 33, 12)
    (few,) = for_search(before, horizon=5)
    assert few.split.validation == HORIZONS * 5


def test_enough_stays(prepared) -> None:
    before = prepared(np.arange(1.0, 1000.0), validation=ENOUGH, test=12)
    assert for_search(before, horizon=100) == before


@settings(deadline=None)
@given(st.integers(30, 300), st.integers(1, 10), st.integers(1, 10), st.integers(1, 60))
def test_the_test_part_stays_and_nothing_shrinks(length, validation, test, horizon) -> None:
    old = Plan(horizon, 4, validation, test).split(length)
    new = _more(old, HORIZONS * horizon)
    assert new.test == old.test
    assert new.train + new.validation == old.train + old.validation
    assert new.validation >= old.validation
    assert new.train > 0
