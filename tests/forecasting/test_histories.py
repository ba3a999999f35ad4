from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.forecasting.covariates import Around, Beside
from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series


def series(count: int, seed: int = 0) -> Series:
    random = np.random.default_rng(seed)
    observed = random.random(count) < 0.7
    return Series("a", np.int64(0), random.normal(size=count), observed)


def by_hand(one: Series, origin: int, reach: int) -> tuple[list[float], list[bool]]:
    """One row, place by place."""
    places = range(origin - reach, origin)
    values = [float(one.values[max(place, 0)]) for place in places]
    return values, [place >= 0 and bool(one.observed[place]) for place in places]


@given(st.data(), st.integers(1, 30), st.integers(1, 40))
def test_every_row_is_what_lies_before_its_origin(data, count, reach):
    one = series(count)
    origins = data.draw(st.lists(st.integers(0, count), max_size=8))
    rows = Histories.before(one, 3, origins, reach)
    assert rows.values.shape == rows.seen.shape == (len(origins), reach)
    assert rows.series.tolist() == [3] * len(origins)
    assert rows.ends.tolist() == origins
    for row, origin in enumerate(origins):
        assert (rows.values[row].tolist(), rows.seen[row].tolist()) == by_hand(one, origin, reach)


@given(st.data(), st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(1, 40))
def test_origins_in_several_series_are_taken_in_turn(data, counts, reach):
    several = [series(count, seed) for seed, count in enumerate(counts)]
    known = np.array(
        [data.draw(st.lists(st.integers(1, n), min_size=3, max_size=3)) for n in counts]
    )
    numbers = np.arange(len(counts)) + 5
    each = [*Histories.before_each(several, numbers, known, reach)]
    assert len(each) == 3
    for rows, ends in zip(each, known.T, strict=True):
        assert rows.series.tolist() == numbers.tolist()
        assert rows.ends.tolist() == ends.tolist()
        for row, (one, end) in enumerate(zip(several, ends, strict=True)):
            assert (rows.values[row].tolist(), rows.seen[row].tolist()) == by_hand(one, end, reach)


@pytest.mark.parametrize("origins", [range(6, 31), range(6, 31, 5), [6]])
def test_evenly_spaced_origins_that_lack_nothing_copy_little(origins):
    one = series(30)
    rows = Histories.before(one, 0, [*origins], 6)
    assert [rows.values[row].tolist() for row in range(len(rows))] == [
        by_hand(one, origin, 6)[0] for origin in origins
    ]
    if len(origins) > 1:
        # Rows that are views overlap: the array they lie in is no longer than the series.
        assert rows.values.strides[0] == 8 * (origins[1] - origins[0])


def test_no_origins_give_no_rows():
    rows = Histories.before(series(5), 0, [], 3)
    assert (len(rows), rows.reach) == (0, 3)
    assert [*rows.batches(2)] == []


def test_joined_rows_and_their_batches_are_the_rows_in_order():
    parts = [Histories.before(series(9, seed), seed, [2, 5, 9], 4) for seed in (0, 1)]
    both = Histories.joined(parts)
    assert both.series.tolist() == [0, 0, 0, 1, 1, 1]
    assert both.ends.tolist() == [2, 5, 9] * 2
    assert np.array_equal(both.values, np.concatenate([one.values for one in parts]))
    batches = [*both.batches(4)]
    assert [len(one) for one in batches] == [4, 2]
    again = Histories.joined(batches)
    for name in ("series", "values", "seen", "ends"):
        assert np.array_equal(getattr(again, name), getattr(both, name))


def test_where_covariates_are_found_goes_with_the_rows():
    around = object.__new__(Around)  # Not read here.
    parts = [
        replace(rows, beside=Beside(around, rows.series, rows.ends))
        for rows in (Histories.before(series(9, seed), seed, [2, 5, 9], 4) for seed in (0, 1))
    ]
    both = Histories.joined(parts)
    for rows in (both, both[both.ends > 2], both[np.array([4, 0])], [*both.batches(4)][1]):
        assert rows.beside.around is around
        assert rows.beside.series.tolist() == rows.series.tolist()
        assert rows.beside.ends.tolist() == rows.ends.tolist()


def test_some_rows_can_be_taken_by_number_or_by_mask():
    rows = Histories.before(series(9), 0, [2, 5, 9], 4)
    assert rows[np.array([2, 0])].ends.tolist() == [9, 2]
    assert rows[rows.ends > 2].ends.tolist() == [5, 9]
