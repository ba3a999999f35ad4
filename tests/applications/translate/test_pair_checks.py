"""Pairs before anything is learned from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.translate.checks import checked
from recurra.applications.translate.holding_out import FEWEST, MOST, hold_out
from recurra.applications.words import even
from recurra.errors import DataError

SENTENCES = st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=0, max_size=200)


def test_blank_sides_are_left_out_and_repetitions_counted() -> None:
    found = checked(["a", " ", "c", "a", "e\u3000\te"], ["A", "B", "\n", "A", "E"], "pairs")
    assert (found.sources, found.targets) == (["a", "a", "e e"], ["A", "A", "E"])
    assert found.notes == (
        "2 of the pairs have a blank side and are left out",
        "1 of the pairs repeat another",
    )


@pytest.mark.parametrize(
    ("sources", "targets", "said"),
    [
        (["a"], ["A", "B"], "1 sentences and 2 translations"),
        ("ab", "AB", "a translation for each"),
        ([], [], "none with text on both sides"),
        ([" "], ["a"], "none with text on both sides"),
        (["a", None], ["A", "B"], "None among the pairs"),
        ([3.5], ["A"], "3.5 among the pairs"),
    ],
)
def test_what_are_no_pairs_is_refused(sources: list, targets: list, said: str) -> None:
    with pytest.raises(DataError, match=said):
        checked(sources, targets, "pairs")


@given(st.text())
def test_even_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    assert even(even(text)) == even(text)
    assert len(even(text).splitlines()) <= 1


@given(SENTENCES, st.integers(0, 3))
def test_no_sentence_that_is_held_out_is_learned_from(targets: list[str], seed: int) -> None:
    sources = [f"{n // 2}" for n in range(len(targets))]
    # Each target of a letter by itself would tie everything together.
    targets = [f"{one}{n // 7}" for n, one in enumerate(targets)]
    learned, held = hold_out(sources, targets, seed)
    assert sorted(learned + held) == list(range(len(sources)))
    assert len(held) <= len(sources) // 10
    for side in (sources, targets):
        assert not {side[n] for n in learned} & {side[n] for n in held}


def test_a_tenth_is_held_out_but_no_more_than_a_thousand_and_none_of_a_few() -> None:
    for count, held in ((FEWEST - 1, 0), (FEWEST, 5), (500, 50), (50 * MOST, MOST)):
        names = [str(n) for n in range(count)]
        assert len(hold_out(names, names, 0)[1]) == held
    names = [str(n) for n in range(100)]
    assert hold_out(names, names, 0) == hold_out(names, names, 0) != hold_out(names, names, 1)


def test_pairs_that_share_a_sentence_through_others_stay_together() -> None:
    # a-A, b-A, b-B: one family of three beside 97 pairs of their own.
    sources = ["a", "B", "b", *(f"s{n}" for n in range(97))]
    targets = ["A", "a", "c", *(f"t{n}" for n in range(97))]
    for seed in range(20):
        _, held = hold_out(sources, targets, seed)
        assert {0, 1, 2} & set(held) in (set(), {0, 1, 2})
    assert any({0, 1, 2} <= set(hold_out(sources, targets, seed)[1]) for seed in range(60))
