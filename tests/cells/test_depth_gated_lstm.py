"""The layers above the lowest, which the cell's worked example does not reach."""

from math import exp, tanh

import torch

from recurra.layers import Recurrent

SHARED = ("W_i", "U_i", "p_i", "b_i", "W_f", "U_f", "p_f", "b_f", "W_g", "U_g", "b_g")
SHARED += ("W_o", "U_o", "p_o", "b_o", "W_d", "p_d", "b_d")


def _numbers(names, start):
    return {name: ((start + 5 * place) % 23 - 11) / 10 for place, name in enumerate(names)}


def _step(q, x, h, c, below):
    def squashed(name, memory, more=0.0):
        a = q[f"W_{name}"] * x + q[f"p_{name}"] * memory + q[f"b_{name}"] + more
        return 1 / (1 + exp(-a))

    i, f = (squashed(name, c, q[f"U_{name}"] * h) for name in "if")
    if below is None:
        lower, d = q["W_l"] * x, squashed("d", c)
    else:
        lower, d = below, squashed("d", c, q["w_d"] * below)
    c = d * lower + f * c + i * tanh(q["W_g"] * x + q["U_g"] * h + q["b_g"])
    return squashed("o", c, q["U_o"] * h) * tanh(c), c


def test_each_layer_takes_in_the_memory_of_the_one_below():
    weights = [_numbers((*SHARED, "W_l"), 3), *(_numbers((*SHARED, "w_d"), n) for n in (8, 16))]
    layer = Recurrent("depth_gated_lstm", 1, 1, 3, dtype=torch.float64)
    for here, numbers in zip(layer.layers, weights, strict=True):
        assert {name for name, _ in here.forwards.named_parameters()} == set(numbers)
        for name, parameter in here.forwards.named_parameters():
            torch.nn.init.constant_(parameter, numbers[name])
    inputs, wanted = [1.0, -2.0, 1.5], []
    states = [(0.0, 0.0)] * 3
    for number in inputs:
        x, below = number, None
        for place, numbers in enumerate(weights):
            states[place] = _step(numbers, x, *states[place], below)
            x, below = states[place]
        wanted.append(x)
    output, (_, c) = layer(torch.tensor(inputs, dtype=torch.float64).view(3, 1, 1))
    torch.testing.assert_close(output.flatten().tolist(), wanted, rtol=1e-12, atol=0)
    torch.testing.assert_close(c.flatten().tolist(), [c for _, c in states], rtol=1e-12, atol=0)
