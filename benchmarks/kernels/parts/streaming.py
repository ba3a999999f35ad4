"""One step at a time, batch of one, called from Python."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import stream_numpy
import stream_onnx
import stream_recurra
import stream_torch
import torch
from comparison import check
from figures import Row, figures
from settings import Settings
from stream import Served, Stream, inputs, served
from timing import summary

SIZES = (32, 64, 128, 256)
COMPARED = 50
A_ROUND = 1000
SOURCES = (stream_recurra, stream_torch, stream_numpy, stream_onnx)


def rows(settings: Settings) -> list[Row]:
    """A row for each number of units; times in microseconds."""
    torch.set_num_threads(1)
    sizes = SIZES[:1] if settings.small else SIZES
    with torch.inference_mode():
        return [_row(served(units), settings.rounds) for units in sizes]


def _row(model: Served, rounds: int) -> Row:
    _compare(model)
    streams = _streams(model)
    given = {name: inputs(A_ROUND, tensors=one.tensors) for name, one in streams.items()}
    times: dict[str, list[float]] = {name: [] for name in streams}
    for number in range(rounds + 1):
        for name, stream in streams.items():
            found = _timed(stream, given[name])
            times[name] += found if number else []
    row: Row = {"hidden size": model.hidden_size}
    row |= {name: figures(summary(one)) for name, one in times.items()}
    said = ", ".join(f"{name} {row[name]['median']:.1f}" for name in times)
    print(f"streaming, {model.hidden_size} units: {said} µs", flush=True)
    return row


def _streams(model: Served) -> dict[str, Stream]:
    """Every contestant, at its first step."""
    return {name: one for source in SOURCES for name, one in source.streams(model).items()}


def _timed(stream: Stream, given: list[Any]) -> list[float]:
    """The microseconds of each step."""
    step, clock, found = stream.step, time.perf_counter_ns, []
    for x in given:
        start = clock()
        step(x)
        found.append((clock() - start) / 1000)
    return found


def _compare(model: Served) -> None:
    """Ends the program where one does not give what torch.nn.LSTM does."""
    outputs = {name: _outputs(stream) for name, stream in _streams(model).items()}
    wanted = outputs["torch.nn.LSTM"]
    for name, found in outputs.items():
        check(f"streaming, {name}", {"the outputs": found}, {"the outputs": wanted})


def _outputs(stream: Stream) -> torch.Tensor:
    # Copied: a contestant may give the same memory again.
    given = inputs(COMPARED, tensors=stream.tensors)
    return torch.tensor([np.array(stream.step(x)).reshape(()).item() for x in given])
