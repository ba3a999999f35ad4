"""The peer of trials.py that is Keras with KerasTuner; trials.py starts it, in Keras's environment.

    .bench/keras-jax/bin/python benchmarks/studies/keras_trials.py DATA.npz CELL UNITS PASSES TRIALS

Reads a line before each trial and answers with a line of JSON after it: the processor's seconds
that the trial took, and its loss on the held-out part. So trials.py lets its peers take turns.

The sequences are padded in front, as Keras's own ``pad_sequences`` does, so that the last step is
the last step of each and no mask is needed, which is Keras's fastest way.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import keras_tuner
import numpy as np
from keras import layers, ops

ROWS = 32


class Peepholes(layers.Layer):
    """The cell of a peephole LSTM, as one writes it in Keras."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.state_size = [units, units]
        self.output_size = units

    def build(self, shape: tuple[int, ...]) -> None:
        """Makes the weights, for inputs (B, I)."""
        self.read = self.add_weight(shape=(shape[-1], 4 * self.units), name="read")
        self.again = self.add_weight(
            shape=(self.units, 4 * self.units), initializer="orthogonal", name="again"
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")
        self.look = self.add_weight(shape=(3, self.units), initializer="zeros", name="look")

    def call(self, x: Any, states: Any) -> Any:
        """A step: what is shown, and the states after it."""
        h, c = states
        i, f, g, o = ops.split(
            ops.matmul(x, self.read) + ops.matmul(h, self.again) + self.bias, 4, 1
        )
        i = ops.sigmoid(i + self.look[0] * c)
        f = ops.sigmoid(f + self.look[1] * c)
        c = f * c + i * ops.tanh(g)
        h = ops.sigmoid(o + self.look[2] * c) * ops.tanh(c)
        return h, [h, c]


def reader(cell: str, units: int) -> keras.Layer:
    match cell:
        case "lstm":
            return layers.LSTM(units)
        case "gru":
            return layers.GRU(units)
        case _:
            return layers.RNN(Peepholes(units))


class Trials(keras_tuner.HyperModel):
    """What KerasTuner searches: a network, and a training of it that waits for its turn."""

    def __init__(self, cell: str, units: int, data: dict[str, np.ndarray], passes: int) -> None:
        super().__init__()
        self.cell, self.units, self.data, self.passes = cell, units, data, passes

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """The network, with the rate that was drawn."""
        rate = hp.Float("learning_rate", 3e-4, 3e-2, sampling="log")
        model = keras.Sequential(
            [
                keras.Input(self.data["x_train"].shape[1:]),
                reader(self.cell, self.units),
                layers.Dense(int(self.data["y_train"].max()) + 1),
            ]
        )
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=1.0),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        return model

    def fit(self, hp: Any, model: keras.Model, *args: Any, **options: Any) -> Any:
        """Trains it, and reads the test part at the end."""
        data = self.data
        history = model.fit(
            data["x_train"],
            data["y_train"],
            batch_size=ROWS,
            epochs=self.passes,
            validation_data=(data["x_validation"], data["y_validation"]),
            validation_batch_size=64,
            **options,
        )
        model.evaluate(data["x_test"], data["y_test"], batch_size=64, verbose=0)
        return history


class InTurn(keras_tuner.RandomSearch):
    """Each trial begins when a line is read, and tells what it took."""

    def run_trial(self, trial: Any, *args: Any, **options: Any) -> Any:
        """Waits for its turn first."""
        sys.stdin.readline()
        started = time.process_time()
        history = super().run_trial(trial, *args, **options)
        seconds = time.process_time() - started
        loss = min(history[0].history["val_loss"])
        print(json.dumps({"seconds": seconds, "loss": loss}), file=sys.__stdout__, flush=True)
        return history


def main(file: str, cell: str, units: str, passes: str, trials: str) -> None:
    with np.load(file) as held:
        data = dict(held)
    # JAX starts a thread for each core it may use.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        tuner = InTurn(
            Trials(cell, int(units), data, int(passes)),
            objective="val_loss",
            max_trials=int(trials),
            seed=0,
            directory=folder,
            project_name=cell,
        )
        print(
            json.dumps({"keras": keras.__version__, "tuner": keras_tuner.__version__}), flush=True
        )
        tuner.search(verbose=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
