"""Running text cut as the tokens were that were seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.ner.cutter import Cutter

ENGLISH = [
    ["It", "'s", "Mr.", "Bo", "'s", ",", "not", "yours", "."],
    ["Mr.", "Li", "paid", "1,000.50", "for", "2nd", "class", ",", "didn't", "he", "?"],
    ["A", "well-known", "@name", "said", ":", "3.5", "%", "."],
    ["The", "up-to-date", "list", ",", "he", "said", "."],
]
LETTERS = [list("王明,男,1990年生。"), list("在IBM工作。"), list("他说,好。")]


def cut(cutter: Cutter, text: str) -> list[list[str]]:
    return [[word.text for word in words] for words in cutter.sentences(text)]


def test_marks_stay_where_they_stood_within_tokens_and_are_cut_off_elsewhere() -> None:
    cutter = Cutter.of(ENGLISH)
    assert cut(cutter, "Mr. Wu's aunt, who isn't 2.75m tall, came.") == [
        ["Mr.", "Wu", "'s", "aunt", ",", "who", "isn", "'t", "2.75m", "tall", ",", "came", "."]
    ]
    assert cut(cutter, "a state-of-the-art @thing") == [["a", "state-of-the-art", "@thing"]]


def test_sentences_end_behind_marks_that_ended_them_and_at_line_ends() -> None:
    cutter = Cutter.of(ENGLISH)
    assert cut(cutter, "He left. She stayed\n\nThey, 3.5 of them.") == [
        ["He", "left", "."],
        ["She", "stayed"],
        ["They", ",", "3.5", "of", "them", "."],
    ]


def test_letters_of_scripts_without_spaces_are_tokens_as_all_are_if_all_were() -> None:
    cutter = Cutter.of(LETTERS)
    assert cut(cutter, "李白,1970年。他在BMW") == [list("李白,1970年。"), list("他在BMW")]
    mixed = Cutter.of([["王", "明", "在", "IBM", "工", "作"], ["1990", "年"]])
    assert cut(mixed, "李白在BMW 2001年") == [["李", "白", "在", "BMW", "2001", "年"]]


def test_vowel_signs_and_accents_of_their_own_part_no_word() -> None:
    cutter = Cutter.of(ENGLISH)
    assert cut(cutter, "नमस्ते cafe\u0301s") == [["नमस्ते", "cafe\u0301s"]]


@given(st.text(max_size=60))
def test_tokens_are_the_text_without_its_space(text: str) -> None:
    for cutter in (Cutter.of(ENGLISH), Cutter.of(LETTERS), Cutter(())):
        words = [word for words in cutter.sentences(text) for word in words]
        assert all(text[word.start : word.end] == word.text != "" for word in words)
        assert "".join(word.text for word in words) == "".join(text.split())
        assert [word.start for word in words] == sorted(word.start for word in words)


def test_what_was_seen_comes_back_from_tensors() -> None:
    cutter = Cutter.of(ENGLISH)
    again = Cutter.from_tensors(cutter.to_tensors())
    assert (again.together, again.known, again.enders) == (
        cutter.together,
        cutter.known,
        cutter.enders,
    )
