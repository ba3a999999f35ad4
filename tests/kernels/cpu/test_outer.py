"""Sums of outer products over rows and steps, against numpy in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs_by_hand import NUMBERS, Framed, by, close, drawn, run_job

from recurra.kernels.cpu import outer
from recurra.kernels.cpu.target import kind

SIZES = (1, 7, 8, 9, 33, 50, 100)


def _segment(*shape, number, seed, apart):
    """Vectors of all steps and rows, which lie apart."""
    framed = Framed(*shape, number=number, apart=apart)
    framed.array[:] = drawn(*shape, number=number, seed=seed)
    return framed.array


def _check(height, widths, rows, steps, number, *, fresh=True, parts=1, apart=0, absent=()):
    """All right sides in all segments but those that are absent: (segment, right)."""
    lefts = [_segment(n, rows, height, number=number, seed=n, apart=apart) for n in steps]
    rights = [
        [_segment(n, rows, wide, number=number, seed=n + 5000 + r, apart=apart) for n in steps]
        for r, wide in enumerate(widths)
    ]
    before = [drawn(height, wide, number=number, seed=3) * (not fresh) for wide in widths]
    results = [Framed(height, wide, number=number, apart=apart) for wide in widths]
    for c, old in zip(results, before, strict=True):
        c.array[:] = np.nan if fresh else old
    size = outer.room(kind(number), height)
    room = Framed(parts, size, number=number)
    values = {
        "height": height,
        "rows": rows,
        "segments": len(steps),
        "rights": len(widths),
        "room": room.array,
        "by part": size,
    }
    there = [[(n, r) not in absent for n in range(len(steps))] for r in range(len(widths))]
    for r, (c, wide) in enumerate(zip(results, widths, strict=True)):
        setting = there[r].index(True) if fresh else -1
        values |= _named(outer.RIGHT, r, values=(c.array, by(c.array, 0), wide, setting))
    for n, left in enumerate(lefts):
        found = (left, steps[n], by(left, 0), by(left, 1))
        values |= _named(outer.SEGMENT, n, values=found)
        for r in range(len(widths)):
            if there[r][n]:
                right = rights[r][n]
                found = (right, by(right, 0), by(right, 1))
                values |= _named(outer.SIDE, n, r, values=found)
    run_job(number, outer.NAME, outer.TABLE, values, parts)
    assert not room.written_beside()
    for r, c in enumerate(results):
        assert not c.written_beside()
        left, right = (
            np.concatenate(
                [
                    part.reshape(-1, part.shape[2])
                    for part, is_in in zip(s, there[r], strict=True)
                    if is_in
                ]
            ).astype(np.float64)
            for s in (lefts, rights[r])
        )
        scale = np.abs(before[r]) + np.abs(left).T @ np.abs(right)
        assert close(c.array, before[r] + left.T @ right, scale, number)


def _named(names, *key, values):
    return {(name, *key): value for name, value in zip(names, values, strict=True)}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("height", SIZES)
@pytest.mark.parametrize("width", SIZES)
def test_sums_of_odd_sizes_are_numpys_fresh_or_added(height, width, number):
    for fresh in (True, False):
        _check(height, [width], 3, [5], number, fresh=fresh)


@settings(deadline=None)
@given(
    sizes=st.tuples(
        st.integers(1, 120),
        st.lists(st.integers(1, 120), min_size=1, max_size=outer.RIGHTS),
        st.integers(1, 40),
    ),
    steps=st.lists(st.integers(1, 12), min_size=1, max_size=outer.SEGMENTS),
    options=st.fixed_dictionaries(
        {"fresh": st.booleans(), "parts": st.integers(1, 3), "apart": st.integers(0, 9)}
    ),
    number=st.sampled_from(NUMBERS),
)
def test_any_segments_sides_parts_and_distances_are_right(sizes, steps, options, number):
    _check(*sizes, steps, number, **options)


@pytest.mark.parametrize("rows", [1, 7, 33, 100])
@pytest.mark.parametrize("number", NUMBERS)
def test_more_rows_and_steps_than_are_packed_at_once_are_added_up(rows, number):
    steps = [1, 2 * outer.DEPTH // rows + 3]
    _check(33, [50, 9], rows, steps, number)
    _check(33, [50, 9], rows, steps, number, fresh=False, parts=2)


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("absent", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_right_side_may_take_no_part_in_a_segment(absent, fresh):
    _check(33, [50, 9], 5, [1, 4], "float32", fresh=fresh, absent={absent})


def test_no_segment_leaves_what_is_there():
    before = Framed(9, 33, number="float32")
    before.array[:] = 1
    values = {("c", 0): before.array, ("c by row", 0): 33, "height": 9, ("width", 0): 33, "rows": 4}
    run_job("float32", outer.NAME, outer.TABLE, values | {"rights": 1})
    assert (before.array == 1).all()
