"""Denoising by recurrent sweeps over images, beside a median filter: decibels on Set12.

    python benchmarks/denoising/run.py ../shared/data/image_to_image/dncnn_gray

The folder holds train.zip and Set12.zip. Twelve training pictures are held out; Set12 is read once,
at the end. Writes docs/results/denoising.md and its pictures; with other than the usual settings,
to .bench/smoke instead. The weights go to .bench/denoising.safetensors. Ctrl-C ends it, and
nothing is written.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import asdict, fields
from pathlib import Path

import torch
from measures import decibels
from median import best_size
from model import build
from page import Made, page
from pictures import noisy, read
from results import Result, judge, mean
from settings import HELD_OUT, ROOT, USUAL, VALIDATION_NOISE, Settings
from strips import draw

from recurra import atomic
from recurra.training.weights import write_weights
from training import train

SHOWN = {"03": "peppers", "05": "butterfly", "09": "woman"}
"""The test pictures that are shown, chosen before any result was seen."""


def main() -> None:
    given = _arguments()
    settings = Settings(**{field.name: getattr(given, field.name) for field in fields(Settings)})
    torch.set_num_threads(given.threads)
    pictures = torch.stack(list(read(given.folder / "train.zip").values()))
    held_out, learned = pictures[:HELD_OUT], pictures[HELD_OUT:]
    size = best_size(learned)
    model = build(settings)
    parameters = sum(weight.numel() for weight in model.parameters())
    print(f"{parameters:,} parameters, {len(learned)} pictures", flush=True)
    processor = time.process_time()
    generator = torch.Generator().manual_seed(VALIDATION_NOISE)
    history = train(model, settings, learned, (noisy(held_out, generator), held_out))
    if history.interrupted:
        raise SystemExit("interrupted: nothing was written")
    write_weights(model, ROOT / ".bench" / "denoising.safetensors")
    made = Made(
        settings,
        parameters,
        trained=len(learned),
        validation=decibels(history.history["val_loss"][-1]),
        minutes=history.seconds / 60,
        processor=(time.process_time() - processor) / 60,
        threads=given.threads,
        cores=os.cpu_count() or 1,
        median_size=size,
    )
    _write(made, judge(model, read(given.folder / "Set12.zip"), size))


def _write(made: Made, results: list[Result]) -> None:
    usual = made.settings == USUAL
    results_folder = ROOT / "docs" / "results" if usual else ROOT / ".bench" / "smoke"
    for result in results:
        # Beside the repository's files: the pictures are their photographers'.
        if result.name in SHOWN:
            draw(result, ROOT / ".bench" / "denoising" / f"{SHOWN[result.name]}.png")
    atomic.write(results_folder / "denoising.md", page(made, results).encode())
    for method in results[0].images:
        print(f"{method}: {mean(results, method):.2f} dB on average")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where train.zip and Set12.zip are")
    for name, usual in asdict(USUAL).items():
        parser.add_argument(f"--{name}", type=type(usual), default=usual)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
