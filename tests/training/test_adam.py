import pytest
import torch

from recurra.errors import OptionError
from recurra.training import Adam, AdamW


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", ["Adam", "AdamW"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1},
        {"lr": 0.01, "betas": (0.0, 0.99), "eps": 0.0, "weight_decay": 0.0},
    ],
)
def test_25_steps_are_those_of_torch_to_rounding(taught, within, kind, options, dtype):
    ours = taught({"Adam": Adam, "AdamW": AdamW}[kind], dtype, **options)
    theirs = taught(getattr(torch.optim, kind), dtype, **options)
    within(ours, theirs, 4)


@pytest.mark.parametrize("kind", ["Adam", "AdamW"])
def test_state_is_taken_from_torch_and_given_to_it(taught, within, kind):
    own, torchs = {"Adam": Adam, "AdamW": AdamW}[kind], getattr(torch.optim, kind)
    expected = taught(torchs, torch.float64, steps=6)
    within(taught(own, torch.float64, steps=6, after=(torchs, 3)), expected, 4)
    within(taught(torchs, torch.float64, steps=6, after=(own, 3)), expected, 4)


def test_state_counts_steps_as_torch_does(parameters):
    weights = parameters(torch.float32)
    optimizer = Adam(weights)
    for weight in weights[1:]:
        weight.grad = torch.ones_like(weight)
    optimizer.step()
    weights[0].grad = torch.ones_like(weights[0])
    optimizer.step()
    counts = [optimizer.state[weight]["step"] for weight in weights]
    assert [count.item() for count in counts] == [1.0] + [2.0] * (len(weights) - 1)
    assert all(count.dtype == torch.float32 and count.shape == () for count in counts)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"lr": 0.0}, "lr"),
        ({"lr": float("nan")}, "lr"),
        ({"betas": (1.0, 0.9)}, "beta1"),
        ({"betas": (0.9, -0.1)}, "beta2"),
        ({"eps": -1e-8}, "eps"),
        ({"eps": float("inf")}, "eps"),
        ({"weight_decay": float("nan")}, "weight_decay"),
    ],
)
@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_options_out_of_range_are_refused_by_name(parameters, kind, options, named):
    with pytest.raises(OptionError, match=named):
        kind(parameters(torch.float32), **options)


@pytest.mark.parametrize("option", ["amsgrad", "maximize"])
def test_the_state_of_a_form_that_is_not_here_is_refused(parameters, option):
    weights = parameters(torch.float32)
    state = torch.optim.Adam(weights, **{option: True}).state_dict()
    with pytest.raises(OptionError, match=option):
        Adam(weights).load_state_dict(state)
