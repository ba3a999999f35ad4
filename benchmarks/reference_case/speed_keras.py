"""Keras with its own defaults, on the backend that KERAS_BACKEND names."""

import importlib
import os
import time

import case
import keras
import speed_told

BACKENDS = {"jax": "JAX", "tensorflow": "TensorFlow"}


class Stopwatch(keras.callbacks.Callback):
    """Keeps the seconds of each epoch, its validation included."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._start = 0.0

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Starts."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Stops."""
        self.seconds.append(time.perf_counter() - self._start)


def build_model() -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((case.LOOKBACK, 1)),
            keras.layers.LSTM(case.HIDDEN[0], return_sequences=True),
            keras.layers.LSTM(case.HIDDEN[1]),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.RMSprop(case.LEARNING_RATE), loss="mse")
    return model


def main() -> None:
    data = case.build(speed_told.SCALE)
    keras.utils.set_random_seed(0)
    model, watch = build_model(), Stopwatch()
    model.fit(
        data.train.inputs,
        data.train.targets,
        validation_data=(data.validation.inputs, data.validation.targets),
        batch_size=case.BATCH,
        epochs=speed_told.epochs(),
        callbacks=[watch],
        verbose=0,
    )
    mse = case.test_mse(data, model.predict(data.test.inputs, verbose=0))
    backend = keras.config.backend()
    engine = f"{BACKENDS[backend]} {importlib.import_module(backend).__version__}"
    versions = f"Keras {keras.__version__}, {engine}, {speed_told.python()}"
    threads = f"{BACKENDS[backend]}'s default for {os.cpu_count()} cores"
    speed_told.tell(speed_told.Told(watch.seconds, mse, threads, versions))


if __name__ == "__main__":
    main()
