"""Keras on the JAX backend, with its own defaults wherever the case does not say otherwise."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import case
import jax
import keras
import numpy as np
import report


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


def callbacks(checkpoint: Path) -> list[keras.callbacks.Callback]:
    return [
        keras.callbacks.EarlyStopping("val_loss", patience=case.STOP_PATIENCE),
        keras.callbacks.ModelCheckpoint(
            str(checkpoint), "val_loss", save_best_only=True, save_weights_only=True
        ),
        keras.callbacks.ReduceLROnPlateau(
            "val_loss",
            factor=case.RATE_FACTOR,
            patience=case.RATE_PATIENCE,
            min_delta=case.RATE_MIN_DELTA,
        ),
    ]


def fit(model: keras.Model, data: case.Case) -> list[float]:
    """Trains, leaves the best epoch's weights in ``model``, returns the validation losses."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "best.weights.h5"
        history = model.fit(
            data.train.inputs,
            data.train.targets,
            validation_data=(data.validation.inputs, data.validation.targets),
            batch_size=case.BATCH,
            epochs=case.EPOCHS,
            callbacks=callbacks(checkpoint),
            verbose=0,
        )
        model.load_weights(checkpoint)
    return history.history["val_loss"]


def run_seed(data: case.Case, seed: int) -> report.SeedResult:
    keras.utils.set_random_seed(seed)
    model = build_model()
    losses = fit(model, data)
    return report.SeedResult(
        seed=seed,
        test_mse=case.test_mse(data, model.predict(data.test.inputs, verbose=0)),
        recursive_mae=case.recursive_mae(data, model.predict_on_batch),
        best_epoch=int(np.argmin(losses)) + 1,
        epochs=len(losses),
    )


def run(scale: case.ScaleName, seeds: int) -> report.Variant:
    data = case.build(scale)
    results = []
    for seed in range(seeds):
        results.append(run_seed(data, seed))
        report.say(f"keras {scale}", results[-1])
    versions = (
        f"Keras {keras.__version__}, JAX {jax.__version__}, Python {platform.python_version()}"
    )
    return report.Variant("Keras", scale, "defaults", versions, case.checksum(), results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--scale", choices=["raw", "standard", "change"], default="raw")
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    print(f"checksum {case.checksum()}")
    report.write([run(given.scale, given.seeds)], given.json)


if __name__ == "__main__":
    main()
