"""What is logged while a network learns is what a diagnosis of it says."""

from __future__ import annotations

import math

import pytest
import torch

from recurra import ManyToOne, Recurrent, RMSprop, Trainer
from recurra.diagnose import MemoryLog, diagnose
from recurra.errors import OptionError


def trained(callback, epochs):
    torch.manual_seed(0)
    model = ManyToOne(Recurrent("lstm", 2, 4, batch_first=True), 1)
    x, y = torch.rand(12, 10, 2), torch.rand(12, 1)
    optimizer = RMSprop(model.parameters())
    trainer = Trainer(model, torch.nn.MSELoss(), optimizer, callbacks=[callback])
    return model, trainer.fit((x, y), epochs=epochs)


def test_the_last_epoch_is_the_diagnosis_of_the_trained_network():
    batch = torch.rand(3, 10, 2)
    model, history = trained(MemoryLog(batch), 2)
    (layer,) = diagnose(model, batch).layers
    found = {name: values[-1] for name, values in history.history.items()}
    name = "layer 0"
    assert found[f"memory/{name}"] == pytest.approx(layer.half_life)
    for gate, report in layer.gates.items():
        assert found[f"gates/{name}/{gate}"] == pytest.approx(report.saturated)
    lags = [0, 1, 2, 4, 8]
    for lag in lags:
        assert found[f"gradient/{name}/lag {lag}"] == pytest.approx(layer.gradient[9 - lag])
    assert sum(one.startswith("gradient/") for one in found) == len(lags)


def test_in_the_epochs_between_nothing_is_measured_and_training_is_not_touched():
    batch = torch.rand(3, 10, 2)
    _, watched = trained(MemoryLog(batch, every=2), 3)
    _, alone = trained(MemoryLog(batch, every=99), 3)
    assert watched.history["loss"] == alone.history["loss"]
    values = watched.history["memory/layer 0"]
    assert [not math.isnan(value) for value in values] == [True, False, True]


def test_every_must_be_a_count():
    with pytest.raises(OptionError, match="every"):
        MemoryLog(torch.rand(3, 10, 2), every=0)
