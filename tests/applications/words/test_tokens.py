"""Tokens: one rule for all scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.words import stand_alone, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It's GREAT, really!", ["it's", "great", ",", "really", "!"]),
        ("房间2M宽,很好。", ["房", "间", "2m", "宽", ",", "很", "好", "。"]),
        ("iPhone手机", ["iphone", "手", "机"]),
        ("wo n't co-op 3.5", ["wo", "n't", "co", "-", "op", "3", ".", "5"]),
        ("   \n\t", []),
        ("été naïve", ["été", "naïve"]),
        ("กา", ["ก", "า"]),
        ("😀ok", ["😀", "ok"]),
    ],
)
def test_words_where_there_are_spaces_letters_where_there_are_none(
    text: str, found: list[str]
) -> None:
    assert [token.text for token in tokens(text)] == found


@given(st.text(max_size=60))
def test_tokens_lie_in_order_in_the_text_and_leave_only_space_out(text: str) -> None:
    found = tokens(text)
    place = 0
    for token in found:
        assert token.start >= place
        assert text[place : token.start].strip() == ""
        assert text[token.start : token.end].lower() == token.text
        place = token.end
    assert text[place:].strip() == ""


def test_a_letter_of_a_script_without_spaces_stands_alone() -> None:
    assert [stand_alone(one) for one in ("好", "の", "a", "!", "好好")] == [True, True] + [
        False
    ] * 3
