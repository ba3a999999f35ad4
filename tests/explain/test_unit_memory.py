"""The memory of a unit is that of its gradients, and known where the network is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recurra import Recurrent
from recurra.cells import find
from recurra.explain.memory import unit_memory
from recurra.explain.tracing import traces


def strand(layer, x):
    return traces(layer, x)[0].strand


@pytest.mark.parametrize("name", ["elman", "lstm", "gru", "qrnn", "lem", "slstm"])
def test_the_sensitivity_of_each_unit_is_autograds(name):
    torch.manual_seed(0)
    layer = Recurrent(name, 2, 4, dtype=torch.float64).eval()
    x = torch.randn(12, 1, 2, dtype=torch.float64)
    found = unit_memory(strand(layer, x))
    leaf = x.clone().requires_grad_()
    output = layer(leaf)[0][-1, 0]
    for unit in range(4):
        (gradient,) = torch.autograd.grad(output[unit], leaf, retain_graph=True)
        wanted = gradient[:, 0].norm(dim=1).flip(0).numpy()
        np.testing.assert_allclose(found.sensitivity[unit], wanted, rtol=1e-6, atol=1e-12)
    assert found.whole


def decaying(rates, **options):
    layer = Recurrent(find("indrnn")(), 1, len(rates), dtype=torch.float64, **options)
    with torch.no_grad():
        for way in layer.directions:
            weights = layer.weights(0, way)
            for part in weights.values():
                part.fill_(0.1)
            weights["u"].copy_(torch.tensor(rates))
    return layer


def test_units_that_decay_at_known_rates_have_the_memory_of_their_sums():
    rates = [0.0, 0.5, 0.9]
    found = unit_memory(strand(decaying(rates), torch.rand(200, 1, 1).double()))
    # 1 - r^n is at least 0.9 of the whole.
    assert found.lengths.tolist() == [1, 4, 22]
    assert not found.whole


def test_a_backward_layer_is_looked_at_from_its_own_end_and_a_dilated_one_in_time():
    x = torch.rand(60, 1, 1).double()
    backward = decaying([0.5], reverse=True)
    assert unit_memory(strand(backward, x)).lengths.tolist() == [4]
    dilated = decaying([0.5], dilation=3)
    assert unit_memory(strand(dilated, x)).lengths.tolist() == [10]


def test_a_unit_that_sees_nothing_has_none():
    layer = decaying([0.5, 0.5])
    with torch.no_grad():
        layer.weights(0, "forwards")["W"][1] = 0
    assert unit_memory(strand(layer, torch.rand(9, 1, 1).double())).lengths.tolist() == [4, 0]
