import numpy as np
import pytest
import torch
from torch import nn

from recurra.errors import OptionError
from recurra.training import RMSprop

WEIGHTS = [1.0, -2.0, 1e-3, 0.0]
GRADIENTS = [
    [1.0, -2.0, 1e-4, 0.0],
    [0.5, 1.0, -3e-4, 1e-6],
    [-1.0, 0.25, 2e-4, 0.0],
]
# The weights after each step of GRADIENTS with learning rate 0.1 in float32: Keras 3.15.1.
RECORDED_FROM_KERAS = [
    (
        {},
        [
            [0.683772385, -1.68377233, -0.0304658357, 0.0],
            [0.536330462, -1.83121431, 0.0600287169, -0.000316227612],
            [0.758005977, -1.86977863, 0.000508598983, -0.000316227612],
        ],
    ),
    (
        {"momentum": 0.9},
        [
            [0.683772385, -1.68377233, -0.0304658357, 0.0],
            [0.251725644, -1.54660928, 0.0317094624, -0.000316227612],
            [0.0845590979, -1.4617269, 0.0281471126, -0.000600832456],
        ],
    ),
    (
        {"rho": 0.5, "epsilon": 1e-3},
        [
            [0.858719826, -1.85861397, 0.000683773076, 0.0],
            [0.777178824, -1.94023645, 0.00163243385, -3.16227761e-06],
            [0.89769578, -1.96850264, 0.000999992131, -3.16227761e-06],
        ],
    ),
]


@pytest.mark.parametrize(("options", "expected"), RECORDED_FROM_KERAS)
def test_rmsprop_takes_the_steps_that_keras_takes(options, expected):
    weight = nn.Parameter(torch.tensor(WEIGHTS))
    optimizer = RMSprop([weight], lr=0.1, **options)
    for gradient, after in zip(GRADIENTS, expected, strict=True):
        weight.grad = torch.tensor(gradient)
        optimizer.step()
        assert weight.tolist() == pytest.approx(after, rel=2e-6, abs=1e-7)


def reference(w, gradients, *, lr, rho, momentum, epsilon=1e-7):
    """Keras's equations, one weight after another, in float64."""
    v, u = np.zeros_like(w), np.zeros_like(w)
    for g in gradients:
        v = rho * v + (1 - rho) * g * g
        u = momentum * u + lr * g / np.sqrt(v + epsilon)
        w = w - u
    return w


@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_rmsprop_equals_its_equations_on_several_tensors_and_groups(momentum):
    random = np.random.default_rng(0)
    shapes = [(3, 5), (7,), ()]
    starts = [random.normal(size=shape) for shape in shapes]
    gradients = [[random.normal(size=shape) for _ in range(20)] for shape in shapes]
    parameters = [nn.Parameter(torch.tensor(start)) for start in starts]
    optimizer = RMSprop(
        [{"params": parameters[:2]}, {"params": parameters[2:], "lr": 0.05, "rho": 0.99}],
        lr=0.01,
        momentum=momentum,
    )
    for step in range(20):
        for parameter, own in zip(parameters, gradients, strict=True):
            parameter.grad = torch.tensor(own[step])
        optimizer.step()
    for i, (lr, rho) in enumerate([(0.01, 0.9), (0.01, 0.9), (0.05, 0.99)]):
        expected = reference(starts[i], gradients[i], lr=lr, rho=rho, momentum=momentum)
        np.testing.assert_allclose(parameters[i].detach().numpy(), expected, rtol=1e-12)


def test_the_epsilon_inside_the_root_makes_steps_small_where_gradients_are_tiny():
    ours, torchs = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))
    ours.grad, torchs.grad = torch.tensor([1e-6]), torch.tensor([1e-6])
    RMSprop([ours], lr=1.0).step()
    torch.optim.RMSprop([torchs], lr=1.0, alpha=0.9).step()
    # By hand: 1e-6 / sqrt(1e-7) = 3.2e-3 against 1e-6 / sqrt(0.1 · 1e-12) = 3.2.
    assert ours.item() == pytest.approx(-3.16e-3, rel=1e-2)
    assert torchs.item() == pytest.approx(-3.16, rel=0.05)


@pytest.mark.parametrize(
    "options", [{"lr": 0.0}, {"rho": 1.0}, {"rho": -0.1}, {"epsilon": 0.0}, {"momentum": 1.0}]
)
def test_rmsprop_refuses_options_out_of_range(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        RMSprop([nn.Parameter(torch.ones(1))], **options)
