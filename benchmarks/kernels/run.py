"""The compiled kernel beside torch.nn and beside the reference: correctness first, then time.

Pairs are timed in turn, so that both meet the same moods of the machine; the medians are compared.

    python benchmarks/kernels/run.py            # about four minutes; writes docs/results/kernels.md
"""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

import recurra
from recurra import Recurrent, cells, use_kernel

SHAPES = (
    (10, 32, 1, 50),
    (10, 32, 50, 100),
    (100, 32, 128, 128),
    (100, 64, 256, 256),
    (100, 32, 512, 512),
    (1000, 16, 64, 64),
)
OF_EVERY_CELL = (100, 32, 128, 128)
RESULTS = Path(__file__).parents[2] / "docs" / "results" / "kernels.md"
Step = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    parts = [head()]
    for threads in sorted({1, torch.get_num_threads()}):
        torch.set_num_threads(threads)
        parts.append(beside_torch(threads, arguments.rounds))
    parts.append(beside_the_reference(arguments.rounds))
    RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"written: {RESULTS}")


def head() -> str:
    kernel = recurra.LSTM(1, 1).kernel_report().partition(": ")[2].partition(": ")[2]
    return (
        "# The compiled kernel, timed\n\n"
        "`python benchmarks/kernels/run.py` made this page. Times are medians in milliseconds; a "
        "ratio above 1 means that Recurra is faster. Training is forward and backward to inputs, "
        "states and weights; float32.\n\n"
        f"Processor: {kernel.rpartition(',')[0]} ({platform.system()}). torch "
        f"{torch.__version__}, Python {platform.python_version()}."
    )


def beside_torch(threads: int, rounds: int) -> str:
    rows = [
        f"## Beside torch.nn, {threads} thread{'s' * (threads > 1)}",
        "| layer | (T, B, I, H) | training: Recurra | torch.nn | ratio "
        "| inference: Recurra | torch.nn | ratio |\n|---|---|---|---|---|---|---|---|",
    ]
    lines = []
    for name in ("LSTM", "GRU", "RNN"):
        ratios: list[list[float]] = [[], []]
        for shape in SHAPES:
            mine, theirs, x = pair(name, shape)
            times = [
                timed([training(m, x) for m in (mine, theirs)], rounds),
                timed([inference(m, x) for m in (mine, theirs)], rounds),
            ]
            found = [theirs / mine for mine, theirs in times]
            for kept, ratio in zip(ratios, found, strict=True):
                kept.append(ratio)
            cells_ = [f"{a:.2f} | {b:.2f} | {b / a:.2f}" for a, b in times]
            lines.append(f"| {name} | {shape} | {cells_[0]} | {cells_[1]} |")
            print(threads, lines[-1], flush=True)
        means = [math.exp(statistics.fmean(map(math.log, kept))) for kept in ratios]
        lines.append(
            f"| {name} | geometric mean | | | **{means[0]:.2f}** | | | **{means[1]:.2f}** |"
        )
    rows[1] += "\n" + "\n".join(lines)
    return "\n\n".join(rows)


def pair(name: str, shape: tuple[int, int, int, int]) -> tuple[nn.Module, nn.Module, Tensor]:
    """A layer of ours and of torch's with the same weights, which compute the same."""
    steps, rows, inputs, units = shape
    torch.manual_seed(0)
    theirs = getattr(nn, name)(inputs, units)
    mine = getattr(recurra, name)(inputs, units)
    mine.load_state_dict(theirs.state_dict())
    x = torch.randn(steps, rows, inputs)
    results = []
    for module in (mine, theirs):
        leaf = x.clone().requires_grad_()
        (module(leaf)[0] ** 2).mean().backward()
        results.append([leaf.grad, *(p.grad for p in module.parameters())])
        module.zero_grad()
    for found, wanted in zip(*results, strict=True):
        difference = (found - wanted).norm() / wanted.norm()
        if difference > 1e-4:
            raise SystemExit(f"{name} {shape}: gradients differ by {difference:.1e}")
    return mine, theirs, x.requires_grad_()


def training(module: nn.Module, x: Tensor) -> Step:
    return lambda: module(x)[0].sum().backward()


def inference(module: nn.Module, x: Tensor) -> Step:
    def run() -> None:
        with torch.no_grad():
            module(x)

    return run


def timed(steps: list[Step], rounds: int) -> tuple[float, float]:
    """The median milliseconds of two, timed in turn."""
    found: list[list[float]] = [[] for _ in steps]
    for number in range(rounds + 2):
        for step, times in zip(steps, found, strict=True):
            start = time.perf_counter()
            step()
            if number >= 2:
                times.append((time.perf_counter() - start) * 1000)
    first, second = (statistics.median(times) for times in found)
    return first, second


def beside_the_reference(rounds: int) -> str:
    steps, rows, inputs, units = OF_EVERY_CELL
    lines = [
        "| cell | compiled, training | reference | ratio |\n|---|---|---|---|",
    ]
    for name in cells.names():
        torch.manual_seed(0)
        layer = Recurrent(name, inputs, units)
        x = torch.randn(steps, rows, inputs, requires_grad=True)

        def with_kernel(kernel: str, layer: Recurrent = layer, x: Tensor = x) -> None:
            with use_kernel(kernel):
                layer(x)[0].sum().backward()

        mine, reference = timed(
            [lambda run=with_kernel: run("cpu"), lambda run=with_kernel: run("reference")],
            max(3, rounds // 3),
        )
        lines.append(f"| `{name}` | {mine:.1f} | {reference:.1f} | {reference / mine:.1f} |")
        print(lines[-1], flush=True)
    threads = torch.get_num_threads()
    return (
        f"## Every cell beside the reference, {threads} thread{'s' * (threads > 1)}\n\n"
        f"(T, B, I, H) = {OF_EVERY_CELL}; the reference is a loop in torch operations.\n\n"
        + "\n".join(lines)
    )


if __name__ == "__main__":
    main()
