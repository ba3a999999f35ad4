"""Strokes with the defaults: Omniglot's characters, and the pens that drew them.

    python benchmarks/applications/strokes.py PATH/omniglot_image_to_strokes [--seeds 1]

The folder holds images_background_small1.zip and strokes_background_small1.zip. Writes their
pictures and a table of strokes for each part; runs ``recurra fit caption`` on the one with the
pictures and with ``--blind``, and ``recurra evaluate`` on the other, whose characters are in none
that was learned from. Nothing is chosen on the test part. A fit that was stopped goes on, and what
was finished is not made again: delete .bench/strokes to begin anew. Writes
docs/results/strokes.md and docs/pictures/strokes-drawings.png, with other than the usual passes and
seeds to .bench/strokes/docs instead; all else stays in .bench/strokes.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby, product
from math import ceil
from pathlib import Path
from random import Random
from statistics import fmean, stdev
from typing import Any
from zipfile import ZipFile

import numpy as np
import torch
from torch import Tensor

from recurra.applications.caption.strokes import Drawer
from recurra.applications.caption.strokes.checks import checked
from recurra.applications.caption.strokes.learning import blind as blind_to
from recurra.applications.caption.strokes.likeness import distance
from recurra.applications.caption.strokes.notation import Stroke, path_of
from recurra.applications.caption.strokes.scores import Likelihoods, likelihoods
from recurra.applications.pictures import decoded

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench" / "strokes"
SEEDS, TEST_SHARE, DRAWN = 1, 0.2, 8
NAMES = {False: "with the picture", True: "without: white paper"}


@dataclass(frozen=True)
class Record:
    """A person's drawing: alphabet and character, its picture's file and the strokes."""

    alphabet: str
    character: str
    png: bytes
    strokes: list[Stroke]

    @property
    def key(self) -> tuple[str, str]:
        """Of which character it is."""
        return self.alphabet, self.character


def records(folder: Path) -> list[Record]:
    """All drawings of both archives, in the order of their names."""
    with (
        ZipFile(folder / "images_background_small1.zip") as pictures,
        ZipFile(folder / "strokes_background_small1.zip") as drawn,
    ):
        found = []
        for place in sorted(name for name in pictures.namelist() if name.endswith(".png")):
            _, alphabet, character, file = place.split("/")
            beside = f"strokes_background_small1/{alphabet}/{character}/{Path(file).stem}.txt"
            strokes = strokes_of(drawn.read(beside).decode())
            found.append(Record(alphabet, character, pictures.read(place), strokes))
    return found


def strokes_of(text: str) -> list[Stroke]:
    """A line START, then x,y,time a line with y up from 0 at the top; BREAK ends a stroke."""
    found: list[Stroke] = []
    points: list[tuple[float, float]] = []
    for line in text.split():
        if line == "BREAK":
            found.append(np.array(points, np.float32))
            points = []
        elif line != "START":
            x, y, _ = line.split(",")
            points.append((float(x), -float(y)))
    return found


def parts(found: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """What is learned from, and a fifth of each alphabet's characters for the test, by chance."""
    chance, test = torch.Generator().manual_seed(0), set()
    for _, some in groupby(sorted({one.key for one in found}), lambda key: key[0]):
        keys = list(some)
        order = torch.randperm(len(keys), generator=chance).tolist()
        test |= {keys[place] for place in order[: ceil(TEST_SHARE * len(keys))]}
    return [one for one in found if one.key not in test], [one for one in found if one.key in test]


def written(part: Sequence[Record], folder: Path) -> Path:
    """Pictures as files, and the table of their strokes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "strokes.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["picture", "strokes"])
        for number, one in enumerate(part):
            (folder / f"{number:05}.png").write_bytes(one.png)
            table.writerow([f"{number:05}.png", path_of(one.strokes)])
    return folder / "strokes.csv"


def another_hand(part: Sequence[Record]) -> float:
    """The mean distance of a drawing from the next person's of the same character."""
    found = []
    for _, some in groupby(sorted(part, key=lambda one: one.key), lambda one: one.key):
        alike = [one.strokes for one in some]
        pairs = zip(alike, [*alike[1:], alike[0]], strict=True)
        found += [distance(one, two) for one, two in pairs]
    return fmean(found)


