"""Polyphonic music: nats a step on the test parts of the JSB chorales and of Nottingham.

    python benchmarks/music/polyphonic.py ../shared/data/music/polyphonic_pianoroll

Trains a model on each collection, reads the test part once at the end, and lets the model go on
from the start of a test piece. Writes docs/results/music.md and its pictures; with other than the
usual passes, to .bench/smoke instead. Ctrl-C leaves what was there as it was. The .mat files are
read by scipy, which comes with recurra[tasks].
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch
from continuation import Continued, continued
from model import nats_per_step
from page import Result, page
from picture import draw
from pieces import read
from settings import CHORALES, NOTTINGHAM, Settings

from recurra import atomic
from training import train

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    given = _arguments()
    torch.set_num_threads(given.threads)
    docs = ROOT / ".bench" / "smoke" if given.passes else ROOT / "docs"
    found = []
    for settings in (CHORALES, NOTTINGHAM):
        one = replace(settings, passes=given.passes) if given.passes else settings
        found.append(_result(one, given.data, given.seed))
    for result, piece in found:
        draw(piece, docs / "pictures" / result.picture)
    text = page([result for result, _ in found], given.seed, "../pictures")
    atomic.write(docs / "results" / "music.md", text.encode())


def _result(settings: Settings, data: Path, seed: int) -> tuple[Result, Continued]:
    music = read(data / settings.file)
    found = train(settings, music, seed)
    test = nats_per_step(found.model, music.test)
    parameters = sum(weight.numel() for weight in found.model.parameters())
    print(f"{settings.name}: {test:.4f} nats a step on the test part, {parameters:,} parameters")
    name = f"music-{settings.name.split()[-1].lower()}.png"
    result = Result(settings, parameters, found.nats, found.best, test, found.minutes, name)
    return result, continued(found.model, music.test[0], settings.given, seed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="the folder of the .mat files")
    parser.add_argument("--passes", type=int, default=0, help="other than the usual")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
