"""Rows of a state: for every cell, in every form that a state has."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_structures import layer

from recurra.cells import names
from recurra.structures.rows import select

ROWS = torch.tensor([2, 0, 0, 3])


def _follows(recurrent):
    """Rows of a batch's state go on as the rows themselves would."""
    torch.manual_seed(0)
    x, y = torch.randn(4, 3, 3).double(), torch.randn(4, 4, 3).double()
    _, state = recurrent(x)
    output, _ = recurrent(y, select(state, ROWS))
    wanted, _ = recurrent(torch.cat([x[ROWS], y], 1))
    torch.testing.assert_close(output, wanted[:, 3:])


@pytest.mark.parametrize("cell", names())
def test_rows_of_any_cells_state_go_on_as_those_rows(cell):
    _follows(layer(cell))


@pytest.mark.parametrize("cell", ["lstm", "clockwork", "qrnn", "slstm"])
@pytest.mark.parametrize(
    "options",
    [{"hidden": (4, 5)}, {"num_layers": 2, "dilation": (1, 2)}, {"hidden": (4, 5), "dilation": 2}],
)
def test_rows_are_found_where_layers_differ_or_are_dilated(cell, options):
    _follows(layer(cell, **options))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=7), st.lists(st.integers(0, 6), max_size=5))
def test_rows_of_rows_are_rows(first, then):
    then = [row for row in then if row < len(first)]
    _, state = layer("lstm", num_layers=2)(torch.randn(5, 2, 3).double())
    twice = select(select(state, torch.tensor(first).long()), torch.tensor(then).long())
    once = select(state, torch.tensor([first[row] for row in then]).long())
    for one, two in zip(once, twice, strict=True):
        assert torch.equal(one, two)


def test_zero_is_zero_for_any_rows():
    assert select(None, ROWS) is None


def test_gradients_reach_the_rows_that_were_taken():
    state = torch.zeros(1, 4, 2, requires_grad=True)
    select(state, ROWS).sum().backward()
    assert state.grad[0, :, 0].tolist() == [2.0, 0.0, 1.0, 1.0]
