"""Packed matrices, against torch's own reshaping."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import pad

from recurra.kernels.cpu.packing import packed
from recurra.kernels.cpu.target import kind


@settings(deadline=None)
@given(
    st.tuples(st.integers(1, 70), st.integers(1, 20)),
    st.integers(1, 4),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from(["float32", "float64"]),
)
def test_they_are_cut_padded_and_turned(shape, count, blocks, transposed, number):
    lanes, dtype = kind(number).lanes, getattr(torch, number)
    units, depth = shape
    made = [torch.randn(depth, units, dtype=dtype).t() for _ in range(count)]
    made = made if transposed else [matrix.contiguous() for matrix in made]
    height = lanes * blocks
    whole = pad(torch.stack(made), (0, 0, 0, -units % height))
    cut = whole.view(count, -1, blocks, lanes, depth)
    wanted = cut.permute(1, 4, 2, 0, 3).flatten()
    assert torch.equal(packed(made, blocks), wanted)


@pytest.mark.parametrize("step", [2, 3])
def test_rows_and_columns_may_lie_apart(step):
    whole = torch.randn(40, 30)
    part = whole[::step, 1::step]
    assert torch.equal(packed([part], 2), packed([part.contiguous()], 2))
