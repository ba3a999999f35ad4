"""Runs every peer of the reference case, one after the other, and writes one table.

    python benchmarks/reference_case/run.py --keras-python PATH --seeds 10

Accuracy only: each peer runs on one thread in a process of its own, and no time is reported.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import report

HERE = Path(__file__).resolve().parent
RESULT = HERE.parents[1] / "docs" / "results" / "reference_case.md"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


@dataclass(frozen=True)
class Peer:
    """A script of this folder, the arguments that choose its variant, and who runs it."""

    script: str
    arguments: tuple[str, ...]
    python: str


def peers(keras_python: str) -> list[Peer]:
    scales = ("raw", "standard")
    keras = [Peer("keras_peer.py", ("--scale", s), keras_python) for s in (*scales, "change")]
    torch = [
        Peer("torch_peer.py", ("--scale", s, "--rmsprop", o), sys.executable)
        for s in scales
        for o in ("torch", "keras")
    ]
    change = ("--scale", "change", "--rmsprop", "keras")
    torch.append(Peer("torch_peer.py", change, sys.executable))
    return [*keras, *torch, Peer("recurra_peer.py", (), sys.executable)]


def run_peer(peer: Peer, seeds: int) -> list[report.Variant]:
    """Runs one peer and reads its figures; a peer that fails stops the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "figures.json"
        command = [peer.python, str(HERE / peer.script), *peer.arguments]
        command += ["--seeds", str(seeds), "--json", str(output)]
        subprocess.run(command, check=True, env={**os.environ, **ONE_THREAD})
        return report.read(output)


def check_same_windows(variants: Iterable[report.Variant]) -> str:
    """The one checksum that all peers saw."""
    seen = {v.checksum for v in variants}
    if len(seen) != 1:
        raise SystemExit(f"The peers saw different windows: {sorted(seen)}")
    return seen.pop()


def processor() -> str:
    """The processor's name as the system gives it."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def spread(values: list[float | None]) -> str:
    """Median, minimum and maximum as three cells."""
    known = [v for v in values if v is not None]
    if not known:
        return "- | - | -"
    return f"{statistics.median(known):.2e} | {min(known):.2e} | {max(known):.2e}"


def row(variant: report.Variant) -> str:
    one_step = spread([r.test_mse for r in variant.results])
    recursive = spread([r.recursive_mae for r in variant.results])
    return f"| {variant.peer} | {variant.scale} | {variant.settings} | {one_step} | {recursive} |"


def table(variants: Iterable[report.Variant]) -> list[str]:
    """A table of some variants."""
    return [
        "| Peer | Scale | RMSprop | MSE median | min | max | 200-step MAE median | min | max |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(row, variants),
    ]


def page(variants: list[report.Variant], seeds: int) -> str:
    """The whole result as Markdown."""
    versions = sorted({f"- {v.versions}" for v in variants})
    return "\n".join(
        [
            "# Reference case: accuracy",
            "",
            "sin(0.1 t), 2,000 points, windows of 10, LSTM(50), LSTM(100), Dense(1), RMSprop 1e-3, "
            "batch 32, at most 50 epochs, float32, one thread.",
            f"One-step test MSE and the MAE of a 200-step recursive forecast over the test part, "
            f"both on the original scale, over {seeds} seeds.",
            "",
            *table(v for v in variants if v.peer == "Recurra" or v.scale != "change"),
            "",
            "Scale is what a network reads and answers: the values as they are (raw), in standard "
            "units of the training part (standard), or standard values in and out the change from "
            "the last value in standard units of such changes (change). Recurra's forecaster does "
            "the last by itself; Keras and PyTorch do what their user writes.",
            "",
            "## How much of it is the change",
            "",
            "The peers again, their user having written by hand what Recurra's forecaster does: "
            "nearly all of the lead above is this choice, none of it the engine. PyTorch's rows "
            "have its own first weights and epsilon outside the root; Keras's and Recurra's alike "
            "have Glorot-uniform and orthogonal first weights and epsilon inside the root.",
            "",
            *table(v for v in variants if v.scale == "change"),
            "",
            *versions,
            f"- processor: {processor()}; {platform.system()} {platform.machine()}",
            f"- series and split, SHA-256, the same for all: `{check_same_windows(variants)}`",
            "- command: `python benchmarks/reference_case/run.py --keras-python PATH "
            f"--seeds {seeds}`",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keras-python", required=True, help="interpreter with keras and jax")
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    variants = [v for p in peers(given.keras_python) for v in run_peer(p, given.seeds)]
    text = page(variants, given.seeds)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
