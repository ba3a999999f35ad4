"""What it costs to see inside: all gates and states of a series beside its prediction.

    OMP_NUM_THREADS=1 python benchmarks/explain/cost.py

For each network, the time of a prediction from a series of 5,000 steps and of the trace of every
gate and state of the same, taken in turn: the best of many rounds, in time of the processor, which
other work on the machine lengthens least. Then each part of a whole explanation, as so many times a
prediction. With Node and Chromium (``make viewer``) also how soon
the page on a trace is there, and how many frames a second it draws while it is zoomed and hovered
over.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from recurra import ManyToOne, Recurrent
from recurra.explain import (
    Attribution,
    Explanation,
    UnitMemory,
    integrated_gradients,
    occlusion,
    traces,
    unit_memory,
)
from recurra.explain.examining import Asked, Layer, Seen, effects, examine
from recurra.explain.wording import Words

STEPS = 5000
LEAST = 5
NETWORKS = [(cell, units) for cell in ("lstm", "gru", "elman", "slstm") for units in (64, 128, 512)]
WHOLE = [("lstm", 64), ("lstm", 128), ("gru", 128), ("slstm", 128)]
PAGES = [(1000, 128), (5000, 512)]
FRONTEND = Path(__file__).parents[2] / "frontend"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="For each network.")
    seconds = parser.parse_args().seconds
    print(f"{STEPS} steps, one row, {torch.get_num_threads()} thread(s), best of {seconds:g} s")
    print(
        "| network | prediction, ms | every gate and state, ms | times |\n| :-- | --: | --: | --: |"
    )
    for cell, units in NETWORKS:
        plain, seen, times = _cost(cell, units, seconds)
        print(f"| {cell}, {units} units | {plain:.1f} | {seen:.1f} | {times:.2f} |", flush=True)
    print(
        "\n| network | unit memory | integrated gradients | occlusion | held gates | "
        "all, with the trace |\n| :-- | --: | --: | --: | --: | --: |"
    )
    for cell, units in WHOLE:
        print(f"| {cell}, {units} units | {' | '.join(_whole(cell, units))} |", flush=True)
    if shutil.which("node") and shutil.which("chromium"):
        _pages()


def _cost(cell: str, units: int, seconds: float) -> tuple[float, float, float]:
    """The best of each, and their ratio: what else runs on a machine only ever adds."""
    torch.manual_seed(0)
    model = ManyToOne(Recurrent(cell, 1, units, batch_first=True), 1).eval()
    x = torch.randn(1, STEPS, 1)

    def predict() -> object:
        with torch.inference_mode():
            return model(x)

    plain: list[float] = []
    seen: list[float] = []
    ends = time.perf_counter() + seconds
    while len(plain) < LEAST or time.perf_counter() < ends:
        plain.append(_timed(predict))
        seen.append(_timed(lambda: traces(model, x)))
    return min(plain), min(seen), min(seen) / min(plain)


def _whole(cell: str, units: int) -> list[str]:
    """What each part of an explanation costs, the best of three, in predictions."""
    torch.manual_seed(0)
    model = ManyToOne(Recurrent(cell, 1, units, batch_first=True), 1).eval().requires_grad_(False)
    x = torch.randn(STEPS, 1)
    asked = Asked(model, x, torch.zeros_like(x), lambda one, batch: one(batch)[:, 0])
    (trace,) = traces(model, x.unsqueeze(0))
    parts: list[Callable[[], object]] = [
        lambda: model(x.unsqueeze(0)),
        lambda: unit_memory(trace.strand),
        lambda: integrated_gradients(asked.question),
        lambda: occlusion(asked.question),
        lambda: effects(asked),
        lambda: examine(asked, cell),
    ]
    plain, *costs = [
        min(_timed(part) for _ in range(3 + (part is parts[0]) * 20)) for part in parts
    ]
    return [f"{cost / plain:.1f}" for cost in costs]


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)


def _pages() -> None:
    print("\n| page | size, MB | first paint, ms | first lanes drawn, ms | frames a second |")
    print("| :-- | --: | --: | --: | --: |")
    lane = ".lane .plot:has(canvas[aria-label^='gate']) canvas"
    with tempfile.TemporaryDirectory() as folder:
        for steps, units in PAGES:
            path = Path(folder) / f"{steps}.html"
            _made(steps, units).save(path)
            job = {"url": path.as_uri(), "actions": [["paint", None], ["frames", lane]]}
            ran = subprocess.run(
                ["node", str(FRONTEND / "tests" / "drive.mjs"), str(shutil.which("chromium"))],
                input=json.dumps([job]),
                capture_output=True,
                text=True,
                check=True,
            )
            (found,) = json.loads(ran.stdout)
            paint, frames = found["found"]
            print(
                f"| {steps} x {units} | {path.stat().st_size / 1e6:.1f} | {paint:.0f} | "
                f"{found['ready']} | {frames['mean']:.0f} |"
            )


def _made(steps: int, units: int) -> Explanation:
    """A page of true gates and states; what is said beside them is made up."""
    torch.manual_seed(0)
    layer = Recurrent("lstm", 1, units, batch_first=True)
    (trace,) = traces(layer, torch.randn(1, steps, 1))
    chance = np.random.default_rng(0)
    parts = Attribution(chance.normal(size=(steps, 1)), 1.0, 0.0, "made up")
    memory = UnitMemory(chance.random((units, 30)), 1, whole=True)
    words = Words("the answer", [str(n) for n in range(steps)], "with nothing")
    seen = Seen("lstm", 1.0, (Layer(trace, memory),), parts, parts, ())
    return Explanation("made up", words, (seen,), chance.normal(size=steps).cumsum())


if __name__ == "__main__":
    main()
