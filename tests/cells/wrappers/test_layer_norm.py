"""Layer normalisation against torch's own, step by step."""

import pytest
import torch
from torch.nn.functional import layer_norm

from recurra.cells import GRU, LSTM, LayerNorm, find
from recurra.layers import Recurrent

INPUTS, UNITS = 3, 6


def _layer(cell, epsilon=1e-5):
    torch.manual_seed(1)
    layer = Recurrent(LayerNorm(cell, epsilon), INPUTS, UNITS, dtype=torch.float64)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    return layer, dict(layer.layers[0].forwards.named_parameters())


def _norm(p, gate, total, bias):
    return layer_norm(total, (UNITS,), p[f"gain_{gate}"], bias, 1e-5)


def test_every_gate_of_an_lstm_is_normalised_by_torchs_layer_norm():
    layer, p = _layer(LSTM())
    x = torch.randn(5, 2, INPUTS, dtype=torch.float64)
    h = c = torch.zeros(2, UNITS, dtype=torch.float64)
    names = {"input": "i", "forget": "f", "candidate": "g", "output": "o"}
    for step, found in zip(x, layer(x)[0], strict=True):
        squashed = {}
        for gate, letter in names.items():
            total = step @ p[f"W_{letter}"].T + h @ p[f"U_{letter}"].T
            normed = _norm(p, gate, total, p[f"b_{letter}"])
            squashed[letter] = torch.tanh(normed) if letter == "g" else torch.sigmoid(normed)
        c = squashed["f"] * c + squashed["i"] * squashed["g"]
        h = squashed["o"] * torch.tanh(c)
        torch.testing.assert_close(found, h, rtol=1e-12, atol=1e-12)


def test_a_cell_that_names_no_gate_has_its_new_state_normalised():
    layer, p = _layer(find("elman")())
    x = torch.randn(5, 2, INPUTS, dtype=torch.float64)
    h = torch.zeros(2, UNITS, dtype=torch.float64)
    for step, found in zip(x, layer(x)[0], strict=True):
        h = torch.tanh(_norm(p, "h", step @ p["W"].T + h @ p["U"].T, p["b"]))
        torch.testing.assert_close(found, h, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_the_scale_of_the_weights_no_longer_matters(factor):
    layer, p = _layer(GRU(), epsilon=1e-12)
    x = torch.randn(5, 2, INPUTS, dtype=torch.float64)
    before, _ = layer(x)
    with torch.no_grad():
        for name in ("W_z", "U_z", "W_r", "U_r"):
            p[name].mul_(factor)
    after, _ = layer(x)
    torch.testing.assert_close(after, before, rtol=1e-6, atol=1e-6)


def test_first_and_second_derivatives_are_right():
    layer, _ = _layer(LSTM())
    x = torch.randn(2, 2, INPUTS, dtype=torch.float64, requires_grad=True)
    run = lambda x, *_: layer(x)[0]  # noqa: E731
    assert torch.autograd.gradcheck(run, (x, *layer.parameters()))
    assert torch.autograd.gradgradcheck(run, (x, *layer.parameters()), fast_mode=True)
