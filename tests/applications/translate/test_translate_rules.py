"""What the amount of text says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.translate.rules import MOST_PASSES, READ, Wishes, plan
from recurra.errors import OptionError


@given(st.integers(1, 10**10))
def test_any_amount_of_text_can_be_learned_from(symbols: int) -> None:
    found = plan(symbols, Wishes())
    assert 64 <= found.units <= 256
    assert 200 <= found.batch_size <= 1000
    assert 0 < found.passes <= MOST_PASSES
    assert found.passes * symbols <= READ * 1.001


def test_wishes_come_first() -> None:
    wishes = Wishes("gru", 12, 3, 77, 0.5, 9)
    found = plan(10**6, wishes)
    assert (found.cell, found.units, found.reading_units) == ("gru", 12, 9)
    assert (found.passes, found.batch_size, found.learning_rate, found.longest) == (3, 77, 0.5, 9)
    assert "12 write and look back" in found.notes[0]


@pytest.mark.parametrize(
    "wish",
    [{"units": 0}, {"epochs": 1.5}, {"batch_size": True}, {"longest": 0}, {"learning_rate": 0.0}],
)
def test_wishes_out_of_range_are_refused(wish: dict) -> None:
    with pytest.raises(OptionError, match=next(iter(wish))):
        Wishes(**wish)
