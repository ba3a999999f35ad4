"""Actions in videos with the defaults: moving shapes, rendered, encoded, decoded.

    python benchmarks/applications/action_video.py [--seed 0]

Renders a shape that does one of six things and encodes it as MPEG-4 in .mp4, Motion JPEG in .avi,
H.264 in .mkv or VP8 in .webm: 25 videos of each action to learn from, 25 others to be judged by.
Runs ``recurra fit action`` on the one folder and ``recurra evaluate`` on the other; all that the
network sees has been encoded and decoded by the library av. Nothing is chosen on the test part.
Writes docs/results/action-video.md; the videos and the model stay in .bench/action_video.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av

from recurra.applications.action.videos.demo import ACTIONS, CODECS, encode, moving

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench" / "action_video"
MODEL = KEPT / "model.safetensors"
EACH = 25


def recurra(*arguments: object) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "recurra", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def encoded(folder: Path, first: int) -> Path:
    """Videos of every action, by the four codecs in turn."""
    shutil.rmtree(folder, ignore_errors=True)
    endings = list(CODECS)
    for action in ACTIONS:
        for number in range(first, first + EACH):
            ending = endings[number % len(endings)]
            encode(moving(action, number), folder / action / f"{number:03}{ending}", av)
    return folder


def page(figures: dict[str, Any], scores: dict[str, Any], processor: float, seed: int) -> str:
    """The page, of a run."""
    rows = "\n".join(
        f"| {one['class']} | {100 * one['recall']:.1f} | {100 * one['f1']:.1f} |"
        for one in scores["classes"]
    )
    notes = "\n".join(f"- {note}." for note in figures["notes"])
    held = figures["held_out"]
    return f"""# Actions in videos

Many to one: a shape of any colour, with three, four or many corners, does one of six things in
front of a plain ground; where, how far, how fast and how long differ. {EACH} videos of each action
are learned from with the defaults of `recurra fit action`, {EACH} others are read once, at the end.
All are files, MPEG-4 in .mp4, Motion JPEG in .avi, H.264 in .mkv and VP8 in .webm in turn, encoded
and decoded by the library av.

**{100 * scores["accuracy"]:.1f}%** of {scores["videos"]} test videos are told right; on those that
the fit itself held out, {100 * held["accuracy"]:.1f}% of {held["videos"]}. Always answering one
class would get {100 / len(ACTIONS):.1f}%.

| action | right, % | F1, % |
|---|--:|--:|
{rows}

No published figure is known for this set.

## How it was made

{notes}
- {figures["parameters"]:,} parameters; {processor:.1f} minutes of a processor, \
{figures["seconds"] / 60:.1f} by the clock for the network of the model, one thread of \
{os.cpu_count()} cores ({platform.machine()}) that were shared with other work; seed {seed}; \
Recurra {version("recurra")}, torch {version("torch")}, av {version("av")}.

Command: `python benchmarks/applications/action_video.py`
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    train, test = encoded(KEPT / "train", 0), encoded(KEPT / "test", EACH)
    recurra("fit", "action", train, "--out", MODEL, "--seed", given.seed, "--resume")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    scores = json.loads(recurra("evaluate", MODEL, test, "--json"))
    print(scores, flush=True)
    figures = json.loads(MODEL.with_suffix(".json").read_text())
    content = page(figures, scores, (used.ru_utime + used.ru_stime) / 60, given.seed)
    (ROOT / "docs" / "results" / "action-video.md").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
