"""Texts as letters, alignments as text, and words that alone may be written."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recurra.applications.speech.alphabet import Alphabet, plain, steps_for
from recurra.applications.speech.spectrum import EDGE, HOP
from recurra.applications.speech.transcript import letters_of, transcript
from recurra.applications.speech.words import Words
from recurra.errors import DataError
from recurra.structures import ctc

AB = Alphabet(" ab")


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Don't  stop—now!", "don't stop now"),
        ("'Tis the dogs' ball", "tis the dogs ball"),
        ("ÇA va\u0301", "ça vá"),
        ("it’s 5 o’clock", "it's 5 o'clock"),
        ("  …  ", ""),
        ("你好，世界。", "你好 世界"),
    ],
)
def test_a_text_becomes_what_is_spoken(written: str, spoken: str) -> None:
    assert plain(written) == spoken
    assert plain(spoken) == spoken


@given(st.text("ab ", max_size=8))
def test_letters_have_numbers_and_numbers_letters(text: str) -> None:
    numbers = AB.numbers(text)
    assert 0 not in numbers.tolist()
    assert AB.text(numbers.tolist()) == " ".join(text.split())
    assert not AB.strange([text])
    assert AB.strange(["abc"]) == {"c"}


@given(st.text("ab", min_size=1, max_size=6))
def test_a_text_fits_in_the_steps_that_it_needs_and_in_no_fewer(text: str) -> None:
    targets, steps = AB.numbers(text).unsqueeze(0), steps_for(text)
    even = torch.full((1, steps, len(AB)), 0.25).log()
    assert torch.isfinite(ctc.loss(even, targets))
    with pytest.raises(DataError):
        ctc.loss(even[:, 1:], targets)


scores = arrays(
    np.float32, st.tuples(st.integers(1, 6), st.just(4)), elements=st.floats(-4, 4, width=32)
)


@given(scores)
def test_letter_by_letter_it_is_the_likeliest_alignment(numbers: np.ndarray) -> None:
    log_probs = torch.from_numpy(numbers).log_softmax(1)
    (expected,) = ctc.greedy(log_probs.unsqueeze(0)).sequences()
    assert [one.number for one in letters_of(log_probs)] == expected
    assert transcript(log_probs, AB, 0.02).text == AB.text(expected)


def test_words_have_times_from_the_beginning_of_the_recording() -> None:
    # Steps of 20 ms, of which the first lie in the silence before: blank, a, a, b, space, b.
    said = [0] * (EDGE // 2 + 5) + [2, 2, 3, 1, 3, 0]
    log_probs = torch.full((len(said), 4), 1e-4)
    log_probs[range(len(said)), said] = 0.9
    found = transcript(log_probs.log(), AB, 2 * HOP)
    assert found.text == "ab b"
    assert [(one.text, one.begin, one.end) for one in found.words] == [
        *(("ab", 0.1, 0.16), ("b", 0.18, 0.2)),
    ]
    assert found.words[0].probability == pytest.approx(0.9)
    assert found.to_json()["words"][1]["text"] == "b"


@given(scores)
def test_with_a_lexicon_it_is_the_likeliest_of_all_texts_of_its_words(numbers: np.ndarray) -> None:
    log_probs = torch.from_numpy(numbers).log_softmax(1)
    words, steps = ["a", "ba", "abb"], len(log_probs)
    texts = [
        " ".join(some)
        for count in range(steps + 1)
        for some in itertools.product(words, repeat=count)
    ]
    fits = [text for text in texts if steps_for(text) <= steps]

    def nats(text: str) -> float:
        return float(
            ctc.loss(log_probs.unsqueeze(0), AB.numbers(text).unsqueeze(0)[:, :], reduction="sum")
        )

    best = min(map(nats, fits))
    found = Words(AB, words).read(log_probs)
    assert set(found.split()) <= set(words)
    assert nats(found) == pytest.approx(best, abs=1e-3)


def test_only_single_words_are_written_where_no_space_is_known() -> None:
    log_probs = torch.full((4, 3), -torch.inf)
    log_probs[range(4), [1, 2, 1, 2]] = 0.0
    assert Words(Alphabet("ab"), ["abab", "ab"]).read(log_probs) == "abab"
    # Nothing of the lexicon is possible.
    assert Words(Alphabet("ab"), ["ab"]).read(log_probs) == ""


def test_words_of_strange_letters_are_told_apart() -> None:
    found = Words(AB, ["Ab!", "abc", "a b"])
    assert (found.words, found.strange) == (["a", "ab", "b"], ["abc"])
    with pytest.raises(DataError, match="none of them in the letters"):
        Words(AB, ["xyz"])
