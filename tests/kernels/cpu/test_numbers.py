"""Tensors that torch keeps in ways of its own, as numbers in memory."""

import pytest
import torch

from recurra import LSTM
from recurra.kernels.cpu.numbers import as_numbers

PLAIN = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (PLAIN, PLAIN),
        (PLAIN.T.contiguous().T, PLAIN),
        (torch._neg_view(PLAIN), -PLAIN),
        (torch._neg_view(PLAIN.T), -PLAIN.T),
        (torch._efficientzerotensor(3, 4), torch.zeros(3, 4)),
    ],
    ids=["plain", "turned", "negative", "both", "zeros"],
)
def test_they_lie_row_after_row_as_they_are(given, wanted):
    found = as_numbers(given)
    assert found.is_contiguous()
    assert not found.is_neg()
    assert found.data_ptr()
    assert torch.equal(found.detach().clone(), wanted)
    raw = torch.empty_like(found)
    raw.untyped_storage().copy_(found.untyped_storage())
    assert torch.equal(raw, wanted)


def test_what_is_plain_stays_the_very_tensor():
    assert as_numbers(PLAIN) is PLAIN


def test_inputs_and_states_and_gradients_may_be_such():
    layer = LSTM(4, 4)
    x, h, c = PLAIN.unsqueeze(1), -torch.ones(1, 1, 4), torch.zeros(1, 1, 4)
    wanted = layer(-x, (h, c))[0]
    odd = (torch._neg_view(-h), torch._efficientzerotensor(1, 1, 4))
    found = layer(torch._neg_view(x), odd)[0]
    assert torch.equal(found, wanted)
    gradient = torch.randn_like(found)
    weights = list(layer.parameters())
    one = torch.autograd.grad(found, weights, torch._neg_view(-gradient))
    other = torch.autograd.grad(wanted, weights, gradient)
    assert all(map(torch.equal, one, other))


def test_another_default_device_changes_nothing():
    layer, x = LSTM(4, 4), PLAIN.unsqueeze(1)
    wanted = layer(x)[0]
    with torch.device("meta"):
        found = layer(x)[0]
        found.sum().backward()
    assert torch.equal(found, wanted)
    assert layer.weight_hh_l0.grad.abs().sum() > 0


def test_gradients_of_several_at_once_are_those_of_each():
    layer = LSTM(4, 4, dtype=torch.float64)
    x = PLAIN.double().unsqueeze(1).requires_grad_()
    output = layer(x)[0]
    several = torch.randn(5, *output.shape, dtype=torch.float64)
    (found,) = torch.autograd.grad(output, x, several, is_grads_batched=True, retain_graph=True)
    wanted = [torch.autograd.grad(output, x, one, retain_graph=True)[0] for one in several]
    torch.testing.assert_close(found, torch.stack(wanted))
