"""Splice junctions and the genes of a bacterium with the defaults.

    python benchmarks/applications/dna.py PATH/dna [--set splice|genes]

PATH/dna holds ``splice_junction/splice.data.gz`` and, in ``ecoli_k12``, a genome and its genes
(``*.fna.gz``, ``*.gff.gz``). Junctions: ten folds, sequences that are the same in one fold; each
fold is answered by a classifier that learned from the other nine, and chose by parts of those.
Genes: learned from the first 80% of the genome, whose own last tenth chooses the weights and the
least score of a gene; the last 20% is read once, at the end. Nothing is chosen on what is tested.
Writes docs/results/dna.md when both are run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import Counter
from pathlib import Path
from typing import Any

import torch

from recurra import Progress
from recurra.applications.dna import (
    GeneFinder,
    SequenceClassifier,
    read_genome,
    read_labelled,
    split,
)
from recurra.applications.folds import folds

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".bench"
FOLDS = 10
LEARNED = 0.8
PUBLISHED = {"N": 4.62, "EI": 7.56, "IE": 8.47}
"""Errors of KBANN in percent, ten folds of 1,000 of the sequences (Towell et al. 1990; UCI)."""


def splice(folder: Path, seed: int) -> dict[str, Any]:
    table = read_labelled(folder / "splice_junction" / "splice.data.gz")
    names = sorted(set(table.labels))
    parts = folds(table.sequences, [names.index(one) for one in table.labels], FOLDS, seed)
    started, used = time.perf_counter(), time.process_time()
    wrong, every = Counter[str](), Counter(table.labels)
    for fold in range(FOLDS):
        where = {held: [n for n, p in enumerate(parts) if (p == fold) == held] for held in (0, 1)}
        found = SequenceClassifier(seed=seed).fit(
            [table.sequences[n] for n in where[0]],
            [table.labels[n] for n in where[0]],
            checkpoint=KEPT / f"dna-fold-{fold}.checkpoint",
        )
        answers = found.predict([table.sequences[n] for n in where[1]])
        missed = [
            table.labels[n] for n, a in zip(where[1], answers, strict=True) if table.labels[n] != a
        ]
        wrong.update(missed)
        print(f"fold {fold}: {len(missed)} of {len(answers)} wrong", flush=True)
    return {
        "sequences": len(table.labels),
        "error": wrong.total() / every.total(),
        "errors": {name: wrong[name] / every[name] for name in PUBLISHED},
        "networks": len(found.networks_),
        **_times(started, used, seed),
    }


def genes(folder: Path, seed: int) -> dict[str, Any]:
    (sequences,) = (folder / "ecoli_k12").glob("*.fna.gz")
    (features,) = (folder / "ecoli_k12").glob("*.gff.gz")
    genome = read_genome(sequences, features)
    first, last = split(genome.records, LEARNED)
    started, used = time.perf_counter(), time.process_time()
    finder = GeneFinder(seed=seed)
    finder.fit(first, watch=[Progress()], checkpoint=KEPT / "dna-genes.checkpoint")
    times = _times(started, used, seed)
    finder.save(KEPT / "dna-genes.safetensors")
    for note in finder.notes_:
        print(f"- {note}")
    assert finder.held_out_ is not None
    held = finder.held_out_.to_json()
    print(json.dumps({"held_out": held}), flush=True)
    started = time.perf_counter()
    tested = finder.evaluate(last).to_json()
    seconds = time.perf_counter() - started
    print(json.dumps({"tested": tested}), flush=True)
    return {"tested": tested, "held_out": held, "read_in": seconds, **times}


def _times(started: float, used: float, seed: int) -> dict[str, float]:
    return {
        "minutes": (time.perf_counter() - started) / 60,
        "processor_minutes": (time.process_time() - used) / 60,
        "seed": seed,
    }


SETS = {"splice": splice, "genes": genes}


def kept(name: str) -> Path:
    """Where a set's figures are kept until both are there."""
    return KEPT / f"dna-{name}.json"


def write() -> None:
    a, b = (json.loads(kept(name).read_text()) for name in SETS)
    tested, found = b["tested"], b["tested"]["genes"]
    threads = torch.get_num_threads()
    classes = " | ".join(f"{100 * error:.2f}" for error in a["errors"].values())
    published = " | ".join(f"{error:.2f}" for error in PUBLISHED.values())
    rows = "\n".join(
        f"| {called} | **{100 * tested[key]['accuracy']:.1f}** "
        f"| {100 * tested[key + '_without_pseudogenes']['accuracy']:.1f} "
        f"| {100 * b['held_out'][key]['accuracy']:.1f} |"
        for called, key in (("by the genes found", "by_genes"), ("base by base", "base_by_base"))
    )
    labels = "\n".join(
        f"| {one['class']} | {one['bases']:,} | {100 * one['recall']:.1f} "
        f"| {100 * one['precision']:.1f} |"
        for one in tested["by_genes"]["classes"]
    )
    page = f"""# DNA

The defaults of `recurra fit dna`. {threads} thread{"" if threads == 1 else "s"} of \
{os.cpu_count()} cores ({platform.machine()}), which other programs shared; seed {a["seed"]}.
Command: `python benchmarks/applications/dna.py PATH/dna`

## Splice junctions

{a["sequences"]:,} sequences of primates, 60 bases each (UCI): whether an exon ends in the middle
(EI), begins there (IE), or neither (N). Ten folds; sequences that are the same are in one fold.
Each fold is answered by {a["networks"]} networks that learned from the other nine, averaged.

| | all | N | EI | IE |
|---|--:|--:|--:|--:|
| error, % | **{100 * a["error"]:.2f}** | {classes} |
| KBANN, % (ten folds of 1,000 of the sequences) | | {published} |

All ten folds: {a["processor_minutes"]:.1f} minutes of a core, {a["minutes"]:.1f} by the clock.

## Genes of E. coli K-12

The genome of MG1655 (NC_000913.3, 4,641,652 bases) with the coding sequences of its annotation.
Learned from its first 80%, whose own last tenth chose the weights and the least score of a gene;
tested once on its last 20%, {tested["by_genes"]["bases"]:,} bases. Each base is coding forward,
backward or neither; a base coded on both strands counts as its longest gene has it; bases of
pseudogenes count as neither, or are left out.

| bases right, % | last 20% | without pseudogenes | part that chose |
|---|--:|--:|--:|
{rows}

Always answering the most frequent: {100 * tested["by_genes"]["majority"]["share"]:.1f}%.

| by the genes found | bases | recall, % | precision, % |
|---|--:|--:|--:|
{labels}

| genes: {found["true"]:,} there, {found["found"]:,} found | recall, % | precision, % |
|---|--:|--:|
| right stop codon and strand | {100 * found["recall_ends"]:.1f} \
| {100 * found["precision_ends"]:.1f} |
| right start codon too | {100 * found["recall_whole"]:.1f} \
| {100 * found["precision_whole"]:.1f} |

{b["processor_minutes"]:.1f} minutes of a core, {b["minutes"]:.1f} by the clock; the last 20% was
read on both strands in {b["read_in"]:.0f} s.
"""
    (ROOT / "docs" / "results" / "dna.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    for name in given.set or SETS:
        kept(name).write_text(json.dumps(SETS[name](given.folder, given.seed)))
    if all(kept(name).exists() for name in SETS):
        write()


if __name__ == "__main__":
    main()
