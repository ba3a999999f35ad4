"""Random numbers drawn in vectors, against those that are drawn one by one."""

import zlib

import numpy as np
import pytest
import torch
from jobs_by_hand import NUMBERS, Framed, call

from recurra.kernels.cpu.chance import DRAW
from recurra.kernels.philox import ALL_STEPS, WEYL, Stream, uniform

KEY, PLACE = "zoneout c", 3
USE = zlib.crc32(KEY.encode()) + WEYL[0] * PLACE & 0xFFFFFFFF


def _drawn(width, number, *, step=0, row=0, seed=0):
    target = Framed(width, number=number)
    words = (seed & 0xFFFFFFFF, seed >> 32)
    call(number, DRAW, [(target.array, width, step, row, USE, *words)])
    assert not target.written_beside()
    return target.array


def _wanted(width, number, *, step=0, row=0, seed=0, per="step"):
    stream = Stream(seed, PLACE, torch.tensor([row]), torch.tensor([[step]]))
    found = uniform(stream, KEY, width, per=per, dtype=getattr(torch, number))
    return found[0, 0].numpy()


@pytest.mark.parametrize("number", NUMBERS)
def test_rows_of_any_width_are_the_same_to_the_last_bit(number):
    for width in range(1, 71):
        found = _drawn(width, number, step=5, row=width, seed=11)
        np.testing.assert_array_equal(found, _wanted(width, number, step=5, row=width, seed=11))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**63 + 12345, 2**64 - 1])
def test_any_seed_step_and_row_give_the_same(seed, number):
    for step, row in [(0, 0), (1, 0), (0, 1), (2**31, 2**31 - 1), (2**32 - 1, 2**32 - 1)]:
        found = _drawn(50, number, step=step, row=row, seed=seed)
        np.testing.assert_array_equal(found, _wanted(50, number, step=step, row=row, seed=seed))


def test_those_of_a_whole_sequence_are_those_of_the_step_that_stands_for_all():
    found = _drawn(33, "float32", step=ALL_STEPS, row=4, seed=9)
    wanted = _wanted(33, "float32", step=17, row=4, seed=9, per="sequence")
    np.testing.assert_array_equal(found, wanted)


def test_both_types_of_number_hold_the_same():
    np.testing.assert_array_equal(_drawn(70, "float32", seed=2), _drawn(70, "float64", seed=2))
