"""The orders of reading, against loops over rows."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.kernels.order import dilate, following, mirror, running, undilate

lengths = st.lists(st.integers(0, 7), min_size=1, max_size=4)


def _values(rows):
    return torch.arange(7 * rows * 2.0).view(7, rows, 2) + 1


@given(lengths)
def test_mirror_turns_each_row_and_leaves_what_follows_it(lengths):
    values = _values(len(lengths))
    turned = mirror(values, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        assert torch.equal(turned[:length, row], values[:length, row].flip(0))
        assert torch.equal(turned[length:, row], values[length:, row])
    assert torch.equal(mirror(turned, torch.tensor(lengths)), values)


@given(lengths)
def test_following_is_what_comes_next_within_a_row(lengths):
    values = _values(len(lengths))
    found = following(values, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        inner = max(length - 1, 0)
        assert torch.equal(found[:inner, row], values[1 : inner + 1, row])
        assert not found[inner:, row].any()


@given(lengths)
def test_running_is_before_the_end(lengths):
    found = running(torch.tensor(lengths), 7)
    assert found.sum(0).tolist() == lengths
    assert not (found[1:] & ~found[:-1]).any()


@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3))
def test_dilation_takes_every_so_manieth_step_and_finds_the_way_back(steps, dilation, rows):
    values = torch.randn(steps, rows, 2)
    apart = dilate(values, dilation)
    for first in range(dilation):
        mine = apart[:, first * rows : (first + 1) * rows]
        wanted = values[first::dilation]
        assert torch.equal(mine[: len(wanted)], wanted)
        assert not mine[len(wanted) :].any()
    assert torch.equal(undilate(apart, dilation, steps), values)
