"""Recurra's forecaster with its own preprocessing; everything else as the case says."""

import argparse
import platform
from importlib.metadata import version
from pathlib import Path

import case
import polars as pl
import report
import torch

import recurra


def frame() -> pl.DataFrame:
    """The series as unique_id, ds, y: what a user's table looks like."""
    values = case.series()
    return pl.DataFrame(
        {"unique_id": ["sine"] * len(values), "ds": range(len(values)), "y": values}
    )


def run_seed(data: pl.DataFrame, seed: int) -> report.SeedResult:
    forecaster = recurra.Forecaster(
        cell="lstm",
        hidden_size=case.HIDDEN,
        lookback=case.LOOKBACK,
        horizon=case.HELD_OUT,
        strategy="recursive",
        optimizer="rmsprop",
        learning_rate=case.LEARNING_RATE,
        epochs=case.EPOCHS,
        batch_size=case.BATCH,
        validation=case.HELD_OUT,
        test=case.HELD_OUT,
        seed=seed,
    )
    forecaster.fit(data)
    return report.SeedResult(
        seed=seed,
        test_mse=float(forecaster.evaluation_.one_step.mse),
        recursive_mae=float(forecaster.evaluation_.multi_step.mae),
        best_epoch=None,
        epochs=None,
    )


def run(seeds: int) -> report.Variant:
    data = frame()
    results = []
    for seed in range(seeds):
        results.append(run_seed(data, seed))
        report.say("recurra", results[-1])
    versions = (
        f"Recurra {version('recurra')}, PyTorch {torch.__version__}, "
        f"Python {platform.python_version()}"
    )
    return report.Variant("Recurra", "change", "defaults", versions, case.checksum(), results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    torch.set_num_threads(1)
    # the forecaster cuts its own windows from the table: this vouches for the series and the split
    print(f"checksum {case.checksum()}")
    report.write([run(given.seeds)], given.json)


if __name__ == "__main__":
    main()
