"""The matrix product, against numpy in float64."""

import numpy as np
import pytest
from jobs_by_hand import NUMBERS, Framed, by, call, close, drawn, laid

from recurra.kernels.cpu.panel import BLOCK_BYTES, WIDEST, panel_name
from recurra.kernels.cpu.target import kind

VECTORS = range(1, WIDEST + 1)


def _multiplied(rows, depth, vectors, number, *, apart=0, added=False, right=None):
    """What a panel makes of A and P, what it should, and how large the terms are."""
    wide = vectors * kind(number).lanes
    a = Framed(rows, depth, number=number, apart=apart)
    a.array[:] = drawn(rows, depth, number=number, seed=depth)
    p = drawn(depth, wide, number=number, seed=1) if right is None else right
    before = drawn(rows, wide, number=number, seed=2) * added
    c = Framed(rows, wide, number=number, apart=apart)
    c.array[:] = before if added else np.nan
    arguments = (
        *(a.array, by(a.array, 0), rows, p, depth),
        *(c.array, by(c.array, 0), int(not added)),
    )
    call(number, panel_name(vectors), [arguments])
    assert not c.written_beside()
    left, right = a.array.astype(np.float64), p.reshape(depth, wide).astype(np.float64)
    scale = np.abs(before) + np.abs(left) @ np.abs(right)
    return c.array, before + left @ right, scale


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("vectors", VECTORS)
def test_products_of_any_number_of_rows_are_numpys(vectors, number):
    for rows in (*range(1, 20), 33, 96, 100):
        found, wanted, scale = _multiplied(rows, 9, vectors, number)
        assert close(found, wanted, scale, number)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("vectors", VECTORS)
@pytest.mark.parametrize("depth", [1, 2, 7, 31, 50, 100])
def test_they_are_added_to_what_is_there_where_that_is_asked(depth, vectors, number):
    found, wanted, scale = _multiplied(13, depth, vectors, number, apart=5, added=True)
    assert close(found, wanted, scale, number)


@pytest.mark.parametrize("added", [False, True])
@pytest.mark.parametrize("vectors", VECTORS)
def test_matrices_that_do_not_fit_the_first_cache_are_multiplied_in_blocks(vectors, added):
    row = vectors * kind("float32").lanes * 4
    depth = 2 * BLOCK_BYTES // row + 3
    found, wanted, scale = _multiplied(11, depth, vectors, "float32", added=added)
    assert close(found, wanted, scale, "float32")


@pytest.mark.parametrize("vectors", VECTORS)
def test_a_part_without_rows_writes_nothing(vectors):
    _multiplied(0, 5, vectors, "float32")


@pytest.mark.parametrize("number", NUMBERS)
def test_packed_matrices_side_by_side_give_their_products_side_by_side(number):
    lanes = kind(number).lanes
    first, second = (drawn(lanes, 9, number=number, seed=s) for s in (5, 6))
    p = laid([[first, second]], 1, number)
    found, _, scale = _multiplied(5, 9, 2, number, right=p)
    x = drawn(5, 9, number=number, seed=9).astype(np.float64)
    assert close(found, np.hstack([x @ first.T, x @ second.T]), scale, number)
