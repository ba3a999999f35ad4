"""What cannot be diagnosed is refused in words: what was given, what was expected, what to do."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from recurra import ManyToOne, Recurrent
from recurra.diagnose import diagnose
from recurra.errors import DataError, OptionError, ShapeError


@pytest.fixture
def layer() -> Recurrent:
    return Recurrent("gru", 2, 4, batch_first=True)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 6, 2)


@pytest.mark.parametrize("model", [nn.Linear(2, 3), nn.LSTM(2, 3), nn.Sequential()])
def test_a_model_without_a_recurrent_layer(model, x):
    with pytest.raises(OptionError, match="without a recurrent layer of Recurra") as caught:
        diagnose(model, x)
    assert "recurra.LSTM" in str(caught.value)


def test_what_is_no_model(x):
    with pytest.raises(OptionError, match="model="):
        diagnose("lstm", x)


class Idle(nn.Module):
    def __init__(self, layer: Recurrent) -> None:
        super().__init__()
        self.layer, self.head = layer, nn.Linear(2, 1)

    def forward(self, x):
        return self.head(x)


def test_a_model_that_does_not_call_its_layer(layer, x):
    with pytest.raises(OptionError, match="none of its layers ran: layer"):
        diagnose(Idle(layer), x)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_batch_with_what_is_no_number(layer, x, value):
    x[1, 2, 0] = value
    with pytest.raises(DataError, match="1 of 36 numbers NaN or infinite"):
        diagnose(layer, x)
    with pytest.raises(DataError, match="that reaches recurrent"):
        diagnose(ManyToOne(layer, 1), x)


def test_padding_that_is_no_number_is_none_of_its_business(layer, x):
    x[0, 4:] = math.nan
    assert math.isfinite(diagnose(layer, x, lengths=torch.tensor([4, 6, 6])).loss)


def test_weights_that_are_no_numbers(layer, x):
    with torch.no_grad():
        layer.weights(0, "forwards")["U_z"][0, 0] = math.nan
    with pytest.raises(DataError, match=r"parameter layers.0.forwards.U_z .* NaN"):
        diagnose(layer, x)


def test_a_single_step(layer, x):
    with pytest.raises(ShapeError, match="longest row has 1 step") as caught:
        diagnose(layer, x[:, :1])
    assert "at least 2" in str(caught.value)
    with pytest.raises(ShapeError, match="longest row has 1 step"):
        diagnose(layer, x, lengths=torch.tensor([1, 1, 0]))


@pytest.mark.parametrize("shape", [(3, 6, 5), (6,), (3, 0, 2), (2, 3, 6, 2)])
def test_wrong_shapes(layer, shape):
    with pytest.raises(ShapeError, match="an input of shape"):
        diagnose(layer, torch.zeros(shape))


def test_wrong_lengths(layer, x):
    with pytest.raises(ShapeError, match="lengths"):
        diagnose(layer, x, lengths=torch.tensor([9, 1, 1]))


def test_lengths_for_a_model_that_takes_none(layer, x):
    with pytest.raises(OptionError, match="Idle, whose forward does not take them"):
        diagnose(Idle(layer), x, lengths=torch.tensor([6, 6, 6]))


@pytest.mark.parametrize(
    "options",
    [
        {"needs": 0},
        {"needs": 2.5},
        {"rows": 0},
        {"probes": 0},
        {"steps": 1},
        {"steps": -3},
        {"seed": -1},
        {"seed": 0.5},
    ],
    ids=str,
)
def test_options_out_of_range(layer, x, options):
    with pytest.raises(OptionError, match=next(iter(options))):
        diagnose(layer, x, **options)


@pytest.mark.parametrize(
    "loss",
    [
        lambda given: given[0],
        lambda given: given[0].mean().item(),
        lambda given: given[0].detach().mean(),
        lambda given: None,
    ],
)
def test_a_loss_that_is_no_number_with_a_gradient(layer, x, loss):
    with pytest.raises(OptionError, match="a loss of"):
        diagnose(layer, x, loss=loss)


def test_targets_that_do_not_fit(layer, x):
    with pytest.raises(ShapeError, match=r"targets of shape \(3, 6\)"):
        diagnose(layer, x, targets=torch.zeros(3, 6))
    with pytest.raises(OptionError, match="without a loss") as caught:
        diagnose(layer, x, targets=torch.zeros(3, 6, dtype=torch.int64))
    assert "cross_entropy" in str(caught.value)
    assert (
        diagnose(
            layer,
            x,
            targets=torch.zeros(3, 6, dtype=torch.int64),
            loss=lambda given, target: nn.functional.cross_entropy(
                given[0].flatten(0, 1), target.flatten()
            ),
        )
        .layers[0]
        .weights_gradient
    )


class Odd(nn.Module):
    def __init__(self, layer: Recurrent, answer: object) -> None:
        super().__init__()
        self.layer, self.answer = layer, answer

    def forward(self, x):
        found = self.layer(x)[0]
        return {"named": {"output": found}, "empty": {}, "none": None, "whole": found.long()}[
            self.answer
        ]


def test_answers_of_every_kind(layer, x):
    assert diagnose(Odd(layer, "named"), x).loss == pytest.approx(diagnose(layer, x).loss)
    for answer in ("empty", "none", "whole"):
        with pytest.raises(OptionError, match="a model that gives"):
            diagnose(Odd(layer, answer), x)


class Twice(nn.Module):
    def __init__(self, layer: Recurrent) -> None:
        super().__init__()
        self.layer, self.other = layer, Recurrent("gru", 2, 4)

    def forward(self, x):
        return self.layer(x[:, :3])[0].mean() + self.layer(x)[0].mean()


def test_what_is_left_out_is_said(layer, x):
    found = diagnose(Twice(layer), x)
    assert "of 2 calls of layer the longest is seen" in found.notes
    assert "other was not called on this batch" in found.notes
    assert found.steps == 6
