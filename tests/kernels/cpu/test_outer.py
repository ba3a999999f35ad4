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


def _check(height, width, rows, steps, number, *, fresh=True, parts=1, apart=0):
    lefts, rights = (
        [_segment(n, rows, wide, number=number, seed=n + seed, apart=apart) for n in steps]
        for wide, seed in ((height, 0), (width, 5000))
    )
    before = drawn(height, width, number=number, seed=3) * (not fresh)
    c = Framed(height, width, number=number, apart=apart)
    c.array[:] = np.nan if fresh else before
    size = outer.room(kind(number), height)
    room = Framed(parts, size, number=number)
    values = {
        "c": c.array,
        "c by row": by(c.array, 0),
        "height": height,
        "width": width,
        "rows": rows,
        "fresh": int(fresh),
        "segments": len(steps),
        "room": room.array,
        "by part": size,
    }
    for n, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        found = (left, right, steps[n], by(left, 0), by(left, 1), by(right, 0), by(right, 1))
        values |= {(name, n): value for name, value in zip(outer.SEGMENT, found, strict=True)}
    run_job(number, outer.NAME, outer.TABLE, values, parts)
    assert not c.written_beside()
    assert not room.written_beside()
    left, right = (
        np.concatenate([part.reshape(-1, part.shape[2]) for part in side]).astype(np.float64)
        for side in (lefts, rights)
    )
    scale = np.abs(before) + np.abs(left).T @ np.abs(right)
    assert close(c.array, before + left.T @ right, scale, number)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("height", SIZES)
@pytest.mark.parametrize("width", SIZES)
def test_sums_of_odd_sizes_are_numpys_fresh_or_added(height, width, number):
    for fresh in (True, False):
        _check(height, width, 3, [5], number, fresh=fresh)


@settings(deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 120), st.integers(1, 120), st.integers(1, 40)),
    steps=st.lists(st.integers(1, 12), min_size=1, max_size=outer.SEGMENTS),
    options=st.fixed_dictionaries(
        {"fresh": st.booleans(), "parts": st.integers(1, 3), "apart": st.integers(0, 9)}
    ),
    number=st.sampled_from(NUMBERS),
)
def test_any_segments_parts_and_distances_are_right(sizes, steps, options, number):
    _check(*sizes, steps, number, **options)


@pytest.mark.parametrize("rows", [1, 7, 33, 100])
@pytest.mark.parametrize("number", NUMBERS)
def test_more_rows_and_steps_than_are_packed_at_once_are_added_up(rows, number):
    steps = [1, 2 * outer.DEPTH // rows + 3]
    _check(33, 50, rows, steps, number)
    _check(33, 50, rows, steps, number, fresh=False, parts=2)


def test_no_segment_leaves_what_is_there():
    before = Framed(9, 33, number="float32")
    before.array[:] = 1
    values = {"c": before.array, "c by row": 33, "height": 9, "width": 33, "rows": 4}
    run_job("float32", outer.NAME, outer.TABLE, values)
    assert (before.array == 1).all()
