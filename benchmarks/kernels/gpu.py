"""Cells on an NVIDIA GPU: first whether they compute what the reference does, then their times.

    python benchmarks/kernels/gpu.py --processes 8

Prints the tables of docs/results/gpu.md. Every cell is compared on the GPU, in float32, with the
reference on the CPU in float64: outputs, states and all gradients. Times are medians by the clock
on the wall, until the GPU has done its work, of a layer's call without gradients and of a call with
the backward pass; beside them those of torch.nn, which calls cuDNN, and of the reference on the
same GPU. Products are exact in float32 for all of them.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

import torch
from torch import Tensor, nn

from recurra import Recurrent, cells, use_kernel
from recurra.cells import LSTM, LayerNorm, Zoneout

CHECKED = {"plain": (40, 70, 32, 128), "marked": (6, 20, 5, 40), "small": (10, 32, 50, 50)}
CHECKED |= {"many rows": (3, 5000, 8, 64), "wide": (3, 9, 7, 1030), "both": (4, 700, 8, 300)}
"""T, B, I and H of each comparison; "marked" has lengths and resets and asks for all states."""

LARGE = (("lstm", "many rows"), ("lstm_fgr", "many rows"), ("lstm", "wide"), ("gru", "both"))
"""Layers and batches of which each program has several blocks, or large ones."""

REGULARISED = {
    "a normalised LSTM": LayerNorm(LSTM()),
    "an LSTM with Zoneout": Zoneout(LSTM(), 0.3),
}

TIMED = ("lstm", "gru", "lstm_peephole", "slstm", "mut1")
TORCH = {"lstm": nn.LSTM, "gru": nn.GRU}
SHAPES = ((10, 32, 50), (100, 64, 128), (256, 128, 256), (512, 64, 512))
LSTM_ALONE = ((1, 1, 256), (64, 1024, 256))
"""T, B and H; the input is as wide as the layer."""

MOST = 1e-5
"""The largest difference, relative to one more than the largest number."""


def layer_of(name: str, inputs: int, units: int) -> Recurrent:
    torch.manual_seed(4)
    layer = Recurrent(REGULARISED.get(name, name), inputs, units)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 8)
    return layer


def everything(layer: Recurrent, x: Tensor, **options: object) -> list[Tensor]:
    """Outputs, states and all gradients."""
    x = x.clone().requires_grad_()
    output, state = layer(x, seed=5, **options)
    states = [state] if isinstance(state, Tensor) else [*state]
    parts = [output, *(part for part in states if part.is_floating_point())]
    weights = torch.linspace(-1, 1, output.numel(), dtype=torch.float64).view_as(output)
    loss = (output * weights.to(output)).sum() + sum(part.square().sum() for part in parts[1:])
    sources = [x, *layer.parameters()]
    return [*parts, *torch.autograd.grad(loss, sources, materialize_grads=True, allow_unused=True)]


def compared(name: str, kind: str) -> tuple[str, str, float, float]:
    """The largest difference of a cell's numbers from the reference's, and that of rounding."""
    torch.set_num_threads(1)
    steps, rows, inputs, units = CHECKED[kind]
    layer = layer_of(name, inputs, units)
    x = torch.randn(steps, rows, inputs)
    options: dict[str, object] = {}
    if kind == "marked":
        options = {"states": "all", "lengths": [row % (steps + 1) for row in range(rows)]}
        options["reset"] = torch.rand(steps, rows) < 0.3
    with use_kernel("reference"):
        rounded = everything(layer, x, **options)
        wanted = everything(copy.deepcopy(layer).double(), x.double(), **options)
    layer.cuda()
    there = {n: o.cuda() if isinstance(o, Tensor) else o for n, o in options.items()}
    with use_kernel("gpu"):
        found = everything(layer, x.cuda(), **there)
        with torch.no_grad():
            plain = layer(x.cuda(), seed=5, **there)[0]
    apart = max(farthest(found, wanted), farthest([plain], wanted[:1]))
    return name, kind, apart, farthest(rounded, wanted)


def farthest(found: list[Tensor], wanted: list[Tensor]) -> float:
    pairs = zip(found, wanted, strict=True)
    apart = [((a.cpu().double() - b).abs().max() / (1 + b.abs().max())).item() for a, b in pairs]
    return max(one if one == one else float("inf") for one in apart)  # noqa: PLR0124 - NaN


def check(processes: int, patience: float) -> None:
    """Compares all cells, in several processes, since compiling them takes the time.

    What has not come back after so many seconds counts as failed.
    """
    jobs = [(name, kind) for kind in ("plain", "marked") for name in (*cells.names(), *REGULARISED)]
    jobs += [*LARGE, *((name, "small") for name in TIMED)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting = {pool.submit(compared, *job): job for job in jobs}
        failed, differences = [], {}
        try:
            for future in as_completed(waiting, timeout=patience):
                job = waiting.pop(future)
                if (error := future.exception()) is not None:
                    failed.append(f"{job}: {type(error).__name__}: {str(error)[-300:]}")
                    continue
                *_, found, rounded = future.result()
                differences[job] = found
                if not found <= max(MOST, 4 * rounded):
                    failed.append(f"{job}: {found:.1e} apart, where rounding makes {rounded:.1e}")
        except TimeoutError:
            failed += [f"{job}: no answer" for job in waiting.values()]
            for process in pool._processes.values():
                process.kill()
    worst = max(differences, key=differences.__getitem__)
    print(f"{len(differences)} of {len(jobs)} comparisons made, farthest apart:")
    print(f"{worst[0]} ({worst[1]}), {differences[worst]:.1e}")
    print("\n".join(failed) or "no failure", flush=True)


def median(run: Callable[[], object], seconds: float, least: int = 3) -> float:
    """The median time of a run, in milliseconds, after two that do not count."""
    run()
    run()
    torch.cuda.synchronize()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2] * 1000


def times(layer: nn.Module, x: Tensor, seconds: float) -> tuple[float, float]:
    """Milliseconds without gradients and with the backward pass."""
    gradient = torch.randn_like(layer(x)[0])

    def forwards() -> None:
        with torch.no_grad():
            layer(x)

    def both() -> None:
        layer.zero_grad()
        layer(x.detach().requires_grad_())[0].backward(gradient)

    return median(forwards, seconds), median(both, seconds)


def rows(seconds: float) -> Iterator[str]:
    for steps, batch, units in (*SHAPES, *LSTM_ALONE):
        x = torch.randn(steps, batch, units, device="cuda")
        for name in TIMED if (steps, batch, units) in SHAPES else ("lstm",):
            layer = layer_of(name, units, units).cuda()
            mine = times(layer, x, seconds)
            with use_kernel("reference"):
                plain = times(layer, x, seconds / 5)
            beside = "| | |"
            if name in TORCH:
                theirs = times(TORCH[name](units, units).cuda(), x, seconds)
                beside = f"| {theirs[0]:.2f} | {theirs[1]:.2f} |"
            yield (
                f"| {name} | ({steps}, {batch}, {units}) | {mine[0]:.2f} | {mine[1]:.2f} "
                f"{beside} {plain[0]:.1f} | {plain[1]:.1f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each time, about")
    parser.add_argument("--patience", type=float, default=600, help="seconds for all comparisons")
    asked = parser.parse_args()
    torch.backends.cudnn.allow_tf32 = False
    start = time.perf_counter()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}", flush=True)
    check(asked.processes, asked.patience)
    print(f"in {time.perf_counter() - start:.0f} s\n", flush=True)
    print("| cell | (T, B, H) | Recurra | with gradients | cuDNN | with | loop | with |")
    print("| :-- | :-- | --: | --: | --: | --: | --: | --: |")
    for row in rows(asked.seconds):
        print(row, flush=True)


if __name__ == "__main__":
    main()
