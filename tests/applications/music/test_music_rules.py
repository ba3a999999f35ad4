"""What the amount of music says."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.music.demo import pieces
from recurra.applications.music.holding_out import FEWEST, parted
from recurra.applications.music.rules import Wishes, plan
from recurra.errors import DataError


def test_the_chorales_and_the_folk_tunes_get_what_was_measured_on_them() -> None:
    # docs/results/music.md: 229 pieces of 13,807 steps, 694 of 176,561.
    chorales, tunes = plan(229, 13_807, Wishes()), plan(694, 176_561, Wishes())
    assert (chorales.cell, chorales.units, chorales.layers) == ("gru", 256, 1)
    assert (chorales.state_dropout, chorales.dropout) == (0.5, 0.5)
    assert (chorales.batch_size, chorales.passes, chorales.learning_rate) == (16, 300, 0.006)
    assert (tunes.cell, tunes.units, tunes.batch_size, tunes.learning_rate) == (
        "lstm",
        256,
        4,
        0.01,
    )
    assert tunes.state_dropout == pytest.approx(0.05, abs=0.02)
    assert tunes.dropout == pytest.approx(0.2, abs=0.03)
    assert tunes.passes == pytest.approx(40, abs=0.5)


@given(st.integers(1, 10**6), st.integers(2, 10**4))
def test_any_amount_of_music_can_be_learned_from(count: int, each: int) -> None:
    found = plan(count, count * each, Wishes())
    assert 0 <= found.state_dropout <= found.dropout <= 0.5
    assert 1 <= found.batch_size <= 64
    assert 0 < found.passes <= 300
    assert 10 <= found.looks <= 30
    assert 3 <= found.patience <= found.looks


def test_of_many_pieces_a_tenth_is_judged_by_and_another_chosen_by() -> None:
    some = pieces(40, seed=0)
    parts = parted(some, [], [], 0)
    assert [len(part) for part in (parts.learned, parts.chosen_by, parts.judged)] == [32, 4, 4]
    together = [
        one.numpy().tobytes()
        for part in (parts.learned, parts.chosen_by, parts.judged)
        for one in part
    ]
    assert sorted(together) == sorted(one.numpy().tobytes() for one in some)


def test_pieces_that_are_the_same_stay_together() -> None:
    some = pieces(15, seed=0)
    parts = parted([*some, *some], [], [], 0)
    contents = [
        {one.numpy().tobytes() for one in part}
        for part in (parts.learned, parts.chosen_by, parts.judged)
    ]
    assert all(contents)
    assert sum(map(len, contents)) == 15


def test_of_some_pieces_none_is_left_to_judge_by_and_of_few_only_ends_are_held_out() -> None:
    some = parted(pieces(10, seed=0), [], [], 0)
    assert (len(some.learned), len(some.chosen_by), some.judged) == (8, 2, [])
    given_ = pieces(2, seed=0)
    few = parted(given_, [], [], 0)
    for whole, begin, end in zip(given_, few.learned, few.chosen_by, strict=True):
        assert torch.equal(torch.cat([begin, end]), whole)
        assert len(end) == len(whole) // 5


def test_parts_that_are_given_are_kept_and_only_the_others_held_out() -> None:
    some, validation, test = pieces(30, seed=0), pieces(3, seed=1), pieces(2, seed=2)
    all_given = parted(some, validation, test, 0)
    assert (len(all_given.learned), all_given.chosen_by, all_given.judged) == (30, validation, test)
    one = parted(some, [], test, 0)
    assert (len(one.learned), len(one.chosen_by), one.judged) == (27, 3, test)


def test_too_little_music_is_refused() -> None:
    with pytest.raises(DataError, match=f"at least {FEWEST}"):
        parted([torch.ones(FEWEST - 1, 88, dtype=torch.uint8)], [], [], 0)
    same = pieces(1, seed=0)
    with pytest.raises(DataError, match="all the same"):
        parted(same * 6, [], [], 0)
