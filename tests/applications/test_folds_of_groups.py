"""Groups are dealt out whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.folds import folds_of_groups


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30), st.integers(1, 5))
def test_a_group_lies_in_one_part_and_parts_differ_by_one_group(
    groups: list[str], count: int
) -> None:
    parts = folds_of_groups(groups, count, seed=1).tolist()
    pairs = set(zip(groups, parts, strict=True))
    assert len(pairs) == len(set(groups))
    sizes = [sum(part == one for _, part in pairs) for one in range(count)]
    assert max(sizes) - min(sizes) <= 1
