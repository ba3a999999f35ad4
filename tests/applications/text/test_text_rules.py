"""What the length of a text says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.text.rules import READ, Wishes, plan
from recurra.errors import DataError


def test_a_million_characters_get_what_was_measured_on_tinyshakespeare() -> None:
    # docs/results/characters.md: 2 x 384, 10 passes of 32 rows in chunks of 100, rate 0.003.
    found = plan(1_003_854, Wishes())
    assert (found.layers, found.units, found.embedding) == (2, 384, 64)
    assert (found.rows, found.steps, found.learning_rate) == (32, 100, 3e-3)
    assert (found.dropout, found.input_dropout) == (0.3, 0.1)
    assert found.length * 3200 == pytest.approx(READ, rel=0.01)


@given(st.integers(200, 10**9))
def test_any_text_can_be_learned_from(symbols: int) -> None:
    found = plan(symbols, Wishes())
    learned = symbols - found.held_out
    assert 20 <= found.held_out <= 20_000
    assert found.rows * found.steps <= learned
    assert 64 <= found.units <= 384
    assert 1 <= found.looks <= found.length
    assert found.length * found.rows * found.steps <= 1.2 * READ + 1e4


def test_a_text_that_is_too_short_is_refused() -> None:
    with pytest.raises(DataError, match="199 symbols"):
        plan(199, Wishes())
