"""What the length of a text says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.text.rules import READ, WORK, Plan, Wishes, held_out, plan
from recurra.errors import DataError


def planned(symbols: int, kinds: int) -> Plan:
    end = held_out(symbols)
    return plan(symbols - end, end, kinds, Wishes())


def test_a_million_characters_get_what_was_measured_on_tinyshakespeare() -> None:
    # docs/results/characters.md: 2 x 384, 10 passes of 32 rows in chunks of 100, rate 0.003.
    found = planned(1_003_854, 65)
    assert (found.layers, found.units, found.embedding) == (2, 384, 64)
    assert (found.rows, found.steps, found.learning_rate) == (32, 100, 3e-3)
    assert (found.dropout, found.input_dropout) == (0.3, 0.1)
    assert found.length * 3200 == pytest.approx(READ, rel=0.01)


@given(st.integers(200, 10**9), st.integers(1, 10_000))
def test_any_text_can_be_learned_from(symbols: int, kinds: int) -> None:
    found = planned(symbols, kinds)
    learned = symbols - found.held_out
    assert 20 <= found.held_out <= 20_000
    assert found.rows * found.steps <= learned
    assert 64 <= found.units <= 384
    assert 1 <= found.looks <= found.length
    read = found.length * found.rows * found.steps
    assert read <= 1.2 * READ + 1e4
    # Two layers of LSTM and, twice, what foretells each kind of symbol.
    weights = 4 * found.units * (64 + 3 * found.units) + 2 * found.units * kinds
    assert read * weights <= 1.2 * WORK + 1e4 * weights


def test_many_kinds_of_symbols_are_read_less_often() -> None:
    few, many = planned(600_000, 100), planned(600_000, 5000)
    assert few.units == many.units
    assert 0.3 * few.length < many.length < 0.6 * few.length


def test_a_text_that_is_too_short_is_refused() -> None:
    with pytest.raises(DataError, match="199 symbols"):
        held_out(199)
