"""The poolings against numpy, row by row."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.structures.pooling import AttentionPooling, LastStep, MaxPooling, MeanPooling

LAST = LastStep(Recurrent("gru", 2, 2, batch_first=True, bidirectional=True))
BY_NUMPY = [
    (MeanPooling(), lambda rows: rows.mean(0)),
    (MaxPooling(), lambda rows: rows.max(0)),
    (LAST, lambda rows: np.concatenate([rows[-1, :2], rows[0, 2:]])),
]


@pytest.mark.parametrize(("pooling", "by_numpy"), BY_NUMPY)
@settings(max_examples=30, deadline=None)
@given(lengths=st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_each_row_is_pooled_over_its_own_steps(pooling, by_numpy, lengths):
    output = torch.randn(len(lengths), 5, 4) - 3  # a maximum of 0 would come from padding
    output[torch.arange(5) >= torch.tensor(lengths).unsqueeze(1)] = 0
    found = pooling(output, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        wanted = by_numpy(output[row, :length].numpy()) if length else np.zeros(4)
        np.testing.assert_allclose(found[row].numpy(), wanted, rtol=1e-5, atol=1e-6)
    full = pooling(output, [5] * len(lengths))
    torch.testing.assert_close(pooling(output), full)


def test_attention_weighs_each_step_by_its_score():
    torch.manual_seed(0)
    pooling, output = AttentionPooling(4, 3), torch.randn(2, 5, 4)
    hidden = torch.tanh(output @ pooling.seen.weight.T + pooling.seen.bias)
    scores = (hidden @ pooling.context.weight.T).squeeze(-1)
    for row, length in enumerate((5, 2)):
        weights = scores[row, :length].softmax(0)
        found = pooling.weights(output, [5, 2])[row]
        torch.testing.assert_close(found[:length], weights)
        assert not found[length:].any()
        wanted = weights @ output[row, :length]
        torch.testing.assert_close(pooling(output, [5, 2])[row], wanted)


def test_gradients_of_a_row_without_a_step_are_zero_and_finite():
    for pooling in (AttentionPooling(4, 3), MaxPooling(), MeanPooling()):
        output = torch.randn(2, 3, 4, requires_grad=True)
        pooling(output, [0, 3]).sum().backward()
        assert output.grad.isfinite().all()
        assert not output.grad[0].any()
        assert output.grad[1].any()


def test_an_attention_of_no_units_is_refused():
    with pytest.raises(OptionError):
        AttentionPooling(4, 0)
