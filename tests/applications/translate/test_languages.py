"""Subwords of two languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pairs import columns

from recurra.applications.translate.languages import Languages, in_common
from recurra.applications.words import END, MARKS, even, vocabulary_size
from recurra.applications.words.sentences import LEAST, MOST
from recurra.errors import OptionError


@pytest.fixture(scope="module", params=[True, False], ids=["shared", "separate"])
def languages(request: pytest.FixtureRequest) -> Languages:
    return Languages.of(*columns(100), size=400, shared=request.param)


@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_comes_out_as_it_went_in(languages: Languages, text: str) -> None:
    numbers = languages.written(text)
    assert numbers[-1] == END
    assert languages.text(numbers) == even(text)
    assert all(MARKS <= n < languages.sizes[1] for n in numbers[:-1])


def test_halves_of_letters_and_pieces_of_bytes_break_nothing(languages: Languages) -> None:
    assert languages.text(languages.written("a\ud800b")) == "a?b"
    assert languages.text([MARKS + 5, MARKS + 200, END]) is not None
    assert "\n" not in languages.text(range(languages.sizes[1]))


def test_a_word_is_the_same_wherever_it_stands(languages: Languages) -> None:
    alone = languages.read("cat")[:-1]
    assert languages.read("old cat")[-1 - len(alone) : -1] == alone


def test_what_was_learned_comes_back_from_its_tensors(languages: Languages) -> None:
    again = Languages.from_tensors(languages.to_tensors())
    assert again.shared == languages.shared
    assert again.sizes == languages.sizes
    assert again.read("now old cat") == languages.read("now old cat")
    assert again.written("läuft Katze") == languages.written("läuft Katze")


def test_letters_in_common_are_counted_by_their_shares() -> None:
    assert in_common(["Abab"], ["bBAa"]) == 1
    assert in_common(["a cat"], ["猫"]) == 0
    assert in_common(["aaab"], ["abbb"]) == 0.5
    english, german = columns(200)
    assert 0.5 < in_common(english, german) < 0.9
    assert in_common(["1, 2."], ["a"]) == 0


def test_a_vocabulary_grows_with_the_root_of_the_text() -> None:
    assert vocabulary_size(["a" * 10**6] * 4) == 4000
    assert vocabulary_size(["é" * 5 * 10**5] * 4) == 4000
    assert vocabulary_size([]) == LEAST
    assert vocabulary_size(["a" * 10**8] * 2) == MOST


def test_too_few_subwords_for_all_bytes_are_refused() -> None:
    with pytest.raises(OptionError, match="at least 256"):
        Languages.of(["a"], ["b"], size=255, shared=True)
