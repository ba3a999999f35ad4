"""Recurra's forecaster: from the table to the forecast, judged on held-out time on the way."""

from importlib.metadata import version

import case
import recurra_peer
import speed_told
import torch
from speed_stopwatch import Stopwatch

import recurra


def main() -> None:
    watch = Stopwatch()
    forecaster = recurra.Forecaster(
        cell="lstm",
        hidden_size=case.HIDDEN,
        lookback=case.LOOKBACK,
        horizon=case.HELD_OUT,
        strategy="recursive",
        optimizer="rmsprop",
        learning_rate=case.LEARNING_RATE,
        epochs=speed_told.epochs(),
        batch_size=case.BATCH,
        validation=case.HELD_OUT,
        test=case.HELD_OUT,
        callbacks=[watch],
        seed=0,
    )
    forecaster.fit(recurra_peer.frame())
    forecaster.predict()
    evaluation = forecaster.evaluation_
    assert evaluation is not None
    versions = f"Recurra {version('recurra')}, PyTorch {torch.__version__}, {speed_told.python()}"
    threads = f"torch {torch.get_num_threads()}"
    mse = float(evaluation.one_step.mse)
    speed_told.tell(speed_told.Told(watch.seconds, mse, threads, versions))


if __name__ == "__main__":
    main()
