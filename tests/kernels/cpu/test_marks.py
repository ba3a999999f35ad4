"""What passes are told of each step, against loops over rows and steps."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.kernels.cpu.marks import marks
from recurra.kernels.cpu.passes import CUT
from recurra.kernels.cpu.whole import FRESH, RUNNING
from recurra.kernels.network import Given

STEPS = 7
lengths = st.lists(st.integers(0, STEPS), min_size=1, max_size=5)
periods = st.integers(1, STEPS + 1)


def _given(rows, lengths=None, resets=None, dtype=torch.float64):
    numbers = None if lengths is None else torch.tensor(lengths)
    return Given(torch.zeros(STEPS, rows, 2, dtype=dtype), (), lengths=numbers, resets=resets)


def _cut(length, period, *, backwards):
    """The steps of a row at which the gradient is cut: every so many of those that it reads."""
    order = [*range(length)][::-1] if backwards else [*range(length)]
    return {step for number, step in enumerate(order) if number and number % period == 0}


def _steps(mark, row):
    return {step for step in range(STEPS) if mark[step, row]}


def test_nothing_is_said_where_nothing_is_asked():
    assert not marks(_given(3), None)


@given(lengths)
def test_rows_run_up_to_their_length(lengths):
    found = marks(_given(len(lengths), lengths), None)
    assert found.keys() == {RUNNING}
    for row, length in enumerate(lengths):
        assert _steps(found[RUNNING], row) == {*range(length)}


@given(lengths, periods)
def test_the_gradient_is_cut_every_so_many_steps_that_a_row_reads(lengths, period):
    found = marks(_given(len(lengths), lengths), period)
    for row, length in enumerate(lengths):
        for backwards in (False, True):
            cut = found[CUT, int(backwards)]
            assert _steps(cut, row) == _cut(length, period, backwards=backwards)


@given(periods)
def test_rows_of_full_length_are_cut_likewise(period):
    found = marks(_given(2), period)
    assert found.keys() == {(CUT, 0), (CUT, 1)}
    for backwards in (False, True):
        assert _steps(found[CUT, int(backwards)], 1) == _cut(STEPS, period, backwards=backwards)


def test_each_direction_has_resets_of_its_own():
    both = torch.rand(2, STEPS, 3, generator=torch.Generator().manual_seed(0)) < 0.5
    found = marks(_given(3, resets=(both[0], both[1])), None)
    assert found.keys() == {(FRESH, 0), (FRESH, 1)}
    for direction in (0, 1):
        assert torch.equal(found[FRESH, direction].bool(), both[direction])


def test_a_reset_that_is_said_once_for_all_rows_is_each_rows():
    marked = torch.zeros(STEPS, 1, dtype=torch.bool)
    marked[2] = True
    found = marks(_given(3, resets=(marked, marked)), None)[FRESH, 0]
    assert [_steps(found, row) for row in range(3)] == [{2}] * 3


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_they_are_numbers_of_the_inputs_type_that_lie_together(dtype):
    marked = torch.ones(STEPS, 1, dtype=torch.bool)
    found = marks(_given(3, [1, 2, 3], (marked, marked), dtype), 2)
    assert len(found) == 5
    for mark in found.values():
        assert (mark.dtype, mark.shape, mark.is_contiguous()) == (dtype, (STEPS, 3), True)
