import numpy as np
import pytest
import torch

from recurra.structures.heads.log_beta import log_beta

# log B(a, b) to 17 digits, by the integer formula (a - 1)! (b - 1)! / (a + b - 1)! in exact
# arithmetic where both are whole, and B(a, 1) = 1 / a, B(a, 2) = 1 / (a (a + 1)) for any a.
GRID = [0.01, 0.5, 1.0, 3.7, 9.99, 10.0, 10.01, 42.5, 1e3, 1e6, 1e10]


def _exact(a: int, b: int) -> float:
    """By the product of (a + k) / k for k = 1 .. b - 1, whose logarithms are all above 0."""
    k = np.arange(1, b, dtype=np.longdouble)
    return float(-np.log1p(np.longdouble(a) / k).sum() - np.log(np.longdouble(a)))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_whole_arguments_give_the_exact_product(dtype):
    pairs = [(a, b) for a in (1, 2, 9, 10, 11, 40, 999, 10**6) for b in (1, 2, 9, 10, 11, 50, 3000)]
    a, b = (torch.tensor(column, dtype=dtype) for column in zip(*pairs, strict=True))
    wanted = torch.tensor([_exact(*pair) for pair in pairs], dtype=torch.float64)
    tolerance = 1e-12 if dtype == torch.float64 else 3e-6
    torch.testing.assert_close(log_beta(a, b).double(), wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_it_is_even_and_keeps_its_digits_over_the_whole_range(dtype):
    a = torch.tensor(GRID, dtype=dtype)
    one, two = torch.ones_like(a), torch.full_like(a, 2.0)
    tolerance = 3e-12 if dtype == torch.float64 else 1e-5
    close = {"rtol": tolerance, "atol": tolerance}
    torch.testing.assert_close(log_beta(a, one), -a.log(), **close)
    torch.testing.assert_close(log_beta(two, a), -(a.log() + (a + 1).log()), **close)
    grid = torch.cartesian_prod(a, a)
    torch.testing.assert_close(log_beta(*grid.unbind(1)), log_beta(*grid.flip(1).unbind(1)))


def test_the_gradient_is_that_of_digamma_and_finite_everywhere():
    grid = torch.cartesian_prod(*[torch.tensor(GRID, dtype=torch.float64)] * 2)
    a, b = (column.clone().requires_grad_() for column in grid.unbind(1))
    log_beta(a, b).sum().backward()
    for mine, other in ((a, b), (b, a)):
        wanted = mine.detach().digamma() - (mine + other).detach().digamma()
        torch.testing.assert_close(mine.grad, wanted, rtol=1e-7, atol=1e-9)
