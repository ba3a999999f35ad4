import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError, ShapeError
from recurra.tasks import Adding


@given(st.integers(2, 40), st.integers(1, 8), st.integers(0, 2**32))
def test_the_target_is_the_sum_of_the_two_marked_numbers_one_in_each_half(length, rows, seed):
    x, y, lengths = Adding(length).draw(rows, torch.Generator().manual_seed(seed))
    assert x.shape == (rows, length, 2)
    assert y.shape == (rows, 1)
    assert lengths is None
    for row, target in zip(x.tolist(), y.tolist(), strict=True):
        marked = [(step, value) for step, (value, mark) in enumerate(row) if mark == 1]
        (first, a), (second, b) = marked
        assert first < length // 2 <= second
        assert target[0] == pytest.approx(a + b, abs=1e-6)
        assert all(0 <= value < 1 and mark in {0, 1} for value, mark in row)


def test_always_one_scores_the_baseline():
    task = Adding(30)
    _, y, _ = task.draw(200_000, torch.Generator().manual_seed(0))
    assert task.loss(torch.ones_like(y), y).item() == pytest.approx(1 / 6, rel=0.01)
    assert task.baseline == pytest.approx(0.167, abs=1e-3)
    # No other constant is better.
    assert y.mean().item() == pytest.approx(1.0, abs=5e-3)


def test_marks_may_lie_at_every_step():
    x, _, _ = Adding(6).draw(500, torch.Generator().manual_seed(0))
    assert (x[..., 1].sum(0) > 0).all()
    assert Adding(6).memory == 5


def test_an_answer_that_would_be_spread_is_refused():
    _, y, _ = Adding().draw(4, torch.Generator())
    with pytest.raises(ShapeError, match=r"\(4,\) to targets of shape \(4, 1\)"):
        Adding().loss(torch.ones(4), y)


@pytest.mark.parametrize("length", [1, 0, -3, 2.5, True])
def test_a_length_out_of_range_is_refused(length):
    with pytest.raises(OptionError, match="length="):
        Adding(length)
