"""Music with the defaults: the JSB chorales and Nottingham, by the commands themselves.

    OMP_NUM_THREADS=1 python benchmarks/applications/music.py PATH [--set chorales|nottingham]

PATH holds ``JSB_Chorales.mat`` and ``Nottingham.mat``, the piano rolls of Boulanger-Lewandowski et
al. 2012 (arXiv:1206.6392) in their published parts. ``recurra fit music`` learns from the training
part, keeps the weights that are best on the validation part, and reads the test part once, at the
end. Models lie in .bench/music; a set whose model is there is not learned again. Writes
docs/results/music.md and its pictures when both sets are run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / ".bench" / "music"


@dataclass(frozen=True)
class Collection:
    """A set.

    Attributes:
        name: As the page calls it.
        file: Of the set.
        published: Nats a step on the test part, by model: Bai et al. 2018 (arXiv:1803.01271),
            table 1.
        published_size: The parameters of each of their models, about.
    """

    name: str
    file: str
    published: Mapping[str, float]
    published_size: str


SETS = {
    "chorales": Collection(
        "JSB chorales",
        "JSB_Chorales.mat",
        {"RNN": 8.91, "GRU": 8.43, "LSTM": 8.45, "TCN": 8.10},
        "300K",
    ),
    "nottingham": Collection(
        "Nottingham",
        "Nottingham.mat",
        {"RNN": 4.05, "GRU": 3.46, "LSTM": 3.29, "TCN": 3.07},
        "1M",
    ),
}


def measured(key: str, folder: Path, seed: int) -> dict[str, Any]:
    """What ``recurra fit music`` says of a set."""
    model = MODELS / f"{key}.safetensors"
    if not model.exists():
        command = [
            "fit",
            "music",
            folder / SETS[key].file,
            "--out",
            model,
            "--seed",
            seed,
            "--json",
        ]
        called = [sys.executable, "-m", "recurra", *map(str, command)]
        subprocess.run(called, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(model.with_suffix(".json").read_text())
    print(f"{SETS[key].name}: {found['verdict']}")
    return found


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def write(found: dict[str, dict[str, Any]], seed: int) -> None:
    sets = [SETS[key] for key in found]
    own = [
        row(
            f"Recurra, {one['network'].removeprefix('1 layer of ')}",
            f"{one['parameters']:,}",
            *(
                f"**{one['held_out']['nats_per_step']:.3f}**" if other == key else ""
                for other in found
            ),
        )
        for key, one in found.items()
    ]
    sizes = " and ".join(f"about {one.published_size}" for one in sets)
    published = [
        row(f"{name}, as published", sizes, *(f"{one.published[name]:.2f}" for one in sets))
        for name in sets[0].published
    ]
    counted = [
        row(name, "", *(f"{one['held_out'][of]:.2f}" for one in found.values()))
        for name, of in (
            ("each key by whether it sounded a step before", "nats_per_step_by_step_before"),
            ("each key by how often it sounds", "nats_per_step_by_frequency"),
        )
    ]
    trainings = [
        f"- {SETS[key].name}: {one['seconds'] / 60:.1f} minutes. "
        + " ".join(f"{note[:1].upper()}{note[1:]}." for note in one["notes"] if "dropout" in note)
        + f" {one['validation_nats_per_step']:.3f} nats on the validation part, "
        f"{one['held_out']['nats_per_step']:.3f} on the test part."
        for key, one in found.items()
    ]
    pictures = [picture(key) for key in found]
    threads = torch.get_num_threads()
    page = f"""# Polyphonic music

Which of a piano's 88 keys sound at the next step, given all steps before: `recurra fit music` with
its defaults. Negative log-likelihood in nats a step on the test part, smaller is better:

{row("", "parameters", *(one.name for one in sets))}
|---|---|{"--:|" * len(sets)}
{chr(10).join([*own, *published, *counted])}

A step's loss is the sum over the 88 keys. The figure is the sum over all foretold steps of all
pieces, divided by their number, so that long pieces count more than short ones; foretold is
each step of a piece but its first. The published figures are those of
Bai et al. 2018 (arXiv:1803.01271, table 1), who divide so too. Pieces and parts are those of
Boulanger-Lewandowski et al. 2012 (arXiv:1206.6392), as given.

All was chosen on the validation parts: in some twenty short trainings, the settings of which the
command's rules by the amount of music were then made, and at each fit the pass whose weights are
kept. The test part is read once, at the end. Moving the training pieces by random semitones was
tried and left out: it did harm on the validation part. The pieces come transposed to a common key,
C major or C minor, which a model can rely on.

{chr(10).join(trainings)}

Command: `OMP_NUM_THREADS=1 python benchmarks/applications/music.py PATH`, seed {seed}; it runs
`recurra fit music` on each file, on {threads} thread{"s" * (threads > 1)} of {os.cpu_count()} cores
({platform.machine()}), PyTorch {torch.__version__}; other work ran on the machine.

## What it writes

The model is shown the start of the first piece of the test part and writes on, each step read at
the next: first how many keys sound, then which ([how](../how-to/music.md#how-it-works)).

{chr(10).join(pictures)}"""
    (ROOT / "docs" / "results" / "music.md").write_text(page, encoding="utf-8")


def picture(key: str) -> str:
    """Puts a set's picture with those of the documentation; how it is shown."""
    name = f"music-{key}.png"
    shutil.copyfile(MODELS / f"{key}.png", ROOT / "docs" / "pictures" / name)
    return (
        f"{SETS[key].name}:\n\n![How it learned, and a piece of {SETS[key].name} as composed and "
        f"as the model goes on from its start](../pictures/{name})\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found = {key: measured(key, given.folder, given.seed) for key in given.set or SETS}
    if not given.set:
        write(found, given.seed)


if __name__ == "__main__":
    main()
