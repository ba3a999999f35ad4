"""Small DNA that is easy to learn from."""

from __future__ import annotations

import random
from pathlib import Path

from recurra.applications.dna import Annotated, read_genome
from recurra.applications.dna.demo import genome

QUICK = {"networks": 2, "units": 6, "epochs": 4, "batch_size": 16, "learning_rate": 3e-2}
QUICK_GENES = {"units": 8, "layers": 1, "epochs": 3, "batch_size": 2, "learning_rate": 2e-2}

Labelled = tuple[list[str], list[str]]


def sequences(count: int, seed: int = 0, length: int = 14) -> Labelled:
    """Those with CG in their middle, and those with TA there."""
    chance = random.Random(seed)
    found: Labelled = ([], [])
    for _ in range(count):
        label, middle = chance.choice((("island", "CGCG"), ("plain", "TATA")))
        half = (length - 4) // 2
        around = ["".join(chance.choices("ACGT", k=half)) for _ in range(2)]
        found[0].append(f"{around[0]}{middle}{around[1]}")
        found[1].append(label)
    return found


def records(folder: Path, genes: int, seed: int = 0) -> list[Annotated]:
    """A made-up genome, by way of files."""
    fasta, gff = genome(genes, seed=seed)
    (folder / "made.fna").write_text(fasta)
    (folder / "made.gff").write_text(gff)
    return read_genome(folder / "made.fna", folder / "made.gff").records
