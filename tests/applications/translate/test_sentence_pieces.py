"""Long sentences, cut and joined."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.translate.pieces import cut, joined


def letters(numbers: Sequence[int]) -> str:
    return "".join(map(chr, numbers))


def pieces(text: str, longest: int) -> list[str]:
    return [letters(one) for one in cut([ord(letter) for letter in text], longest, letters)]


@given(st.text("ab .", max_size=60), st.integers(1, 20))
def test_nothing_is_lost_and_no_piece_is_too_long(text: str, longest: int) -> None:
    found = pieces(text, longest)
    assert "".join(found) == text
    assert all(0 < len(one) <= longest for one in found)


def test_it_is_cut_behind_marks_else_between_words_else_anywhere() -> None:
    assert pieces("aaaa. bb cc dd", 10) == ["aaaa. bb", " cc dd"]
    assert pieces("aaaaaa. bb cc dd", 10) == ["aaaaaa.", " bb cc dd"]
    assert pieces("一二三四五。六七", 6) == ["一二三四五。", "六七"]
    assert pieces("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert pieces("short", 10) == ["short"]
    assert pieces("", 10) == []


def test_words_are_joined_with_blanks_and_letters_without() -> None:
    assert joined(["One.", "Two."]) == "One. Two."
    assert joined(["一。", "二。"]) == "一。二。"
    assert joined(["", "a", "", "b"]) == "a b"
    assert joined([]) == ""
