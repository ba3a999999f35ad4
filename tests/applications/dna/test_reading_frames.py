"""From the probabilities of bases to genes, held against a plain search and biopython."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.applications.dna.alphabet import to_numbers
from recurra.applications.dna.genes.annotated import KINDS, SWAPPED, Gene
from recurra.applications.dna.genes.answering import cores
from recurra.applications.dna.genes.code import codons, number, protein, stops
from recurra.applications.dna.genes.frames import (
    SHORTEST,
    Frame,
    best_least,
    chosen,
    frames,
    strands,
)

bio = pytest.importorskip("Bio.Seq")

STARTS = {"ATG": 0.8, "GTG": 0.2}


def searched(text: str, odds: torch.Tensor) -> set[tuple[int, int, float]]:
    """All frames of a strand, one codon after the other: end, start and score of the best start."""
    found = set()
    for step in range(3):
        begins = None
        open_since: list[int] = []
        for place in range(step, len(text) - 2, 3):
            codon = text[place : place + 3]
            if codon in STARTS:
                open_since.append(place)
            if codon in ("TAA", "TAG", "TGA"):
                scored = []
                for begins in open_since:
                    gain = sum(float(odds[n, (n - begins) % 3]) for n in range(begins, place + 3))
                    bonus = torch.tensor(STARTS[text[begins : begins + 3]]).log()
                    scored.append((gain + float(bonus), begins))
                open_since = []
                if scored and max(scored)[0] > 0:
                    score, begins = max(scored)
                    if place + 3 - begins >= SHORTEST:
                        found.add((begins, place + 3, round(score, 3)))
    return found


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_frames_are_those_of_a_plain_search(seed: int) -> None:
    chance = random.Random(seed)
    torch.manual_seed(seed)
    # Few stops, so that frames are long.
    text = "".join(chance.choices("ACGT", (1, 3, 3, 1), k=700))
    chances = torch.rand(len(text), KINDS).softmax(-1) * 2
    found = frames(to_numbers(text, "it"), chances.clamp(max=0.99), STARTS, 11)
    p = chances.clamp(max=0.99).double()
    odds = (p / (1 - p)).log()
    forward = searched(text, odds[:, 1:4])
    assert {(a, b, round(s, 3)) for a, b, on, s in found if on} == forward
    other = searched(bio.reverse_complement(text), odds.flip(0)[:, 4:])
    size = len(text)
    assert {(size - b, size - a, round(s, 3)) for a, b, on, s in found if not on} == other


def test_the_other_strand_is_read_the_same() -> None:
    assert SWAPPED[SWAPPED].tolist() == list(range(KINDS))
    torch.manual_seed(1)
    text = "CC" + "ATG" + "GCA" * 40 + "TAA" + "GG"
    chances = torch.full((len(text), KINDS), 0.05)
    for n in range(2, len(text) - 2):
        chances[n, 1 + (n - 2) % 3] = 0.7
    (one,) = frames(to_numbers(text, "it"), chances, STARTS, 11)
    (other,) = frames(
        to_numbers(bio.reverse_complement(text), "it"), chances.flip(0)[:, SWAPPED], STARTS, 11
    )
    assert one[:3] == (2, len(text) - 2, True)
    assert other[:3] == (2, len(text) - 2, False)
    assert one.score == pytest.approx(other.score)


@given(st.text("ACGTN", min_size=3, max_size=40))
def test_codons_have_the_numbers_of_their_letters(text: str) -> None:
    found = codons(to_numbers(text, "it"))
    for place in range(len(text)):
        codon = text[place : place + 3]
        clear = len(codon) == 3 and "N" not in codon
        assert found[place] == (number(codon) if clear else -1)


def test_stops_are_those_of_the_code() -> None:
    assert stops(11) == ("TAA", "TAG", "TGA")
    assert stops(4) == ("TAA", "TAG")


def test_proteins_are_biopythons_and_begin_with_methionine() -> None:
    text = "GTGGCATGGAAATAA"
    expected = "M" + str(bio.translate(text, table=11))[1:-1]
    assert protein(to_numbers(text, "it"), Gene(((0, 15),), True), 11) == expected == "MAWK"
    other = to_numbers("CC" + bio.reverse_complement(text), "it")
    assert protein(other, Gene(((2, 17),), False), 11) == expected


def test_the_best_are_taken_first_and_overlap_little() -> None:
    best = Frame(100, 400, True, 9.0)
    candidates = [
        best,
        Frame(150, 450, False, 8.0),  # over most of the best
        Frame(350, 700, True, 7.0),  # 50 bases in common
        Frame(690, 990, False, 2.0),
    ]
    assert chosen(candidates, 1000, 0.0) == [best, candidates[2], candidates[3]]
    assert chosen(candidates, 1000, 5.0) == [best, candidates[2]]
    painted = strands([best, candidates[2]], 1000)
    assert painted[99:101].tolist() == [0, 1]
    assert int(painted.sum()) == 600


def test_the_least_score_is_where_f1_is_highest() -> None:
    some = [Frame(0, 9, True, score) for score in (9.0, 5.0, 3.0, 1.0)]
    assert best_least(some, [True, True, False, False], 2) == pytest.approx(15**0.5)
    assert best_least(some, [False, True, False, True], 2) == 1.0
    assert best_least(some, [False] * 4, 2) == 0.0


@given(st.integers(0, 500), st.integers(1, 60), st.integers(0, 40))
def test_each_base_is_answered_once(length: int, core: int, margin: int) -> None:
    every = cores(length, core, margin)
    assert [n for one in every for n in range(one.kept, one.until)] == list(range(length))
    assert all(one.start <= one.kept <= one.until <= one.end <= length for one in every)
