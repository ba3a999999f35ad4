"""All steps at once times a packed matrix, against numpy in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs_by_hand import NUMBERS, Framed, by, close, drawn, laid, run_job

from recurra.kernels.cpu import multiply
from recurra.kernels.cpu.panel import WIDEST
from recurra.kernels.cpu.target import kind

SIZES = (1, 7, 8, 9, 33, 50, 100)


def _check(rows, depth, columns, number, *, fresh=True, parts=1, apart=0):
    made = kind(number)
    vectors = multiply.vectors_for(made, columns)
    a = Framed(rows, depth, number=number, apart=apart)
    a.array[:] = drawn(rows, depth, number=number, seed=rows)
    matrix = drawn(columns, depth, number=number, seed=columns + 1000)
    before = drawn(rows, columns, number=number, seed=3) * (not fresh)
    c = Framed(rows, columns, number=number, apart=apart)
    c.array[:] = np.nan if fresh else before
    room = Framed(parts, multiply.ROWS * WIDEST * made.lanes, number=number)
    values = {
        "a": a.array,
        "a by row": by(a.array, 0),
        "rows": rows,
        "depth": depth,
        "p": laid([[matrix]], vectors, number),
        "vectors": vectors,
        "columns": columns,
        "c": c.array,
        "c by row": by(c.array, 0),
        "fresh": int(fresh),
        "room": room.array,
        "by part": room.array.shape[1],
    }
    run_job(number, multiply.NAME, multiply.TABLE, values, parts)
    assert not c.written_beside()
    assert not room.written_beside()
    left, right = a.array.astype(np.float64), matrix.T.astype(np.float64)
    scale = np.abs(before) + np.abs(left) @ np.abs(right)
    assert close(c.array, before + left @ right, scale, number)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize("depth", SIZES)
def test_products_of_odd_sizes_are_numpys_fresh_or_added(depth, columns, number):
    for rows in SIZES:
        for fresh in (True, False):
            _check(rows, depth, columns, number, fresh=fresh)


@settings(deadline=None)
@given(
    sizes=st.tuples(*[st.integers(1, 130)] * 3),
    fresh=st.booleans(),
    parts=st.integers(1, 3),
    apart=st.integers(0, 9),
    number=st.sampled_from(NUMBERS),
)
def test_parts_rows_and_columns_of_any_number_are_right(sizes, fresh, parts, apart, number):
    _check(*sizes, number, fresh=fresh, parts=parts, apart=apart)


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_more_rows_than_the_second_cache_holds_are_multiplied_in_turns(parts):
    _check(3 * multiply.ROWS + 5, 20, 70, "float32", parts=parts)


@pytest.mark.parametrize("number", NUMBERS)
def test_as_few_columns_as_possible_are_computed_beyond_the_last(number):
    made = kind(number)
    for columns in range(1, 400):
        there = -(-columns // made.lanes)
        computed = {many: -(-there // many) * many for many in range(1, WIDEST + 1)}
        chosen = multiply.vectors_for(made, columns)
        # One vector at a time cannot keep the processor busy unless there is but one.
        allowed = [many for many in computed if many > 1 or there == 1]
        assert computed[chosen] == min(computed[many] for many in allowed)
