import pytest
import torch

from recurra.errors import OptionError
from recurra.training import SGD


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weight_decay": 0.1},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ],
)
def test_25_steps_are_those_of_torch_to_rounding(taught, within, options, dtype):
    ours = taught(SGD, dtype, lr=0.01, **options)
    within(ours, taught(torch.optim.SGD, dtype, lr=0.01, **options), 4)


@pytest.mark.parametrize("steps", [0, 3])
def test_state_is_taken_from_torch_and_given_to_it(taught, within, steps):
    options = {"lr": 0.01, "momentum": 0.9, "dampening": 0.5}
    expected = taught(torch.optim.SGD, torch.float64, steps=6, **options)
    for first, then in [(SGD, torch.optim.SGD), (torch.optim.SGD, SGD)]:
        found = taught(then, torch.float64, steps=6, after=(first, steps), **options)
        within(found, expected, 4)


def test_momentum_begins_when_it_is_set(parameters):
    (weight,) = parameters(torch.float64)[:1]
    optimizer = SGD([weight], lr=0.5)
    start = weight.detach().clone()
    weight.grad = torch.ones_like(weight)
    optimizer.step()
    optimizer.param_groups[0]["momentum"] = 0.5
    optimizer.step()
    optimizer.step()
    # By hand: velocities 1, 1.5.
    torch.testing.assert_close(weight.detach(), start - 0.5 * (1 + 1 + 1.5))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"lr": -1.0}, "lr"),
        ({"momentum": 1.0}, "momentum"),
        ({"momentum": float("nan")}, "momentum"),
        ({"dampening": -0.1}, "dampening"),
        ({"weight_decay": -0.1}, "weight_decay"),
        ({"nesterov": True}, "nesterov"),
        ({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "nesterov"),
    ],
)
def test_options_out_of_range_are_refused_by_name(parameters, options, named):
    with pytest.raises(OptionError, match=named):
        SGD(parameters(torch.float32), **options)
