"""Batches by number of symbols."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.translate.batches import Numbered, TokenBatches
from recurra.applications.words import START

LENGTHS = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=80)


@given(LENGTHS, st.integers(1, 200))
def test_each_pair_is_in_one_batch_and_no_batch_is_too_large(
    lengths: list[tuple[int, int]], symbols: int
) -> None:
    sources, targets = [s for s, _ in lengths], [t for _, t in lengths]
    batches = TokenBatches(sources, targets, symbols)
    for _ in range(2):
        found = list(batches)
        assert sorted(torch.cat(found).tolist()) == list(range(len(lengths)))
        assert len(found) == len(batches)
        for one in found:
            longest = max(max(lengths[n]) for n in one.tolist())
            assert len(one) == 1 or len(one) * longest <= symbols


def test_pairs_of_like_lengths_stand_together_in_an_order_of_their_own() -> None:
    lengths = [n % 10 + 1 for n in range(1000)]
    batches = TokenBatches(lengths, lengths, 50, seed=3)
    first, second = list(batches), list(batches)
    for one in first:
        assert max(lengths[n] for n in one) - min(lengths[n] for n in one) <= 1
    assert [one.tolist() for one in first] != [one.tolist() for one in second]
    again = TokenBatches(lengths, lengths, 50, seed=3)
    assert [one.tolist() for one in again] == [one.tolist() for one in first]


def test_what_stands_before_a_symbol_is_the_one_before_it() -> None:
    pairs = Numbered(
        [torch.tensor([5, 6, 0]), torch.tensor([7, 0])],
        [torch.tensor([8, 0]), torch.tensor([9, 3, 4, 0])],
    )
    found = pairs.batch(torch.tensor([1, 0]))
    assert found.source.tolist() == [[7, 0, 0], [5, 6, 0]]
    assert found.source_lengths.tolist() == [2, 3]
    assert found.inputs.tolist() == [[START, 9, 3, 4], [START, 8, 0, 0]]
    assert found.targets.tolist() == [[9, 3, 4, 0], [8, 0, 0, 0]]
    assert found.lengths.tolist() == [4, 2]
