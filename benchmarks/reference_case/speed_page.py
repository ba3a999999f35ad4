"""The comparison of speed as a page."""

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

import case

Found = Mapping[str, list[dict[str, Any]]]
"""By peer, for each round: ``seconds``, and what the peer told."""

LEFT_OUT = 2
"""Epochs at the start that do not count: things are compiled in them."""


def page(found: Found, processor: str, absent: Iterable[str]) -> str:
    """The whole page as Markdown."""
    rounds = max(len(runs) for runs in found.values())
    epochs = max(len(run["epoch_seconds"]) for runs in found.values() for run in runs)
    told = [run for runs in found.values() for run in runs]
    return "\n".join(
        [
            "# Reference case: speed",
            "",
            f"sin(0.1 t), {case.POINTS:,} points, windows of {case.LOOKBACK}, LSTM(50), LSTM(100), "
            f"Dense(1), RMSprop 1e-3, batch {case.BATCH}, {epochs} epochs of 50 steps and a "
            "validation, without early stopping, float32: whole processes, from their start to "
            "their predictions, imports and compiling included. Each peer with its own default "
            f"number of threads. Medians of {rounds} runs in turn, and the least.",
            "",
            "| Peer | whole process, s | least | an epoch, s | test MSE | threads |",
            "|---|---|---|---|---|---|",
            *(_row(name, runs) for name, runs in found.items()),
            "",
            f"An epoch is the median over all epochs after the first {LEFT_OUT}. The forecaster "
            "reads a table, and judges itself on the test part by forecasting 200 steps again and "
            "again; the trainer does what the peers do. An empty cache is what a first run on a "
            "machine meets, a filled one every run after it. torch.compile leaves torch.nn.LSTM "
            "as it is and compiles what is around it.",
            "",
            *(f"- left out: {name}" for name in absent),
            *sorted({f"- {run['versions']}" for run in told}),
            f"- processor: {processor}",
            f"- command: `python benchmarks/reference_case/speed.py --rounds {rounds}`",
            "",
        ]
    )


def epoch(runs: list[dict[str, Any]]) -> float:
    """The median seconds of an epoch."""
    each = [second for run in runs for second in run["epoch_seconds"][LEFT_OUT:]]
    return statistics.median(each) if each else float("nan")


def _row(name: str, runs: list[dict[str, Any]]) -> str:
    seconds = [run["seconds"] for run in runs]
    mse = statistics.median(run["test_mse"] for run in runs)
    return (
        f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {epoch(runs):.3f} "
        f"| {mse:.1e} | {runs[0]['threads']} |"
    )
