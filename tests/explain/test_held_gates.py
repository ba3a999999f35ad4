"""A gate held by an input of the compiled step is the gate that the equations hold."""

from __future__ import annotations

import pytest
import torch

from recurra import ManyToOne, Recurrent
from recurra.cells import names
from recurra.explain.clamping import clamped
from recurra.explain.held import held
from recurra.kernels.choose import use_kernel

STACKS = [
    {"num_layers": 2},
    {"num_layers": 2, "bidirectional": True},
    {"reverse": True},
    {"dilation": (1, 2)},
    {"proj_size": 2},
    {"bias": False},
]


FEW = ("lstm", "gru", "slstm", "gru_d", "mut1")
"""The cells that every run of the tests tries; the others are tried by make conformance."""


def gates(layer):
    return [*layer.graph(training=False).gates]


def same(layer, x, gate, value, **more):
    with torch.no_grad():
        found, _ = held(layer, lambda: layer(x, **more), gate, value)
        with use_kernel("reference"):
            wanted, _ = clamped(layer, {gate: value})(x, **more)
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)
    return found


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in FEW else pytest.mark.every_cell)
        for name in names()
        if gates(Recurrent(name, 2, 4))
    ],
)
def test_every_gate_of_every_cell_is_held_as_its_equations_say(name):
    torch.manual_seed(0)
    layer, x = Recurrent(name, 2, 4).eval(), torch.randn(6, 2, 2)
    free, _ = layer(x)
    # One gate of the GRU-D is of missing numbers alone, and here none is missing.
    assert any(not torch.equal(same(layer, x, gate, 0.5), free) for gate in gates(layer))


@pytest.mark.parametrize("options", STACKS, ids=str)
def test_gates_of_every_stack_are_held(options):
    torch.manual_seed(0)
    layers = len(options.get("dilation", (1,)))
    layer = Recurrent(
        "lstm",
        2,
        4,
        options.get("num_layers", layers),
        **{name: value for name, value in options.items() if name != "num_layers"},
    ).eval()
    for gate in gates(layer):
        same(layer, torch.randn(5, 3, 2), gate, 1.0, lengths=torch.tensor([5, 2, 4]))


def test_a_model_stays_as_it_is():
    torch.manual_seed(0)
    model, x = ManyToOne(Recurrent("lstm", 2, 4, batch_first=True), 1).eval(), torch.randn(2, 6, 2)
    before = model(x)
    assert not torch.allclose(held(model, lambda: model(x), "forget", 0.0), before)
    assert torch.equal(model(x), before)
    assert "forward" not in vars(model)
