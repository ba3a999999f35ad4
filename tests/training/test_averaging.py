"""A running average of weights is the sum that its definition says."""

import pytest
import torch
from torch import nn

from recurra.errors import OptionError
from recurra.training.averaging import WeightAverage


def test_the_average_is_the_weighted_sum_of_all_weights() -> None:
    model = nn.Linear(3, 2)
    average = WeightAverage(model, keep=0.9)
    expected = [weight.detach().double().clone() for weight in model.parameters()]
    for step in range(1, 200):
        with torch.no_grad():
            for weight in model.parameters():
                weight.add_(torch.randn_like(weight))
        average.update()
        keep = min(0.9, step / (step + 9))
        expected = [
            keep * old + (1 - keep) * new.detach().double()
            for old, new in zip(expected, model.parameters(), strict=True)
        ]
    for found, wanted in zip(average.weights, expected, strict=True):
        torch.testing.assert_close(found.double(), wanted, rtol=1e-5, atol=1e-5)


def test_inside_the_block_the_model_has_the_average_and_afterwards_its_own_weights() -> None:
    model = nn.Linear(2, 1)
    average = WeightAverage(model)
    with torch.no_grad():
        model.weight.fill_(5.0)
    averaged = average.weights[0].clone()

    def fails() -> None:
        with average.in_place():
            assert torch.equal(model.weight, averaged)
            raise RuntimeError("within")

    with pytest.raises(RuntimeError, match="within"):
        fails()
    assert torch.equal(model.weight, torch.full((1, 2), 5.0))
    assert torch.equal(average.weights[0], averaged)


def test_a_share_of_nothing_keeps_the_last_weights() -> None:
    model = nn.Linear(2, 1)
    average = WeightAverage(model, keep=0.0)
    with torch.no_grad():
        model.weight.fill_(3.0)
    average.update()
    assert torch.equal(average.weights[0], model.weight)


@pytest.mark.parametrize("keep", [1.0, -0.1, 2])
def test_a_share_out_of_range_is_refused(keep) -> None:
    with pytest.raises(OptionError):
        WeightAverage(nn.Linear(1, 1), keep)
