from typing import Any

import pytest
import torch
from torch import nn

from recurra.errors import OptionError
from recurra.training import Callback, ReduceLROnPlateau, Trainer

# Arguments and the learning rate of each epoch, which begins at 0.8: recorded from Keras 3.15.1
# on the same script (conftest.VAL_LOSS), rounded to six decimals.
RECORDED_FROM_KERAS: list[tuple[dict[str, Any], list[float]]] = [
    (
        {"factor": 0.5, "patience": 1},
        [
            *(0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.1, 0.1, 0.05, 0.025),
            *(0.0125, 0.0125, 0.00625, 0.003125, 0.001563),
        ],
    ),
    (
        {"factor": 0.5, "patience": 0},
        [
            *(0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.1, 0.1, 0.05, 0.025),
            *(0.0125, 0.0125, 0.00625, 0.003125, 0.001563),
        ],
    ),
    (
        {"factor": 0.5, "patience": 2},
        [0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1],
    ),
    (
        {"factor": 0.5, "patience": 1, "cooldown": 2},
        [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125],
    ),
    (
        {"factor": 0.5, "patience": 3, "cooldown": 1},
        [0.8] * 10 + [0.4] * 4 + [0.2],
    ),
    (
        {"factor": 0.1, "patience": 1, "min_lr": 0.02},
        [0.8, 0.8, 0.8, 0.08, 0.08] + [0.02] * 10,
    ),
    (
        {"factor": 0.5, "patience": 2, "min_delta": 0.02},
        [0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025],
    ),
    (
        {"factor": 0.5, "patience": 1, "mode": "max"},
        [
            *(0.8, 0.8, 0.4, 0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125),
            *(0.001563, 0.000781, 0.000391, 0.000195, 9.8e-05),
        ],
    ),
]


@pytest.mark.parametrize(("arguments", "rates"), RECORDED_FROM_KERAS)
def test_reduces_the_learning_rate_at_the_epochs_at_which_keras_does(
    scripted_fit, arguments, rates
):
    trainer = scripted_fit(ReduceLROnPlateau(**arguments))
    assert trainer.history.history["learning_rate"] == pytest.approx(rates, abs=6e-7)


def test_without_it_the_learning_rate_stays(scripted_fit):
    assert set(scripted_fit().history.history["learning_rate"]) == {0.8}


def test_the_steps_after_a_reduction_are_smaller():
    class Weights(Callback):
        def on_train_begin(self, trainer: Trainer) -> None:
            self.seen = [0.0]

        def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
            self.seen.append(trainer.model.weight.item())

    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    weights = Weights()
    # A loss whose gradient is 1 everywhere, watched as if it ought to rise: it never "improves".
    trainer = Trainer(
        model,
        lambda prediction, target: prediction.mean(),
        torch.optim.SGD(model.parameters(), lr=1.0),
        callbacks=[weights, ReduceLROnPlateau("loss", mode="max", patience=1, factor=0.5)],
    )
    trainer.fit((torch.ones(1, 1), torch.zeros(1, 1)), epochs=4)
    # Epochs 0 and 1 run at 1.0 (epoch 0 sets the best); 2 at 0.5, 3 at 0.25: worked by hand.
    assert weights.seen == [0.0, -1.0, -2.0, -2.5, -2.75]


def test_every_parameter_group_is_reduced_down_to_min_lr(scripted_fit):
    a, b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([{"params": [a], "lr": 1.0}, {"params": [b], "lr": 0.02}], lr=1.0)
    model = nn.Module()
    trainer = Trainer(model, nn.functional.mse_loss, optimizer)
    callback = ReduceLROnPlateau(factor=0.1, patience=1, min_lr=0.01)
    callback.on_train_begin(trainer)
    for epoch in range(2):
        callback.on_epoch_end(trainer, epoch, {"val_loss": 1.0})
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.1, 0.01])


def test_verbose_says_the_new_rate_on_stderr(scripted_fit, capsys):
    scripted_fit(ReduceLROnPlateau(factor=0.5, patience=1, verbose=1), values=(1.0, 1.0, 0.5))
    assert capsys.readouterr().err == "Epoch 2: learning rate reduced to 0.4\n"


def test_a_quantity_that_is_not_measured_is_refused(scripted_fit):
    with pytest.raises(OptionError, match="val_mape"):
        scripted_fit(ReduceLROnPlateau(monitor="val_mape", mode="min"))


@pytest.mark.parametrize(
    "arguments",
    [
        {"factor": 1.0},
        {"factor": 0.0},
        {"factor": -0.1},
        {"patience": -1},
        {"cooldown": -1},
        {"min_lr": -1e-3},
        {"min_lr": float("nan")},
        {"mode": "up"},
    ],
)
def test_bad_arguments_are_refused_at_once(arguments):
    with pytest.raises(OptionError):
        ReduceLROnPlateau(**arguments)
