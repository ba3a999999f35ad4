"""Made-up DNA: a small genome with its genes, and sequences with junctions in their middle."""

from __future__ import annotations

import random

_STOPS = ("TAA", "TGA", "TAG")
_STARTS = ("ATG", "ATG", "ATG", "ATG", "GTG")
# As in genomes, of the codons for one amino acid some are used much more often than others.
_USED = (
    *("GCG", "CGT", "AAC", "GAT", "TGC", "CAG", "GAA", "GGC", "CAT", "ATT", "CTG", "AAA", "ATG"),
    *("TTC", "CCG", "AGC", "ACC", "TGG", "TAT", "GTT"),
)
_ALL = tuple(a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT" if a + b + c not in _STOPS)
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def genome(genes: int, *, seed: int) -> tuple[str, str]:
    """A genome as FASTA, and its genes as GFF3.

    Genes are on both strands, with codons of which some are used often and a purine-rich site
    before each start; between them there are many A and T, and open frames that are no genes.

    Args:
        genes: How many, at least 1.
        seed: Of the letters.
    """
    chance = random.Random(seed)
    letters: list[str] = []
    rows, length = [], 0
    for number in range(genes):
        before = _between(chance)
        gene, site = _gene(chance), f"AGGAGG{_random(chance, 7)}"
        forward = chance.random() < 0.5
        skipped = len(before) + (len(site) if forward else 0)
        start, strand = length + skipped + 1, "+" if forward else "-"
        whole = site + gene if forward else _opposite(site + gene)
        letters += [before, whole]
        length += len(before) + len(whole)
        end = start + len(gene) - 1
        rows.append(f"madeup\tdemo\tCDS\t{start}\t{end}\t.\t{strand}\t0\tID=gene{number + 1}")
    tail = _between(chance)
    text = "".join([*letters, tail])
    lines = "\n".join(text[n : n + 70] for n in range(0, len(text), 70))
    head = f"##gff-version 3\n##sequence-region madeup 1 {length + len(tail)}\n"
    return f">madeup genome\n{lines}\n", head + "\n".join(rows) + "\n"


def junctions(count: int, *, seed: int) -> str:
    """A table ``sequence,label`` of 60 bases: where coding ends, where it begins, or neither.

    Args:
        count: How many, at least 1.
        seed: Of the letters.
    """
    chance = random.Random(seed)
    makers = {"donor": _donor, "acceptor": _acceptor, "neither": _neither}
    rows = []
    for _ in range(count):
        label = chance.choice(tuple(makers))
        rows.append(f"{makers[label](chance)},{label}\n")
    return "sequence,label\n" + "".join(rows)


def _gene(chance: random.Random) -> str:
    codons = [
        chance.choice(_USED) if chance.random() < 0.75 else chance.choice(_ALL)
        for _ in range(chance.randrange(60, 320))
    ]
    return "".join([chance.choice(_STARTS), *codons, chance.choice(_STOPS)])


def _between(chance: random.Random) -> str:
    return "".join(chance.choices("ACGT", (3, 2, 2, 3), k=chance.randrange(20, 250)))


def _opposite(letters: str) -> str:
    return letters.translate(_COMPLEMENT)[::-1]


def _random(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("ACGT", k=count))


def _donor(chance: random.Random) -> str:
    near = "".join(chance.choice(pair) for pair in ("AC", "A", "GG", "GA", "A", "G", "TT"))
    return f"{_random(chance, 27)}{near[:3]}GT{near[3:]}{_random(chance, 24)}"


def _acceptor(chance: random.Random) -> str:
    run = "".join(chance.choices("CT", (2, 3), k=14))
    return f"{_random(chance, 12)}{run}{_random(chance, 1)}CAG{_random(chance, 30)}"


def _neither(chance: random.Random) -> str:
    # The two letters of a junction alone do not make one.
    middle = chance.choice(("GT", "AG", _random(chance, 2)))
    return f"{_random(chance, 29)}{middle}{_random(chance, 29)}"
