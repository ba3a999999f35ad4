"""The matrix product, against torch in float64."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.kernels.cpu.linear import linear, multiply

sizes = st.integers(1, 70)


@settings(deadline=None)
@given(sizes, sizes, sizes, st.booleans(), st.sampled_from([torch.float32, torch.float64]))
def test_products_of_any_size_are_torchs(rows, depth, columns, turned, dtype):
    generator = torch.Generator().manual_seed(rows * depth + columns)
    a = torch.randn(rows, depth, generator=generator, dtype=torch.float64).to(dtype)
    b = torch.randn(depth, columns, generator=generator, dtype=torch.float64).to(dtype)
    a = a.t().contiguous().t() if turned else a
    wanted = a.double() @ b.double()
    scale = a.double().abs() @ b.double().abs()
    found = multiply(a, b)
    assert found.shape == wanted.shape
    assert ((found - wanted).abs() <= 4 * torch.finfo(dtype).eps * scale).all()


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("turned", [False, True])
def test_large_products_are_torchs_on_any_number_of_threads(threads, turned):
    torch.manual_seed(0)
    a, b = torch.randn(700, 900), torch.randn(900, 130)
    a = a.t().contiguous().t() if turned else a
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        found = multiply(a, b)
    finally:
        torch.set_num_threads(before)
    torch.testing.assert_close(found.double(), a.double() @ b.double(), rtol=1e-5, atol=1e-4)


def test_rows_that_lie_apart_are_read_where_they_are():
    whole = torch.randn(20, 50, dtype=torch.float64)
    part, right = whole[:, 7:19], torch.randn(12, 9, dtype=torch.float64)
    torch.testing.assert_close(multiply(part, right), part @ right)
    torch.testing.assert_close(multiply(part.t(), part), part.t() @ part)


def test_first_and_second_derivatives_are_right():
    x = torch.randn(3, 2, 4, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(linear, (x, weight, bias))
    assert torch.autograd.gradgradcheck(linear, (x, weight, bias))
