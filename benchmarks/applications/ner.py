"""Entities with the defaults: Chinese CVs, diseases in abstracts, emerging entities in tweets.

    python benchmarks/applications/ner.py PATH/ner [--set resume|ncbi|wnut]

PATH/ner holds ``resume_zh/{train,dev,test}.char.bmes.gz``,
``ncbi_disease/{train,devel,test}.tsv.gz`` and
``wnut17/{wnut17train.conll,emerging.dev.conll,emerging.test.annotated}.gz``, each on the split that
it comes with: learned from the first part, the best weights chosen by the second. On the
test parts nothing is chosen. Writes docs/results/ner.md, a row for each set
that was run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from recurra import Progress
from recurra.applications.ner import EntityTagger, read_columns

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench"


@dataclass(frozen=True)
class Set:
    """A set and where it lies."""

    name: str
    parts: tuple[str, str, str]
    published: str


SETS = {
    "resume": Set(
        "Resume, Chinese CVs, characters",
        (
            "resume_zh/train.char.bmes.gz",
            "resume_zh/dev.char.bmes.gz",
            "resume_zh/test.char.bmes.gz",
        ),
        "93.48 character LSTM-CRF, 94.46 Lattice LSTM, both with pretrained characters "
        "(Zhang & Yang 2018)",
    ),
    "ncbi": Set(
        "NCBI disease, PubMed abstracts",
        (
            "ncbi_disease/train.tsv.gz",
            "ncbi_disease/devel.tsv.gz",
            "ncbi_disease/test.tsv.gz",
        ),
        "80 to 86 LSTM-CRF with pretrained words",
    ),
    "wnut": Set(
        "WNUT17, emerging entities",
        (
            "wnut17/wnut17train.conll.gz",
            "wnut17/emerging.dev.conll.gz",
            "wnut17/emerging.test.annotated.gz",
        ),
        "41.86 best system, with pretrained words and name lists (Derczynski et al. 2017)",
    ),
}


@dataclass(frozen=True)
class Found:
    """A set's figures."""

    sentences: int
    tested: int
    entities: int
    precision: float
    recall: float
    f1: float
    chosen_by: float
    processor_minutes: float
    seed: int


def measured(key: str, folder: Path, seed: int) -> Found:
    one = SETS[key]
    train, beside, test = (read_columns(folder / part) for part in one.parts)
    used = time.process_time()
    tagger = EntityTagger(seed=seed)
    tagger.fit(
        train.sentences,
        train.tags,
        validation=(beside.sentences, beside.tags),
        watch=[Progress()],
        checkpoint=KEPT / f"ner-{key}.checkpoint",
    )
    processor = (time.process_time() - used) / 60
    for note in tagger.notes_:
        print(f"- {note}")
    tagger.save(KEPT / f"ner-{key}.safetensors")
    scores = tagger.evaluate(test.sentences, test.tags)
    assert tagger.held_out_ is not None
    overall, held = scores.overall, tagger.held_out_.overall.f1
    print(f"{one.name}: F1 {100 * overall.f1:.2f}, {processor:.1f} minutes of a core", flush=True)
    print(f"by the part that chose: F1 {100 * held:.2f}", flush=True)
    return Found(
        len(train.sentences),
        scores.sentences,
        overall.true,
        overall.precision,
        overall.recall,
        overall.f1,
        held,
        processor,
        seed,
    )


def kept(key: str) -> Path:
    """Where a set's figures are kept until all are there."""
    return KEPT / f"ner-{key}.json"


def write() -> None:
    there = [key for key in SETS if kept(key).exists()]
    found = {key: Found(**json.loads(kept(key).read_text())) for key in there}
    rows = "\n".join(
        f"| {SETS[key].name} | {one.sentences:,} | {one.tested:,} | {one.entities:,} "
        f"| {100 * one.precision:.1f} | {100 * one.recall:.1f} | **{100 * one.f1:.1f}** "
        f"| {100 * one.chosen_by:.1f} | {one.processor_minutes:.1f} "
        f"| {SETS[key].published} |"
        for key, one in found.items()
    )
    threads = torch.get_num_threads()
    page = f"""# Entities

Entities found on test parts, on which nothing was chosen. An entity is right if its first token,
its last and its kind are, as in the CoNLL shared tasks. The defaults of `recurra fit ner`, learned
from the sentences of each set alone, without pretrained vectors; the best weights were chosen by
the set's validation part. Of the test sentences 5 of Resume and 1 of NCBI disease also stand in the
training part.

| set | trained on, sentences | tested on | entities | precision, % | recall, % | F1, % \
| F1 on the validation part, % | minutes of a core | published F1, % |
|---|--:|--:|--:|--:|--:|--:|--:|--:|---|
{rows}

{threads} thread{"" if threads == 1 else "s"} of {os.cpu_count()} cores ({platform.machine()}), \
which other programs shared; seed {found[there[0]].seed}.
Command: `python benchmarks/applications/ner.py PATH/ner`
"""
    (ROOT / "docs" / "results" / "ner.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    for key in given.set or SETS:
        kept(key).write_text(json.dumps(asdict(measured(key, given.folder, given.seed))))
        write()


if __name__ == "__main__":
    main()
