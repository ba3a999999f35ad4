"""Steps a second: two processes that share a training beside two threads in one.

    OMP_NUM_THREADS=1 python benchmarks/processes/sharing.py [--rounds 5]

Both are measured in turn, round after round, so that whatever else the machine does falls on
both: milliseconds a step of the fastest round, by how much two processes are faster than two
threads there, and in the median of the rounds. The last line is what sharing costs a step, whatever
the model: the same tiny step alone and shared, each process doing all of it.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import multiprocessing
import os
import statistics
import tempfile
import time
from multiprocessing.connection import Connection

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional

from recurra import Recurrent
from recurra.training import AdamW, StepTrainer

SIZES = {
    "LSTM of 128, 64 rows of 100 steps": ("lstm", 128, 64, 100, 6),
    "LSTM of 256, 64 rows of 100 steps": ("lstm", 256, 64, 100, 3),
    "MUT1 of 128, 64 rows of 100 steps": ("mut1", 128, 64, 100, 6),
}
"""Cell, units, rows of a batch, steps of a row, and the training steps that are timed."""

TINY = ("lstm", 8, 2, 2, 100)
TINY_ROUNDS = 15
INPUTS = 32


def seconds_a_step(size: tuple[str, int, int, int, int], *, each: int = 1) -> float:
    """Of a training of this process, or of all that share it; each row comes ``each`` times."""
    cell, units, rows, steps, count = size
    torch.manual_seed(0)
    model = nn.ModuleList([Recurrent(cell, INPUTS, units, batch_first=True), nn.Linear(units, 1)])
    x, y = torch.randn(rows * each, steps, INPUTS), torch.randn(rows * each, steps, 1)

    def loss(places: Tensor) -> Tensor:
        return functional.mse_loss(model[1](model[0](x[places])[0]), y[places])

    def fit(length: int) -> float:
        optimizer = AdamW(model.parameters(), lr=1e-3)
        trainer: StepTrainer[Tensor] = StepTrainer(model, loss, optimizer, length, looks=1)
        return trainer.fit(itertools.repeat(torch.arange(rows * each))).seconds

    fit(2)
    return fit(count) / count


def serve(rank: int, store: str, pipe: Connection) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    with contextlib.suppress(EOFError):
        while True:
            size, each = pipe.recv()
            pipe.send(seconds_a_step(size, each=each))


class Pair:
    """Two processes of a thread each."""

    def __init__(self, folder: str) -> None:
        fresh = multiprocessing.get_context("spawn")
        self.pipes = []
        for rank in range(2):
            own, theirs = fresh.Pipe()
            fresh.Process(target=serve, args=(rank, f"{folder}/store", theirs), daemon=True).start()
            self.pipes.append(own)

    def seconds_a_step(self, size: tuple[str, int, int, int, int], *, each: int = 1) -> float:
        """As :func:`seconds_a_step`, of both together."""
        for pipe in self.pipes:
            pipe.send((size, each))
        return max(pipe.recv() for pipe in self.pipes)


def alone(threads: int, size: tuple[str, int, int, int, int]) -> float:
    torch.set_num_threads(threads)
    return seconds_a_step(size)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(folder)
        print("| training | 1 thread | 2 threads | 2 processes | fastest | median |")
        print("|---|--:|--:|--:|--:|--:|")
        for name, size in SIZES.items():
            found = [
                (alone(1, size), alone(2, size), pair.seconds_a_step(size)) for _ in range(rounds)
            ]
            fastest = [min(column) for column in zip(*found, strict=True)]
            ratios = [threads / processes for _, threads, processes in found]
            told = " | ".join(f"{1000 * one:.1f}" for one in fastest)
            print(
                f"| {name} | {told} | {fastest[1] / fastest[2]:.2f} "
                f"| {statistics.median(ratios):.2f} |",
                flush=True,
            )
        costs = [pair.seconds_a_step(TINY, each=2) - alone(1, TINY) for _ in range(TINY_ROUNDS)]
        print(f"\nWhat sharing costs a step: {1000 * min(costs):.1f} ms at least,", end=" ")
        print(f"{1000 * statistics.median(costs):.1f} ms in the median of {TINY_ROUNDS} rounds")


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"{time.perf_counter() - started:.0f} s in all")
