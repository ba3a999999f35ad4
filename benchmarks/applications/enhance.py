"""Noise taken from pictures with the defaults: Set12 at a deviation of 25, as DnCNN was tested.

    python benchmarks/applications/enhance.py PATH/image_to_image/dncnn_gray

The folder holds train.zip, 400 grey pictures, and Set12.zip. Runs the commands: ``recurra fit
enhance`` on the training pictures, ``recurra evaluate`` on Set12, which is read once, at the end;
nothing is chosen on it. A fit that was stopped goes on. Writes docs/results/enhance.md; models and
pictures stay in .bench/enhance.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import zipfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench" / "enhance"
MODEL = KEPT / "model.safetensors"
BM3D, DNCNN = 29.97, 30.44
"""Means on these twelve pictures in Zhang et al. 2017 (arXiv:1608.03981), table III."""


@dataclass(frozen=True)
class Fitted:
    """What is told of the fit.

    Attributes:
        minutes: By the clock.
        processor: Of the processor.
        figures: As the command writes them.
    """

    minutes: float
    processor: float
    figures: dict[str, Any]


def recurra(*arguments: object) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "recurra", *map(str, arguments)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def fitted(seed: int) -> Fitted:
    """The fit with the defaults, whatever was there before."""
    before = _processor()
    recurra("fit", "enhance", KEPT / "train", "--out", MODEL, "--seed", seed, "--resume")
    figures = json.loads(MODEL.with_suffix(".json").read_text())
    return Fitted(figures["seconds"] / 60, (_processor() - before) / 60, figures)


def scores(*options: str) -> dict[str, Any]:
    """What the model makes of Set12."""
    found: dict[str, Any] = json.loads(
        recurra("evaluate", MODEL, KEPT / "Set12", "--json", *options)
    )
    return found


def page(fit: Fitted, plain: dict[str, Any], ways: dict[str, Any], seed: int) -> str:
    """The page, of a run."""
    figures, held = fit.figures, fit.figures["held_out"]
    notes = "\n".join(f"- {note}." for note in figures["notes"])
    own, eight, filtered = (
        one["psnr"] for one in (plain["enhanced"], ways["enhanced"], plain["median"])
    )
    return f"""# Noise taken from pictures

One to one: Gaussian noise with a deviation of 25 (white is 255) is taken from grey pictures by
sweeps over their columns and rows, each in both directions, so that every point has seen the whole
picture. The defaults of `recurra fit enhance`, on the 400 training pictures of DnCNN, 180 x 180;
Set12 was read once, at the end. Nothing was chosen on it.

PSNR in decibels and SSIM; more is better. "Mean of 8" is `recurra evaluate --ways`: the picture is
turned and mirrored in eight ways, and the mean of the answers taken.

| picture | noisy | median filter | Recurra | Recurra, mean of 8 |
|---|--:|--:|--:|--:|
{_table(plain, ways)}

The network is **{own - filtered:.2f} dB** ahead of a median filter of 3 x 3 points, and
{eight - own:.2f} dB more with the mean of eight. As published, for other draws of the noise (Zhang
et al. 2017, arXiv:1608.03981, table III): BM3D {BM3D}, DnCNN-S {DNCNN}.

## How it was made

{notes}
- {figures["parameters"]:,} parameters. On the pictures held out {held["enhanced"]["psnr"]:.2f} dB.
- {fit.processor:.0f} minutes of a processor, {fit.minutes:.0f} by the clock, one thread of \
{os.cpu_count()} cores ({platform.machine()}) that were shared with other work, seed {seed}; \
Recurra {version("recurra")}, torch {version("torch")}.
- The noise is not clipped, as in DnCNN's own test, and is the same at every evaluation; what the
  methods answer is clipped to what a picture can show.

Command: `python benchmarks/applications/enhance.py PATH/image_to_image/dncnn_gray`
"""


def _table(plain: dict[str, Any], ways: dict[str, Any]) -> str:
    rows = [
        _row(Path(one["name"]).stem, one, other)
        for one, other in zip(plain["each"], ways["each"], strict=True)
    ]
    return "\n".join([*rows, _row("**mean**", plain, ways)])


def _row(name: str, plain: dict[str, Any], ways: dict[str, Any]) -> str:
    each = [*(plain[way] for way in ("given", "median", "enhanced")), ways["enhanced"]]
    cells = [f"{one['psnr']:.2f} / {one['ssim']:.3f}" for one in each]
    return f"| {name} | " + " | ".join(cells) + " |"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _unpack(folder: Path) -> None:
    for name in ("train", "Set12"):
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            for entry in archive.namelist():
                if entry.endswith(".png"):
                    place = KEPT / name / Path(entry).name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(archive.read(entry))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    _unpack(given.folder)
    fit = fitted(given.seed)
    (KEPT / "fit.json").write_text(json.dumps(asdict(fit)))
    plain, ways = scores(), scores("--ways")
    print(f"{plain['enhanced']}, mean of 8 {ways['enhanced']}", flush=True)
    content = page(fit, plain, ways, given.seed)
    (ROOT / "docs" / "results" / "enhance.md").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
