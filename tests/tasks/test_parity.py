import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.tasks import Parity, accuracy


@given(st.integers(2, 60), st.integers(0, 2**32))
def test_the_answer_is_the_exclusive_or_of_all_bits(length, seed):
    x, y, _ = Parity(length).draw(6, torch.Generator().manual_seed(seed))
    assert x.shape == (6, length, 1)
    for bits, target in zip(x.squeeze(-1).tolist(), y.tolist(), strict=True):
        odd = 0
        for bit in bits:
            assert bit in {0.0, 1.0}
            odd ^= int(bit)
        assert target == odd


def test_without_memory_the_last_bit_tells_nothing():
    task = Parity(9)
    x, y, _ = task.draw(40_000, torch.Generator().manual_seed(0))
    for bit in (0, 1):
        odd = y[x[:, -1, 0] == bit].double().mean().item()
        assert odd == pytest.approx(0.5, abs=0.02)
    scores = torch.zeros(len(y), 2)
    assert task.loss(scores, y).item() == pytest.approx(task.baseline)
    assert task.baseline == math.log(2)
    assert accuracy(scores, y) == pytest.approx(0.5, abs=0.02)


def test_a_length_out_of_range_is_refused():
    with pytest.raises(OptionError, match="length=1"):
        Parity(1)
