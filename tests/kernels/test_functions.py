import math

import numpy as np
import pytest
import torch

from recurra.kernels import functions

NUMBERS = torch.tensor([-1000.0, -40.0, -1.0, -1e-12, 0.0, 1e-12, 1.0, 40.0, 1000.0]).double()


def _exact(a):
    """The logarithm of 1 + exp(a) by Python's own mathematics."""
    return max(a, 0.0) + math.log1p(math.exp(-abs(a)))


def test_softplus_is_exact_for_large_and_small_values():
    wanted = [_exact(a) for a in NUMBERS.tolist()]
    np.testing.assert_allclose(functions.softplus(NUMBERS).numpy(), wanted, rtol=1e-14)


def test_the_logarithm_of_a_sigmoid_is_that_of_softplus_turned_about():
    wanted = [-_exact(-a) for a in NUMBERS.tolist()]
    np.testing.assert_allclose(functions.log_sigmoid(NUMBERS).numpy(), wanted, rtol=1e-14)
    torch.testing.assert_close(
        functions.log_sigmoid(NUMBERS), torch.nn.functional.logsigmoid(NUMBERS)
    )


@pytest.mark.parametrize("function", [functions.softplus, functions.log_sigmoid])
def test_derivatives_of_all_orders_are_right_and_finite(function):
    x = torch.linspace(-3, 3, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(function, x)
    assert torch.autograd.gradgradcheck(function, x)
    extreme = NUMBERS.clone().requires_grad_()
    (slope,) = torch.autograd.grad(function(extreme).sum(), extreme)
    assert slope.isfinite().all()


def test_comparisons_give_numbers_of_their_arguments_type():
    a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor(2.0)
    for dtype in (torch.float16, torch.float32, torch.float64):
        more = functions.greater(a.to(dtype), b.to(dtype))
        same = functions.equal(a.to(dtype), b.to(dtype))
        assert (more.dtype, same.dtype) == (dtype, dtype)
        assert (more.tolist(), same.tolist()) == ([0, 0, 1], [0, 1, 0])


def test_what_is_not_a_number_is_neither_more_nor_the_same():
    nan = torch.tensor(math.nan)
    assert (
        functions.greater(nan, torch.tensor(0.0)) == functions.greater(torch.tensor(0.0), nan) == 0
    )
    assert functions.equal(nan, nan) == 0


def test_a_choice_is_by_whether_the_condition_is_zero():
    condition = torch.tensor([0.0, -0.0, 1.0, -2.0, 1e-30])
    found = functions.where(condition, torch.tensor(1.0), torch.tensor(2.0))
    assert found.tolist() == [2, 2, 1, 1, 1]


def test_a_value_that_was_not_chosen_does_no_harm():
    chosen = torch.ones(2, requires_grad=True)
    other = torch.full((2,), math.inf, requires_grad=True)
    value = functions.where(torch.ones(2), chosen, other)
    gradients = torch.autograd.grad(value.sum(), (chosen, other))
    assert [gradient.tolist() for gradient in gradients] == [[1, 1], [0, 0]]
