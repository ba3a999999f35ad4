"""Vocabularies, characters and subwords: numbers that come back as text."""

from __future__ import annotations

import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.words import Characters, Subwords, Vocabulary
from recurra.errors import ModelFileError, OptionError

TEXTS = ["the cat sat on the mat\n", "das Haus 房间\n"] * 3


def test_the_most_frequent_come_first_and_the_alphabet_decides_between_equals() -> None:
    found = Vocabulary.of("banana")
    assert found.symbols == ("a", "n", "b")
    assert found.numbers_of("nab!") == [2, 1, 3, 0]
    assert len(found) == 4
    assert Vocabulary.of("banana", least=2).symbols == ("a", "n")
    assert Vocabulary.of("banana", most=1).symbols == ("a",)
    assert Vocabulary.of("ananab").symbols == found.symbols


@given(st.lists(st.text(), unique=True, max_size=20))
def test_a_vocabulary_of_any_texts_comes_back_from_its_bytes(symbols: list[str]) -> None:
    # A lone surrogate is no character, so no file can hold one.
    symbols = [one for one in symbols if one.isprintable()]
    assert Vocabulary.from_tensor(Vocabulary(symbols).to_tensor()).symbols == tuple(symbols)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[1]", b"\xff"])
def test_a_damaged_vocabulary_is_refused(content: bytes) -> None:
    tensor = torch.tensor(list(content), dtype=torch.uint8)
    with pytest.raises(ModelFileError, match="vocabulary that is damaged"):
        Vocabulary.from_tensor(tensor)


def test_characters_that_occur_once_are_unknown() -> None:
    found = Characters.of(["aabbc"])
    assert found.encode("abcz") == [1, 2, 0, 0]
    assert found.decode([1, 2, 0]) == "ab\ufffd"
    assert Characters.of(["abc"]).encode("abc") == [1, 2, 3]


def test_subwords_write_any_text_and_come_back_from_their_bytes() -> None:
    pytest.importorskip("tokenizers")
    found = Subwords.of(TEXTS, 300)
    assert 256 <= len(found) <= 300
    again = Subwords.from_tensor(found.to_tensor())
    for text in ("the cat", "unseen 😀 é\n\n  x", "", "房"):
        assert found.decode(found.encode(text)) == text
        assert again.encode(text) == found.encode(text)
    assert len(found.encode("the cat sat")) < len("the cat sat")


def test_fewer_subwords_than_bytes_and_damaged_ones_are_refused() -> None:
    pytest.importorskip("tokenizers")
    with pytest.raises(OptionError, match="at least 256"):
        Subwords.of(TEXTS, 255)
    with pytest.raises(ModelFileError, match="damaged"):
        Subwords.from_tensor(torch.tensor([123, 125], dtype=torch.uint8))


def test_without_the_library_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(OptionError, match=r'pip install "recurra\[text\]"'):
        Subwords.of(TEXTS, 300)
