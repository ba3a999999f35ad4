"""Text with the defaults: a play by Shakespeare character by character, and poems of the Tang.

    python benchmarks/applications/text.py PATH/text [--set shakespeare|poems]

PATH/text holds ``tinyshakespeare/input.txt.gz`` and ``chinese_poems/tang.tar.xz`` (JSON: title and
lines of each poem). Of Shakespeare the last 10% of the characters are the test part. The poems are
shuffled by seed 0 and the last tenth of them is. The rest is written to a file, and all else is
done by the commands ``recurra fit text``, without an option but the seed, ``recurra evaluate`` and
``recurra predict``. The test parts are read once, at the end; nothing is chosen on them. A run that
was stopped goes on. Writes docs/results/text.md, of the sets that were run so far.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import math
import os
import platform
import random
import resource
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".bench" / "text"


@dataclass(frozen=True)
class Set:
    """What is learned.

    Attributes:
        title: In the table.
        parts: Reads the two parts from PATH/text.
        prompts: What is written on from.
        published: A figure of others on the same split.
    """

    title: str
    parts: Callable[[Path], tuple[str, str]]
    prompts: tuple[str, ...]
    published: str


@dataclass(frozen=True)
class Found:
    """A set's figures.

    Attributes:
        title: Of the set.
        learned: Characters that were learned from, those included by which weights were chosen.
        fit: What the fit says of itself.
        test: What ``recurra evaluate --json`` says of the test part.
        compressed: Bits a character that xz takes for the test part once it has the other.
        processor: Minutes of one processor that the fit took.
        samples: Prompts and what was written.
        published: A figure of others.
    """

    title: str
    learned: int
    fit: dict[str, Any]
    test: dict[str, Any]
    compressed: float
    processor: float
    samples: list[str]
    published: str


def shakespeare(folder: Path) -> tuple[str, str]:
    text = gzip.decompress((folder / "tinyshakespeare" / "input.txt.gz").read_bytes()).decode()
    cut = len(text) * 9 // 10
    return text[:cut], text[cut:]


def poems(folder: Path) -> tuple[str, str]:
    """Each poem a title, its lines and an empty line; of poems that are the same the first."""
    found: dict[str, str] = {}
    with tarfile.open(folder / "chinese_poems" / "tang.tar.xz") as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            content = archive.extractfile(member)
            for poem in json.load(content) if content and member.name.endswith(".json") else ():
                lines = "\n".join(poem["paragraphs"])
                if lines:
                    found.setdefault(lines, f"{poem['title']}\n{lines}\n\n")
    every = list(found.values())
    random.Random(0).shuffle(every)
    cut = len(every) * 9 // 10
    return "".join(every[:cut]), "".join(every[cut:])


SETS = {
    "shakespeare": Set(
        "tinyshakespeare, first 90%",
        shakespeare,
        ("",),
        "1.548 (minGRU, arXiv:2410.01201)",
    ),
    "poems": Set("Tang poems, nine in ten", poems, ("", "春望\n", "江雪\n"), ""),
}


def measured(key: str, folder: Path, seed: int) -> None:
    chosen = SETS[key]
    learned, test = chosen.parts(folder)
    WORK.mkdir(parents=True, exist_ok=True)
    train, held, model = (WORK / f"{key}{end}" for end in (".txt", ".test.txt", ".safetensors"))
    train.write_text(learned, encoding="utf-8")
    held.write_text(test, encoding="utf-8")
    before = _processor()
    _recurra("fit", "text", train, "--out", model, "--seed", seed, "--resume")
    processor = (_processor() - before) / 60
    found = Found(
        chosen.title,
        len(learned),
        json.loads(model.with_suffix(".json").read_text(encoding="utf-8")),
        json.loads(_recurra("evaluate", model, held, "--json")),
        _compressed(learned, test),
        processor,
        [_written(model, prompt) for prompt in chosen.prompts],
        chosen.published,
    )
    told = json.dumps(vars(found), indent=2, ensure_ascii=False)
    print(told, flush=True)
    _found(key).write_text(told, encoding="utf-8")
    return found


def _found(key: str) -> Path:
    return WORK / f"{key}.found.json"


def _recurra(*arguments: object) -> str:
    command = [sys.executable, "-m", "recurra", *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


def _processor() -> float:
    """Seconds of processor that commands took so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _written(model: Path, prompt: str) -> str:
    asked = ("--text", prompt, "--length", 300 if not prompt else 80, "--seed", 1)
    return _recurra("predict", model, *asked)


def _compressed(learned: str, test: str) -> float:
    """Bits a character that xz takes for a text behind another."""
    sizes = [len(lzma.compress(one.encode(), preset=9)) for one in (learned, learned + test)]
    return 8 * (sizes[1] - sizes[0]) / len(test)


def write(found: list[Found], seed: int) -> None:
    rows = "\n".join(_row(one) for one in found)
    runs = "\n".join(_run(one) for one in found)
    samples = "\n\n".join(
        f"{one.title}:\n\n" + "\n\n".join(f"```text\n{text.strip()}\n```" for text in one.samples)
        for one in found
    )
    page = f"""# Text

How surprising a test part is that was read once, at the end, to a model that
`recurra fit text` made with its defaults; nothing was chosen on it.

| set | characters learned from | tested on | nats a character | bits | by frequency, nats \
| xz, bits | published, nats |
|---|--:|--:|--:|--:|--:|--:|---|
{rows}

By frequency: each character has the probability of its frequency in the part that was learned from.
xz: bits a character that `xz -9` takes for the test part behind the other. The state is carried
through the whole test part. Of Shakespeare the last 10% of the characters are the test part; the
poems, each with its title, were shuffled by seed 0, and the last tenth of them is. The command
itself holds out the last 20,000 characters of what it is given, by which it keeps the best weights.
In Shakespeare's text they are most of what the first 90% have of the play with which the test part
begins, The Taming of the Shrew: of its PETRUCHIO, say, the model has never read. The same network
that learns from them too, by a program of its own, reaches 1.440 on the same test part:
[characters](characters.md).

{runs}

One thread of {os.cpu_count()} cores ({platform.machine()}), seed {seed}; other work ran on the
machine.
Command: `OMP_NUM_THREADS=1 python benchmarks/applications/text.py PATH/text`

## What it writes

At a temperature of 0.8, the first that were drawn.

{samples}
"""
    (ROOT / "docs" / "results" / "text.md").write_text(page, encoding="utf-8")


def _row(one: Found) -> str:
    nats = one.test["nats_per_character"]
    return (
        f"| {one.title} | {one.learned:,} | {one.test['characters']:,} | **{nats:.3f}** "
        f"| {nats / math.log(2):.3f} | {one.test['nats_per_character_by_frequency']:.3f} "
        f"| {one.compressed:.3f} | {one.published} |"
    )


def _run(one: Found) -> str:
    unknown = one.test["unknown_characters"]
    asked = (
        f" {unknown:,} characters of the test part do not occur in the other, or once: of each the "
        "model is only asked that."
        if unknown
        else ""
    )
    said = "; ".join(one.fit["notes"])
    return (
        f"- {one.title}: {said}; {one.fit['parameters']:,} parameters, {one.processor:.1f} minutes "
        f"of a processor ({one.fit['seconds'] / 60:.1f} by the clock).{asked}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for key in given.set or SETS:
        measured(key, given.folder, given.seed)
    there = [_found(key) for key in SETS if _found(key).exists()]
    write([Found(**json.loads(one.read_text(encoding="utf-8"))) for one in there], given.seed)


if __name__ == "__main__":
    main()
