"""Gradients of matrices that a step uses more than once, against the reference."""

import pytest
import torch

from recurra import Recurrent, use_kernel
from recurra.kernels.cpu import runs
from recurra.kernels.cpu.outer_sums import OuterSums
from recurra.language import Cell, sigmoid, tanh

STEPS, ROWS, INPUTS, UNITS = 9, 16, 3, 24


class FirstThenApart(Cell):
    """D is used before A in one vector's company, and after it in another's."""

    states = ("h",)

    def step(self, p, x, h):
        d = 0.3 * sigmoid(p.D @ h) + 0.6 * tanh(p.D @ tanh(h))
        a = 0.4 * tanh(p.A @ tanh(h)) + 0.5 * sigmoid(p.A @ h)
        return 0.1 * h + d + a + 0.1 * (p.W @ x)


class OfTwoHeights(Cell):
    """B stands beside A once, and once alone."""

    states = ("h",)

    def step(self, p, x, h):
        b = 0.4 * sigmoid(p.B @ tanh(h)) + 0.5 * sigmoid(p.B @ h)
        return 0.1 * h + 0.3 * sigmoid(p.A @ h) + b + 0.1 * (p.W @ x)


class FourTimes(Cell):
    """Two matrices, each with two vectors, in another order."""

    states = ("h",)

    def step(self, p, x, h):
        d = 0.3 * sigmoid(p.D @ (h * h)) + 0.3 * sigmoid(p.D @ h)
        b = 0.4 * tanh(p.B @ tanh(h)) + 0.4 * tanh(p.B @ (h * h))
        return 0.1 * h + d + b + 0.1 * (p.W @ x)


CELLS = (FirstThenApart, OfTwoHeights, FourTimes)


class _Poisoned:
    """torch, but what is not written holds sevens."""

    def __getattr__(self, name):
        return getattr(torch, name)

    def empty(self, shape, dtype, device):
        return torch.full(shape if isinstance(shape, tuple) else (shape,), 7.0, dtype=dtype)


@pytest.fixture(autouse=True)
def _threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def _gradients(layer, x, state, kernel):
    layer.zero_grad()
    with use_kernel(kernel):
        output, _ = layer(x, state)
    (output**2).sum().backward()
    return [weight.grad for weight in layer.parameters()]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("starts", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_a_matrix_used_twice_gains_from_both(cell, starts, threads, monkeypatch):
    torch.manual_seed(0)
    layer = Recurrent(cell(), INPUTS, UNITS, dtype=torch.float64)
    x = torch.randn(STEPS, ROWS, INPUTS, dtype=torch.float64)
    state = torch.randn(1, ROWS, UNITS, dtype=torch.float64) if starts else None
    wanted = _gradients(layer, x, state, "reference")
    monkeypatch.setattr(runs, "torch", _Poisoned())
    torch.set_num_threads(threads)
    for _ in range(20):
        for found, one in zip(_gradients(layer, x, state, "cpu"), wanted, strict=True):
            torch.testing.assert_close(found, one, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_all_that_a_matrix_gains_is_of_one_height(cell, monkeypatch):
    heights, values = {}, OuterSums.values

    def noted(self, group):
        found = values(self, group)
        for one in (one for run in group for one in run):
            heights.setdefault(one.matrix, set()).add(found["height"])
        return found

    monkeypatch.setattr(OuterSums, "values", noted)
    layer = Recurrent(cell(), INPUTS, UNITS)
    layer(torch.randn(STEPS, ROWS, INPUTS))[0].sum().backward()
    assert heights
    assert all(len(found) == 1 for name, found in heights.items() if name != "W")