def recurra(*arguments: object) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "recurra", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def model_of(seed: int, blind: bool, epochs: int | None) -> Path:
    """Where a model is kept."""
    passes = "" if epochs is None else f"-{epochs}"
    return KEPT / f"{'blind' if blind else 'seeing'}-{seed}{passes}.safetensors"


def measured(
    tables: Sequence[Path], test: Sequence[Record], seed: int, blind: bool, epochs: int | None
) -> dict[str, Any]:
    """The figures of a fit, of the test part, and of each drawing in it."""
    model = model_of(seed, blind, epochs)
    options = [*(["--blind"] if blind else []), *([] if epochs is None else ["--epochs", epochs])]
    if not model.with_suffix(".json").exists():
        recurra("fit", "caption", tables[0], "--out", model, "--seed", seed, "--resume", *options)
    judged = model.with_suffix(".test.json")
    if not judged.exists():
        judged.write_text(recurra("evaluate", model, tables[1], "--json"))
    found = json.loads(judged.read_text())
    print(f"{NAMES[blind]}, seed {seed}: {found}", flush=True)
    told = json.loads(model.with_suffix(".json").read_text())
    return {"blind": blind, "test": found, "each": each(model, test), **told}


def each(model: Path, test: Sequence[Record]) -> Likelihoods:
    """How likely a model finds each drawing."""
    drawer = Drawer.load(model)
    pictures = [decoded(one.png, "a picture") for one in test]
    given = checked(pictures, [one.strokes for one in test], drawer.plan_.side).sequences
    return likelihoods(drawer.network_, blind_to(given) if drawer.blind else given)


def drawn(model: Path, test: Sequence[Record], picture: Path) -> None:
    """Draws some pictures of the test part, taken by chance."""
    some = Random(0).sample(list(test), min(DRAWN, len(test)))
    written(some, KEPT / "some")
    recurra("predict", model, KEPT / "some", "--picture", picture)


def spread(figures: Sequence[float], digits: int) -> str:
    """The mean, and the standard deviation if there are several."""
    around = f" ± {stdev(figures):.{digits}f}" if len(figures) > 1 else ""
    return f"{fmean(figures):.{digits}f}{around}"


def row(runs: Sequence[dict[str, Any]], blind: bool) -> str:
    """A line of the table."""
    names = (("nats_a_step", 3), ("nats_a_drawing", 1), ("apart", 1), ("strokes", 1))
    own = [one["test"] for one in runs if one["blind"] == blind]
    cells = [spread([one[name] for one in own], digits) for name, digits in names]
    return f"| {NAMES[blind]} | {' | '.join(cells)} |"


def seeds(count: int) -> str:
    """How many, in words."""
    return "one seed" if count == 1 else f"{count} seeds, mean ± standard deviation"


def alphabets(runs: Sequence[dict[str, Any]], test: Sequence[Record]) -> str:
    """A line for each alphabet: its drawings, and their nats a step."""
    lines = []
    for name in sorted({one.alphabet for one in test}):
        some = torch.tensor([one.alphabet == name for one in test])
        cells = [
            spread([nats(one["each"], some) for one in runs if one["blind"] == blind], 3)
            for blind in (False, True)
        ]
        lines.append(f"| {name.replace('_', ' ')} | {int(some.sum())} | {' | '.join(cells)} |")
    return "\n".join(lines)


def nats(found: Likelihoods, some: Tensor) -> float:
    """A step of some drawings, the mean."""
    return float(found.each[some].sum() / found.lengths[some].sum())


