"""Packed matrices, against a layout of numpy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs_by_hand import NUMBERS, Framed, by, drawn, laid, run_job

from recurra.kernels.cpu import packing
from recurra.kernels.cpu.target import kind


def _strided(units, depth, form, number, seed):
    """A matrix (units, depth) that lies in memory in some form."""
    matrix = drawn(units, depth, number=number, seed=seed)
    match form:
        case "by rows":
            return matrix
        case "by columns":
            return np.ascontiguousarray(matrix.T).T
        case "rows apart":
            whole = np.full((units, depth + 3), np.nan, number)
            whole[:, :depth] = matrix
            return whole[:, :depth]
        case "columns apart":
            whole = np.full((depth, units + 5), np.nan, number)
            whole[:, :units] = matrix.T
            return whole[:, :units].T
        case "all apart":
            whole = np.full((units * 2, depth * 3), np.nan, number)
            whole[::2, ::3] = matrix
            return whole[::2, ::3]
    raise AssertionError(form)


def _packed(stacks, blocks, number, parts):
    """The same by one job for each matrix."""
    lanes, count = kind(number).lanes, len(stacks[0])
    wanted = laid(stacks, blocks, number)
    target = Framed(wanted.size, number=number)
    above = 0
    for side in stacks:
        for column, matrix in enumerate(side):
            values = {
                "matrix": matrix,
                "by unit": by(matrix, 0),
                "by column": by(matrix, 1),
                "units": matrix.shape[0],
                "depth": matrix.shape[1],
                "target": target.array[(above * count * blocks + column) * lanes :],
                "whole depth": wanted.shape[1],
                "matrices": count,
                "blocks": blocks,
            }
            run_job(number, packing.NAME, packing.TABLE, values, parts)
        above += side[0].shape[1]
    assert not target.written_beside()
    return target.array, wanted.ravel()


FORMS = ["by rows", "by columns", "rows apart", "columns apart", "all apart"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (16, 16), (33, 50), (100, 1), (50, 33)])
def test_a_matrix_is_cut_and_padded_however_it_lies(shape, form, number):
    for parts in (1, 2, 3):
        found, wanted = _packed([[_strided(*shape, form, number, 1)]], 1, number, parts)
        np.testing.assert_array_equal(found, wanted)


@settings(deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 70), st.lists(st.integers(1, 20), min_size=1, max_size=3)),
    counts=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)),
    form=st.sampled_from(FORMS),
    number=st.sampled_from(NUMBERS),
)
def test_several_stand_side_by_side_and_operands_one_below_another(sizes, counts, form, number):
    (units, depths), (count, blocks, parts) = sizes, counts
    stacks = [
        [_strided(units, depth, form, number, seed) for seed in range(count)] for depth in depths
    ]
    found, wanted = _packed(stacks, blocks, number, parts)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("number", NUMBERS)
def test_squares_are_transposed_in_registers(number):
    lanes = kind(number).lanes
    matrix = np.arange(lanes * lanes, dtype=number).reshape(lanes, lanes)
    found, _ = _packed([[matrix]], 1, number, 1)
    np.testing.assert_array_equal(found, matrix.T.ravel())
