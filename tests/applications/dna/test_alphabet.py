"""Letters of bases, held against biopython."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.dna.alphabet import (
    LETTERS,
    SHARES,
    SINGLE,
    is_dna,
    mutated,
    reverse_complement,
    to_letters,
    to_numbers,
)
from recurra.errors import DataError

bio = pytest.importorskip("Bio.Seq")
IUPAC = pytest.importorskip("Bio.Data.IUPACData")

dna = st.text("ACGTRYSWKMBDHVN", min_size=1)


@given(dna)
def test_the_other_strand_is_biopythons(text: str) -> None:
    assert to_letters(reverse_complement(to_numbers(text, "it"))) == bio.reverse_complement(text)


@given(dna)
def test_letters_come_out_as_they_went_in(text: str) -> None:
    assert to_letters(to_numbers(text.lower(), "it")) == text
    assert is_dna(text)


def test_a_letter_for_several_bases_is_each_as_probably() -> None:
    for number, letter in enumerate(LETTERS[1:], start=1):
        bases = IUPAC.ambiguous_dna_values[letter]
        shares = {base: float(SHARES[number, n]) for n, base in enumerate("ACGT")}
        assert shares == {b: pytest.approx(1 / len(bases) if b in bases else 0) for b in "ACGT"}
        assert (SINGLE[number] < 4) == (len(bases) == 1)


def test_u_is_read_as_t() -> None:
    assert to_letters(to_numbers("ucU", "it")) == "TCT"


@pytest.mark.parametrize(("text", "place"), [("ACXT", 3), ("A-C", 2), ("AC T", 3), ("ß", 1)])
def test_a_letter_of_no_base_is_named_with_its_place(text: str, place: int) -> None:
    with pytest.raises(DataError, match=f"row 7 has the letter .* at place {place},"):
        to_numbers(text, "row 7")
    assert not is_dna(text)


def test_a_share_of_bases_mutates_and_padding_does_not() -> None:
    torch.manual_seed(0)
    numbers = torch.full((50, 400), 2, dtype=torch.uint8)
    numbers[:, 300:] = 0
    found = mutated(numbers, 0.2)
    assert not found[:, 300:].any()
    # A fourth of the mutations draws the same base again.
    assert float((found != numbers)[:, :300].float().mean()) == pytest.approx(0.15, abs=0.02)
    assert set(found[:, :300].flatten().tolist()) == {1, 2, 4, 8}
