import pytest
import torch
from torch import nn

from recurra.errors import OptionError
from recurra.training import SGD, Adam, AdamW, RMSprop, build_optimizer


@pytest.mark.parametrize(
    ("name", "kind"), [("rmsprop", RMSprop), ("adam", Adam), ("adamw", AdamW), ("sgd", SGD)]
)
def test_every_name_builds_its_optimizer(name, kind):
    assert type(build_optimizer(name, [nn.Parameter(torch.ones(1))], 0.1)) is kind


@pytest.mark.parametrize("name", ["rmsprop", "adam", "adamw", "sgd"])
def test_every_name_builds_an_optimizer_that_learns(name):
    model = nn.Linear(2, 1)
    x = torch.ones(4, 2)
    y = torch.full((4, 1), 3.0)
    optimizer = build_optimizer(name, model.parameters(), 0.05)
    first = nn.functional.mse_loss(model(x), y).item()
    for _ in range(100):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        torch.autograd.backward(loss)
        optimizer.step()
    assert optimizer.param_groups[0]["lr"] == 0.05
    assert loss.item() < 0.1 * first


def test_adam_has_the_epsilon_of_keras():
    parameters = [nn.Parameter(torch.ones(1))]
    assert build_optimizer("adam", parameters, 1e-3).defaults["eps"] == 1e-7
    assert build_optimizer("adamw", parameters, 1e-3).defaults["eps"] == 1e-7


@pytest.mark.parametrize(
    ("name", "near"), [("RMSProp", "rmsprop"), ("adamw2", "adamw"), ("sdg", "sgd")]
)
def test_an_unknown_name_is_refused_with_the_nearest(name, near):
    with pytest.raises(OptionError) as caught:
        build_optimizer(name, [nn.Parameter(torch.ones(1))], 1e-3)
    assert name in caught.value.given
    assert caught.value.do == near


@pytest.mark.parametrize("rate", [0.0, -1e-3, float("nan"), float("inf")])
def test_a_learning_rate_that_is_not_finite_and_above_zero_is_refused(rate):
    with pytest.raises(OptionError, match="learning_rate"):
        build_optimizer("sgd", [nn.Parameter(torch.ones(1))], rate)
