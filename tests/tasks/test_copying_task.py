import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.tasks import Copying


@given(st.integers(1, 30), st.integers(1, 6), st.integers(2, 5), st.integers(0, 2**32))
def test_symbols_blanks_delimiter_and_the_symbols_again(blanks, symbols, alphabet, seed):
    task = Copying(blanks, symbols, alphabet)
    x, y, _ = task.draw(3, torch.Generator().manual_seed(seed))
    assert x.shape == (3, blanks + 2 * symbols, alphabet + 2)
    assert (x.sum(-1) == 1).all()
    blank, delimiter = alphabet, alphabet + 1
    for steps, target in zip(x.argmax(-1).tolist(), y.tolist(), strict=True):
        said = steps[:symbols]
        assert all(one < alphabet for one in said)
        expected = [*said, *[blank] * (blanks - 1), delimiter, *[blank] * symbols]
        assert steps == expected
        assert target == [blank] * (blanks + symbols) + said


def test_the_papers_conventions_are_the_defaults():
    task = Copying(100)
    x, y, _ = task.draw(2, torch.Generator())
    assert x.shape == (2, 120, 10)
    assert y.shape == (2, 120)
    assert task.baseline == 10 * math.log(8) / (100 + 20)
    assert task.memory == 110


def test_blanks_then_any_symbol_scores_the_baseline():
    task = Copying(20)
    _, y, _ = task.draw(50, torch.Generator().manual_seed(0))
    scores = torch.full((*y.shape, task.output_size), -50.0)
    scores[:, :-10, 8] = 50.0
    scores[:, -10:, :8] = 50.0
    assert task.loss(scores, y).item() == pytest.approx(task.baseline, rel=1e-5)


def test_symbols_are_as_likely_so_that_no_answer_without_memory_is_better():
    _, y, _ = Copying(1).draw(5000, torch.Generator().manual_seed(0))
    shares = y[:, -10:].flatten().bincount(minlength=8).double() / 50_000
    assert (shares - 1 / 8).abs().max() < 0.01


@pytest.mark.parametrize("options", [{"blanks": 0}, {"symbols": 0}, {"alphabet": 1}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        Copying(**options)
