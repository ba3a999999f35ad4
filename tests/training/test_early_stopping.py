import math
from typing import Any

import pytest

from recurra.errors import OptionError
from recurra.training import EarlyStopping

# Arguments; epochs run, stopped_epoch, best_epoch, epoch of the restored weights: recorded from
# Keras 3.15.1 on the same script (conftest.VAL_LOSS) with restore_best_weights=True.
RECORDED_FROM_KERAS: list[tuple[dict[str, Any], tuple[int, int, int, int]]] = [
    ({}, (3, 2, 1, 1)),
    ({"patience": 1}, (3, 2, 1, 1)),
    ({"patience": 2}, (6, 5, 3, 3)),
    ({"patience": 3}, (10, 9, 6, 6)),
    ({"patience": 2, "min_delta": 0.02}, (4, 3, 1, 1)),
    ({"patience": 3, "baseline": 0.7}, (3, 2, 1, 1)),
    ({"patience": 4, "baseline": 0.8}, (15, 14, 10, 10)),
    ({"patience": 1, "start_from_epoch": 4}, (6, 5, 4, 4)),
    ({"patience": 2, "mode": "max"}, (3, 2, 0, 0)),
    ({"patience": 5, "min_delta": -0.05}, (7, 6, 1, 1)),
]


@pytest.mark.parametrize(("arguments", "recorded"), RECORDED_FROM_KERAS)
def test_stops_and_restores_at_the_epochs_at_which_keras_does(
    scripted_fit, weight_of, arguments, recorded
):
    epochs, stopped, best, weight = recorded
    callback = EarlyStopping(restore_best_weights=True, **arguments)
    trainer = scripted_fit(callback)
    assert trainer.history.epoch == list(range(epochs))
    assert trainer.history.stopped == f"early stopping at epoch {stopped + 1}"
    assert (callback.stopped_epoch, callback.best_epoch) == (stopped, best)
    assert weight_of(trainer) == weight


def test_without_it_every_epoch_runs_and_the_last_weights_stay(scripted_fit, weight_of):
    trainer = scripted_fit()
    assert len(trainer.history.epoch) == 15
    assert trainer.history.stopped == "finished"
    assert weight_of(trainer) == 14


def test_weights_stay_those_of_the_last_epoch_unless_asked_to_be_restored(scripted_fit, weight_of):
    assert weight_of(scripted_fit(EarlyStopping(patience=2))) == 5


def test_best_weights_come_back_even_when_patience_never_ran_out(scripted_fit, weight_of):
    trainer = scripted_fit(EarlyStopping(patience=50, restore_best_weights=True))
    assert trainer.history.stopped == "finished"
    assert weight_of(trainer) == 10


def test_one_instance_serves_two_trainings(scripted_fit):
    callback = EarlyStopping(patience=2)
    first = scripted_fit(callback)
    second = scripted_fit(callback, values=(0.9, 0.95, 0.85, 0.99, 0.99, 0.99))
    assert len(first.history.epoch) == 6
    assert (len(second.history.epoch), callback.best) == (5, 0.85)


def test_a_first_nan_is_not_the_best_for_ever(scripted_fit):
    callback = EarlyStopping(patience=3)
    scripted_fit(callback, values=(math.nan, 0.5, 0.4))
    assert (callback.best, callback.best_epoch) == (0.4, 2)


def test_verbose_says_on_stderr_what_it_did(scripted_fit, capsys):
    scripted_fit(EarlyStopping(patience=2, restore_best_weights=True, verbose=1))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "Epoch 6: early stopping",
        "Weights of the best epoch, 4, are restored",
    ]


def test_a_quantity_that_is_not_measured_is_refused_with_those_that_are(scripted_fit):
    with pytest.raises(OptionError, match="learning_rate, loss, val_loss") as caught:
        scripted_fit(EarlyStopping(monitor="val_mape", mode="min"))
    assert "val_mape" in caught.value.given


@pytest.mark.parametrize(
    "arguments",
    [
        {"patience": -1},
        {"start_from_epoch": -1},
        {"mode": "least"},
        {"monitor": "accuracy"},
    ],
)
def test_bad_arguments_are_refused_at_once(arguments):
    with pytest.raises(OptionError):
        EarlyStopping(**arguments)
