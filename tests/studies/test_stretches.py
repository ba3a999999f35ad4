"""Stretches: each step but the first is foretold once."""

from __future__ import annotations

from itertools import pairwise

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.studies.stretches import stretches


@given(st.text(min_size=2, max_size=80), st.integers(1, 90))
def test_each_letter_but_the_first_is_foretold_once(whole: str, steps: int) -> None:
    found = stretches(whole, steps)
    assert "".join(one[1:] for one in found) == whole[1:]
    assert all(2 <= len(one) <= steps + 1 for one in found)
    assert all(a[-1] == b[0] for a, b in pairwise(found))


def test_rows_are_parted_as_letters_are() -> None:
    roll = torch.arange(22).view(11, 2)
    assert [one[:, 0].tolist() for one in stretches(roll, 4)] == [
        [0, 2, 4, 6, 8],
        [8, 10, 12, 14, 16],
        [16, 18, 20],
    ]


def test_of_a_single_step_there_is_nothing_to_foretell() -> None:
    assert stretches("a", 3) == []
