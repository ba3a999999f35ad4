"""What is read of tokens: numbers, pieces, pairs."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.words import Lexicon, Vocabulary, grams, stamp

BUCKETS = 1000


def test_the_pieces_of_a_word_are_those_of_the_paper() -> None:
    # Bojanowski et al. 2017, section 3.2: "where" has <wh, whe, her, ere, re> of three letters.
    marked = "<where>"
    pieces = {marked[i : i + n] for n in (3, 4, 5, 6) for i in range(len(marked) - n + 1)}
    assert {"<wh", "whe", "her", "ere", "re>"} <= pieces
    assert grams("where", BUCKETS) == sorted({stamp(one) % BUCKETS for one in pieces | {marked}})


@given(st.text(max_size=12), st.integers(1, 50))
def test_every_token_has_a_piece_and_all_are_buckets(token: str, buckets: int) -> None:
    token = token.encode("utf-8", "ignore").decode()
    found = grams(token, buckets)
    assert found
    assert all(0 <= one < buckets for one in found)


def test_texts_are_read_kind_by_kind() -> None:
    lexicon = Lexicon(Vocabulary(["b", "a"]), BUCKETS)
    read = lexicon.read([["a", "b", "a"], [], ["c", "b"]])
    assert [text.tolist() for text in read.texts] == [[0, 1, 0], [], [2, 1]]
    assert read.words.tolist() == [2, 1, 0]
    assert read.lengths == [3, 0, 2]
    for kind, token in enumerate("abc"):
        pieces = read.grams[read.begins[kind] : read.begins[kind + 1]]
        assert pieces.tolist() == grams(token, BUCKETS)


def test_a_pair_is_the_same_wherever_it_stands_and_has_a_direction() -> None:
    lexicon = Lexicon(Vocabulary([]), 2**31)
    stamps = torch.tensor([[stamp(one) for one in "abab"]])
    first, second, third = lexicon.pairs(stamps)[0].tolist()
    assert first == third != second
    assert all(0 <= one < 2**31 for one in (first, second))
