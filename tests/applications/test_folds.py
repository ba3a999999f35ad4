"""What is held out."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.folds import folds_of_groups, splits


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30), st.integers(1, 5))
def test_a_group_lies_in_one_part_and_parts_differ_by_one_group(
    groups: list[str], count: int
) -> None:
    parts = folds_of_groups(groups, count, seed=1).tolist()
    pairs = set(zip(groups, parts, strict=True))
    assert len(pairs) == len(set(groups))
    sizes = [sum(part == one for _, part in pairs) for one in range(count)]
    assert max(sizes) - min(sizes) <= 1


def test_each_network_holds_out_another_part_and_learns_from_the_rest() -> None:
    # One thing, of part -1, is never held out.
    found = splits(torch.tensor([0, 1, -1, 2, 0]), networks=4, count=3)
    assert [out.tolist() for _, out in found] == [[0, 4], [1], [3], [0, 4]]
    assert [learned.tolist() for learned, _ in found[:2]] == [[1, 2, 3], [0, 2, 3, 4]]