def likelier(runs: Sequence[dict[str, Any]]) -> float:
    """The share of drawings that are likelier with the picture than without, in percent."""
    with_it, without = ([one["each"] for one in runs if one["blind"] == blind] for blind in NAMES)
    pairs = zip(with_it, without, strict=True)
    return fmean(100 * float((a.each < b.each).float().mean()) for a, b in pairs)


def page(runs: Sequence[dict[str, Any]], learned: list[Record], test: list[Record]) -> str:
    """The page, of runs with and without the picture."""
    counts = [len({one.key for one in part}) for part in (learned, test)]
    first = next(one for one in runs if not one["blind"])
    seeing = [one["test"] for one in runs if not one["blind"]]
    mismatched = spread([one["nats_mismatched"] for one in seeing], 3)
    rows = "\n".join(row(runs, blind) for blind in (False, True))
    notes = "\n".join(f"- {note}." for note in first["notes"])
    return f"""# From a picture to the strokes that drew it

One to many: the picture of an Omniglot character in, the strokes of the pen out. \
{len(learned) + len(test):,} drawings of {sum(counts)} characters, each drawn by 20 people. A fifth
of each alphabet's characters are for the test ({counts[1]}, {len(test):,} drawings), the rest is
learned from ({counts[0]}), by chance with a fixed seed. The same people drew all characters of an
alphabet. The defaults of `recurra fit caption`; nothing is chosen on the test part.

The same network, with as many parameters and trained alike, sees the picture or white paper in its
place. The negative log-likelihood of the strokes that people drew, in nats, on the test part:

| | a step | a drawing | ink apart, points | strokes |
|---|--:|--:|--:|--:|
{rows}
| another person's drawing of the character | | | {another_hand(test):.1f} \
| {fmean(len(one.strokes) for one in test):.1f} |

{likelier(runs):.1f}% of the test drawings are likelier with the picture than without.

| nats a step | test drawings | with the picture | without |
|---|--:|--:|--:|
{alphabets(runs, test)}

Letters of Greek and Latin resemble each other, so that one in the test part may have its like in
training; Balinese and Korean have hardly any such neighbour.

Beside the picture of another drawing the network that sees takes {mismatched} nats a step. "Ink
apart" is the mean way from a point of one drawing to the nearest of the other, both ways (the
chamfer distance), in points of the picture, of which there are 105 x 105. No published figure for
this part of Omniglot and this measure is known to us. Of five drawings of a picture the one nearest
to the picture's ink is kept, which is why they come nearer than another person's of the character.

![Pictures, and the strokes that the model draws of them](../pictures/strokes-drawings.png)

Test characters taken by chance, drawn by the model of seed 0 as `recurra predict --picture` does. A
colour is a stroke's place in the order, a dot its beginning.

## How it was made

{notes}
- {first["parameters"]:,} parameters, {fmean(one["seconds"] for one in runs) / 60:.1f} minutes a \
model, one thread of {os.cpu_count()} cores ({platform.machine()}) that were shared with other work;
  {seeds(len(seeing))}; Recurra {version("recurra")}, torch {version("torch")}.

Command: `python benchmarks/applications/strokes.py PATH/omniglot_image_to_strokes`
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drawings", type=Path, help="the folder of both archives")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, from 0")
    parser.add_argument("--epochs", type=int, help="passes, in place of those of the defaults")
    given = parser.parse_args()
    learned, test = parts(records(given.drawings))
    tables = [written(part, KEPT / name) for part, name in ((learned, "train"), (test, "test"))]
    runs = [
        measured(tables, test, seed, blind, given.epochs)
        for seed, blind in product(range(given.seeds), (False, True))
    ]
    usual = given.seeds == SEEDS and given.epochs is None
    folder = ROOT / "docs" if usual else KEPT / "docs"
    for name in ("pictures", "results"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    drawn(model_of(0, False, given.epochs), test, folder / "pictures" / "strokes-drawings.png")
    content = page(runs, learned, test)
    (folder / "results" / "strokes.md").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
