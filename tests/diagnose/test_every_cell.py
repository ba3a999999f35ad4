"""Every cell of the catalogue, every option of a stack: what is seen is what the layer does."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from recurra import Recurrent, use_kernel
from recurra.cells import LayerNorm, Zoneout, find, names
from recurra.diagnose import diagnose
from recurra.diagnose.strands import strands
from recurra.diagnose.watching import watch

STEPS, ROWS, INPUT, HIDDEN = 7, 3, 3, 4


@pytest.fixture(autouse=True)
def _plain():
    """Nothing is compiled for each cell, which takes longer than all else here."""
    with use_kernel("reference"):
        yield


def _sound(found) -> None:
    for layer in found.layers:
        assert not np.isnan(layer.memory.logarithms).any()
        assert layer.memory.logarithms[0] == 0
        assert not math.isnan(layer.lyapunov)
        assert layer.gradient.shape == (STEPS,)
        assert np.isfinite(layer.gradient).all()
        assert layer.gradient.any()
        assert layer.weights_gradient > 0
    json.dumps(found.as_dict(), allow_nan=False)
    assert found.verdict in str(found).replace("\n", " ")


@pytest.mark.parametrize("name", names())
def test_every_cell_is_diagnosed(name):
    layer = Recurrent(name, INPUT, HIDDEN, 2, batch_first=True)
    found = diagnose(layer, torch.randn(ROWS, STEPS, INPUT))
    assert [one.name for one in found.layers] == ["layer 0", "layer 1"]
    _sound(found)
    for one in found.layers:
        assert set(one.gates) >= set(layer.graph(0).gates)
        for gate in one.gates.values():
            assert math.isnan(gate.low) or 0 <= gate.low + gate.high <= 1


@pytest.mark.parametrize("name", names())
def test_a_cells_jacobian_over_all_steps_is_autograds(name):
    layer = Recurrent(name, INPUT, HIDDEN, dtype=torch.float64).eval()
    x = torch.randn(STEPS, 1, INPUT, dtype=torch.float64)
    memory = diagnose(layer, x).layers[0].memory
    widths = [
        shape[-1] for key, shape in layer._carried(0, 1).items() if key in layer.graph().states
    ]

    def last(joint):
        carried = layer._carried(0, 1)
        parts = iter(torch.split(joint, widths))
        state = tuple(
            next(parts).view(1, 1, -1)
            if key in layer.graph().states
            else torch.zeros(1, *shape, dtype=torch.int64 if key == "t" else joint.dtype)
            for key, shape in carried.items()
        )
        given = layer(x, state if len(state) > 1 else state[0])[1]
        after = given if isinstance(given, tuple) else (given,)
        return torch.cat(
            [p.flatten() for k, p in zip(carried, after, strict=True) if k in layer.graph().states]
        )

    whole = torch.autograd.functional.jacobian(last, torch.zeros(sum(widths), dtype=torch.float64))
    expected = whole.square().sum().sqrt().item() / math.sqrt(sum(widths))
    assert math.exp(memory.logarithms[STEPS]) == pytest.approx(expected, rel=1e-7, abs=1e-12)


OPTIONS = [
    {"bidirectional": True},
    {"bidirectional": True, "merge": "separate"},
    {"reverse": True},
    {"dilation": (1, 3)},
    {"dilation": 9},
    {"dilation": 2, "bidirectional": True},
    {"residual": True, "bidirectional": False},
    {"residual": True, "bidirectional": True, "merge": "separate"},
    {"proj_size": 2},
    {"dropout": 0.5},
    {"truncate": 3},
    {"bias": False},
]


# What sees the layer beneath, earlier inputs or the number of its step goes other ways.
STACKS = [("lstm", options) for options in OPTIONS] + [
    (cell, options)
    for cell in ("depth_gated_lstm", "qrnn", "clockwork")
    for options in OPTIONS
    if {"dilation", "merge"} & options.keys() and options != {"dilation": 9}
]


@pytest.mark.parametrize(("cell", "options"), STACKS, ids=str)
@pytest.mark.parametrize("lengths", [None, torch.tensor([STEPS, 3, 0])], ids=["whole", "padded"])
def test_strands_together_are_the_layer(cell, options, lengths):
    layer = Recurrent(cell, INPUT, HIDDEN, 2, dtype=torch.float64, **options).eval()
    x = torch.randn(STEPS, ROWS, INPUT, dtype=torch.float64)
    seen = watch(layer, (x,), {"lengths": lengths}, lambda given: given[0].square().mean())
    (call,) = seen.calls
    found = strands(call)
    assert len(found) == 2 * len(layer.directions)
    layer(x, lengths=lengths)[0].square().mean().backward()
    for strand in found:
        own = layer.weights(strand.number, strand.direction)
        for name, gradient in strand.by_weights.items():
            torch.testing.assert_close(gradient, own[name].grad, rtol=1e-9, atol=1e-12)
    _sound(diagnose(layer, x, lengths=lengths))


def test_a_backward_direction_sees_the_mirror_of_what_a_forward_one_sees():
    layer = Recurrent("gru", INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    turned = Recurrent("gru", INPUT, HIDDEN, batch_first=True, dtype=torch.float64, reverse=True)
    for name, weight in turned.weights(0, "backwards").items():
        weight.data.copy_(layer.weights(0, "forwards")[name])
    x = torch.randn(ROWS, STEPS, INPUT, dtype=torch.float64)
    one, other = diagnose(layer, x).layers[0], diagnose(turned, x.flip(1)).layers[0]
    assert one.memory.logarithms == pytest.approx(other.memory.logarithms)
    assert one.gradient == pytest.approx(other.gradient[::-1])
    assert one.gates == other.gates
    assert one.name == "layer 0"
    assert other.name == "layer 0 backwards"


@pytest.mark.parametrize("wrap", [LayerNorm, lambda cell: Zoneout(cell, 0.2)])
def test_regularised_cells_are_diagnosed_at_their_expectation(wrap):
    layer = Recurrent(wrap(find("lstm")()), INPUT, HIDDEN, batch_first=True)
    x = torch.randn(ROWS, STEPS, INPUT)
    first, second = diagnose(layer, x), diagnose(layer, x)
    _sound(first)
    assert first.as_dict()["layers"] == second.as_dict()["layers"]


def test_times_and_missing_inputs_are_passed_on():
    layer = Recurrent("gru_d", INPUT, HIDDEN, batch_first=True)
    x, missing = torch.randn(ROWS, STEPS, INPUT), torch.rand(ROWS, STEPS, INPUT) < 0.3
    x[missing] = math.nan
    dt = torch.rand(ROWS, STEPS)
    found = diagnose(layer, {"x": x, "dt": dt, "missing": missing})
    _sound(found)
    even = diagnose(layer, {"x": x, "missing": missing})
    assert found.loss != even.loss


def test_packed_and_single_sequences_are_taken():
    layer = Recurrent("lstm", INPUT, HIDDEN)
    x = torch.randn(STEPS, ROWS, INPUT)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor([STEPS, 5, 2]))
    by_lengths = diagnose(layer, x, lengths=torch.tensor([STEPS, 5, 2]))
    found = diagnose(layer, packed)
    _sound(found)
    one, other = found.layers[0], by_lengths.layers[0]
    assert one.memory.logarithms == pytest.approx(other.memory.logarithms)
    _sound(diagnose(layer, x[:, 0]))


def test_states_of_all_steps_that_a_model_looks_at_have_their_gradient():
    layer = Recurrent("lstm", INPUT, HIDDEN, dtype=torch.float64)
    x = torch.randn(STEPS, ROWS, INPUT, dtype=torch.float64)
    batch = {"x": x, "states": "all"}
    found = diagnose(layer, batch, loss=lambda given: given[1][1].square().sum())
    layer(**batch)[1][1].square().sum().backward()
    own = [w.grad.flatten() for w in layer.weights(0, "forwards").values()]
    assert found.layers[0].weights_gradient == pytest.approx(torch.cat(own).norm().item())
