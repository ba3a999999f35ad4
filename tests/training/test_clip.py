import math

import pytest
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from recurra.errors import OptionError
from recurra.training import SGD, Adam, Clip

SCALES = (1e-3, 1.0, 50.0)


@pytest.fixture(params=["compiled code", "torch operations"])
def how(request, without_compiled_code):
    """how(): from here on by compiled code, or without it."""
    return without_compiled_code if request.param == "torch operations" else lambda: None


def gradients(weights, scale, dtype):
    generator = torch.Generator().manual_seed(2)
    for weight in weights:
        drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
        weight.grad = (scale * drawn).to(dtype)


@pytest.mark.parametrize("clip", [Clip(norm=3.0), Clip(value=0.7), Clip(norm=3.0, value=0.7)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_clipped_step_is_a_step_with_gradients_that_torch_clipped(
    parameters, within, how, clip, dtype
):
    how()
    ours, theirs = parameters(dtype), parameters(dtype)
    one, other = Adam(ours, lr=0.1), torch.optim.Adam(theirs, lr=0.1)
    for scale in SCALES:
        gradients(ours, scale, dtype)
        gradients(theirs, scale, dtype)
        if clip.value is not None:
            clip_grad_value_(theirs, clip.value)
        if clip.norm is not None:
            clip_grad_norm_(theirs, clip.norm)
        one.step(clip=clip)
        other.step()
    together = nn.utils.parameters_to_vector
    within(together(ours).detach(), together(theirs).detach(), 8)


def test_the_norm_is_that_of_all_groups_and_types_together():
    a, b, c = (
        nn.Parameter(torch.zeros(1)),
        nn.Parameter(torch.zeros(1).double()),
        nn.Parameter(torch.zeros(1).bfloat16()),
    )
    a.grad, b.grad, c.grad = torch.tensor([2.0]), torch.tensor([3.0]).double(), c + 6
    SGD([{"params": [a, c]}, {"params": [b]}], lr=1.0).step(clip=Clip(norm=0.7))
    # By hand: the norm is 7.
    assert [a.item(), b.item()] == pytest.approx([-0.2, -0.3], rel=1e-6)
    assert c.item() == pytest.approx(-0.6, rel=1e-2)


def test_gradients_below_the_bounds_are_not_touched():
    weight, twin = nn.Parameter(torch.zeros(3)), nn.Parameter(torch.zeros(3))
    weight.grad = twin.grad = torch.tensor([0.1, -0.2, 0.3])
    SGD([weight], lr=1.0).step(clip=Clip(norm=1.0, value=1.0))
    SGD([twin], lr=1.0).step()
    assert torch.equal(weight, twin)


def test_grad_stays_as_it_is():
    weight = nn.Parameter(torch.zeros(3))
    weight.grad = torch.full((3,), 9.0)
    SGD([weight], lr=1.0).step(clip=Clip(norm=1.0, value=1.0))
    assert weight.grad.tolist() == [9.0] * 3


@pytest.mark.parametrize("clip", [Clip(value=1.0), Clip(norm=1.0)])
def test_what_is_no_number_stays_none(clip):
    weight = nn.Parameter(torch.zeros(9))
    weight.grad = torch.ones(9)
    weight.grad[4] = math.nan
    SGD([weight], lr=1.0).step(clip=clip)
    assert weight[4].isnan()
    assert weight[0].isnan() == (clip.norm is not None)  # the norm of all is no number


@pytest.mark.parametrize("bound", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["norm", "value"])
def test_a_bound_that_is_not_finite_and_above_zero_is_refused(name, bound):
    with pytest.raises(OptionError, match=f"clip_{name}"):
        Clip(**{name: bound})
