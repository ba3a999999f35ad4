"""Captions with the defaults: scenes of one to four shapes that the package renders.

    python benchmarks/applications/caption.py [--seed 0]

Renders 8,000 scenes to learn from and 500 to be judged by, none of which is among the former, as
files; runs ``recurra fit caption`` on the one table and ``recurra evaluate`` on the other. Nothing
is chosen on the test part. A fit that was stopped goes on. Writes docs/results/caption.md and
docs/pictures/caption-looked.png; all else stays in .bench/caption.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from recurra.applications.caption.demo import Scene, rendered, scenes, sentence
from recurra.applications.pictures import encoded

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench" / "caption"
MODEL = KEPT / "model.safetensors"
LEARNED, JUDGED = 8000, 500


def recurra(*arguments: object) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "recurra", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def written(made: Sequence[Scene], folder: Path) -> Path:
    """Scenes as pictures, and the table of their sentences."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["picture", "text"])
        for number, scene in enumerate(made):
            name = f"{number:05}.png"
            (folder / name).write_bytes(encoded(rendered(scene, number)))
            table.writerow([name, sentence(scene)])
    return folder / "captions.csv"


def by_things(made: Sequence[Scene], folder: Path) -> dict[int, tuple[int, int]]:
    """By the number of things, how many scenes there are, and how many have the right sentence."""
    answers = csv.DictReader(recurra("predict", MODEL, folder).splitlines())
    found = {row["picture"]: row["text"] for row in answers}
    counted: dict[int, list[bool]] = defaultdict(list)
    for number, scene in enumerate(made):
        counted[len(scene)].append(found[f"{number:05}.png"] == sentence(scene))
    return {things: (len(each), sum(each)) for things, each in sorted(counted.items())}


def page(
    figures: dict[str, Any],
    scores: dict[str, Any],
    counted: dict[int, tuple[int, int]],
    processor: float,
    seed: int,
) -> str:
    """The page, of a run."""
    rows = "\n".join(
        f"| {things} | {count:,} | {100 * right / count:.1f} |"
        for things, (count, right) in counted.items()
    )
    notes = "\n".join(f"- {note}." for note in figures["notes"])
    return f"""# Captions

One to many: a picture in, a sentence out. The package renders scenes of one to four shapes, each in
one of nine places, and a sentence that states size, colour, shape and place of each, from left to
right and, of one column, from top down: "A small red square at the left, a big blue star at the top
and a small white cross at the bottom right." Five shapes, six colours, two sizes; things are turned
and moved a little, and vary in size. {LEARNED:,} scenes are learned from with the defaults of
`recurra fit caption`; {JUDGED:,} others, **none of which is among the former**, are read once, at
the end. A sentence counts as exact if no letter is wrong.

| things in the scene | scenes | exact sentences, % |
|--:|--:|--:|
{rows}
| **all** | **{scores["pictures"]:,}** | **{100 * scores["exact"]:.1f}** |

BLEU {scores["bleu"]:.2f} ({scores["bleu_signature"]}). On scenes that the fit itself held out
{100 * figures["held_out"]["exact"]:.1f}% were exact. No published figure is known for this set.

![A scene once for every piece of its caption, lit where the network looked](\
../pictures/caption-looked.png)

The first test scene, as `recurra predict --picture` draws it: once for each piece of the caption,
lit where the network looked when it wrote that.

## How it was made

{notes}
- {figures["parameters"]:,} parameters, {processor:.0f} minutes of a processor, \
{figures["seconds"] / 60:.0f} by the clock, one thread of {os.cpu_count()} cores \
({platform.machine()}) that were shared with other work; seed {seed}; \
Recurra {version("recurra")}, torch {version("torch")}.

Command: `python benchmarks/applications/caption.py`
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    train = scenes(LEARNED, seed=0)
    test = scenes(JUDGED, seed=1, unlike=train)
    tables = [written(made, KEPT / name) for made, name in ((train, "train"), (test, "test"))]
    recurra("fit", "caption", tables[0], "--out", MODEL, "--seed", given.seed, "--resume")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    scores = json.loads(recurra("evaluate", MODEL, tables[1], "--json"))
    print(scores, flush=True)
    looked = ROOT / "docs" / "pictures" / "caption-looked.png"
    recurra("predict", MODEL, KEPT / "test" / "00000.png", "--picture", looked)
    figures = json.loads(MODEL.with_suffix(".json").read_text())
    content = page(
        figures,
        scores,
        by_things(test, KEPT / "test"),
        (used.ru_utime + used.ru_stime) / 60,
        given.seed,
    )
    (ROOT / "docs" / "results" / "caption.md").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
