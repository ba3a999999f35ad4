"""Gates, units, radii, memory and keepers, each against what is known of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra import LSTM, Recurrent
from recurra.cells import find, names
from recurra.diagnose import diagnose
from recurra.diagnose.bounds import bounds
from recurra.diagnose.keeping import keepers
from recurra.diagnose.memory import Memory
from recurra.diagnose.radius import _by_squaring
from recurra.language import sigmoid, tanh
from recurra.language.expression import Constant, Leaf

X = Leaf("x", "input", "H")


def _lstm(**biases: float) -> Recurrent:
    layer = Recurrent("lstm", 2, 5, batch_first=True)
    with torch.no_grad():
        for name, value in biases.items():
            layer.weights(0, "forwards")[name].fill_(value)
    return layer


def test_gates_are_saturated_where_their_biases_say_so():
    found = diagnose(_lstm(b_i=-20.0, b_o=20.0, b_f=0.0), torch.randn(3, 20, 2))
    gates = found.layers[0].gates
    assert (gates["input"].low, gates["input"].high) == (1, 0)
    assert (gates["output"].low, gates["output"].high) == (0, 1)
    assert gates["forget"].saturated < 0.1
    assert gates["input"].mean < 1e-6
    (advice,) = [text for text in found.remedies if "saturated" in text]
    assert "input of layer 0 (100%), output of layer 0 (100%)" in advice
    assert "forget" not in advice


def test_a_forget_gate_is_blamed_for_being_shut_not_for_being_open():
    def blamed(bias: float) -> bool:
        found = diagnose(_lstm(b_f=bias), torch.randn(3, 20, 2))
        return any("forget of layer 0" in text for text in found.remedies)

    assert not blamed(20.0)
    assert blamed(-20.0)


def test_shares_are_those_of_torchs_gates():
    layer = LSTM(2, 5, batch_first=True)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.mul_(6)
    x = torch.randn(3, 20, 2)
    h, c, values = torch.zeros(3, 5), torch.zeros(3, 5), []
    for t in range(20):
        sums = x[:, t] @ layer.weight_ih_l0.T + h @ layer.weight_hh_l0.T
        i, f, g, o = (sums + layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4, -1)
        values.append(g.tanh())
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    candidate = torch.stack(values)
    found = diagnose(layer, x).layers[0].gates["candidate"]
    assert found.low == pytest.approx((candidate < -0.9).float().mean().item(), abs=0.01)
    assert found.high == pytest.approx((candidate > 0.9).float().mean().item(), abs=0.01)
    assert found.mean == pytest.approx(candidate.mean().item(), abs=1e-5)
    assert found.low > 0.02


def test_a_cell_without_gates_shows_its_state_if_that_has_two_ends():
    x = torch.randn(3, 20, 2)
    assert list(diagnose(Recurrent("elman", 2, 5, batch_first=True), x).layers[0].gates) == ["h"]
    assert not diagnose(Recurrent("irnn", 2, 5, batch_first=True), x).layers[0].gates


def test_units_that_never_open_or_are_stuck_are_found():
    layer = Recurrent(find("elman")("relu"), 2, 20, batch_first=True)
    with torch.no_grad():
        layer.weights(0, "forwards")["b"].fill_(1.0)
        layer.weights(0, "forwards")["b"][[3, 7, 11]] = -100.0
    found = diagnose(layer, torch.randn(3, 20, 2))
    assert found.layers[0].dead == (3, 7, 11)
    assert "3 of 20 in layer 0" in found.remedies[-1]
    stuck = Recurrent("elman", 2, 5, batch_first=True)
    with torch.no_grad():
        stuck.weights(0, "forwards")["b"][2] = 40.0
    assert diagnose(stuck, torch.randn(3, 20, 2)).layers[0].dead == (2,)


def test_padding_does_not_bring_dead_units_to_life():
    layer = Recurrent("elman", 2, 5, batch_first=True)
    with torch.no_grad():
        layer.weights(0, "forwards")["b"][2] = 40.0
    found = diagnose(layer, torch.randn(3, 20, 2), lengths=torch.tensor([20, 3, 0]))
    assert found.layers[0].dead == (2,)


def test_an_input_that_never_changes_is_said():
    found = diagnose(Recurrent("elman", 2, 5, batch_first=True), torch.zeros(2, 20, 2))
    assert found.layers[0].dead == (0, 1, 2, 3, 4)
    assert any("input never changes" in note for note in found.notes)


def test_radii_are_the_largest_eigenvalues_of_numpy():
    layer = Recurrent("gru", 2, 6, batch_first=True, dtype=torch.float64)
    found = diagnose(layer, torch.randn(2, 8, 2).double()).layers[0].radii
    assert set(found) == {"U_r", "U_z", "U_n"}
    for name, radius in found.items():
        matrix = layer.weights(0, "forwards")[name].detach().numpy()
        assert radius == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max())


def test_thin_matrices_count_as_their_product_and_blocks_as_a_whole():
    thin = Recurrent(find("fastgrnn")(rank=2), 3, 6, batch_first=True)
    weights = thin.weights(0, "forwards")
    found = diagnose(thin, torch.randn(2, 8, 3)).layers[0].radii
    product = (weights["U1"] @ weights["U2"]).detach().numpy()
    assert found == {"U1 U2": pytest.approx(np.abs(np.linalg.eigvals(product)).max(), rel=1e-4)}
    blocks = Recurrent(find("slstm")(heads=2), 3, 6, batch_first=True)
    assert len(diagnose(blocks, torch.randn(2, 8, 3)).layers[0].radii) == 4


@given(st.integers(0, 2**31), st.integers(2, 20), st.floats(0.1, 5))
def test_squaring_comes_near_the_eigenvalue(seed, size, scale):
    matrix = scale * torch.randn(
        size, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    assert _by_squaring(matrix) == pytest.approx(
        torch.linalg.eigvals(matrix).abs().max().item(), rel=0.02
    )


def test_squaring_a_nilpotent_or_empty_matrix_gives_0():
    assert _by_squaring(torch.triu(torch.ones(4, 4).double(), 1)) == 0
    assert _by_squaring(torch.zeros(3, 3).double()) == 0


def test_bounds_follow_the_arithmetic():
    gate = sigmoid(X)
    assert bounds(gate) == (0, 1)
    assert bounds(1 - gate) == (0, 1)
    assert bounds(2 * tanh(X / 2)) == (-2, 2)
    assert bounds(gate * tanh(X)) == (-1, 1)
    assert bounds(-gate + 3) == (2, 3)
    assert bounds(Constant(2.0)) == (2, 2)
    assert bounds(X) == (-math.inf, math.inf)
    assert bounds(gate * X) == (-math.inf, math.inf)


@pytest.mark.parametrize("name", names())
def test_every_gate_stays_within_its_bounds(name):
    found = diagnose(Recurrent(name, 3, 4, batch_first=True), torch.randn(2, 9, 3)).layers[0]
    graph = Recurrent(name, 3, 4).graph(training=False)
    for gate, node in graph.gates.items():
        low, high = bounds(node)
        assert low <= found.gates[gate].mean <= high


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lstm", {"forget": "b_f"}),
        ("gru", {"update": "b_z"}),
        ("janet", {"forget": "b_f"}),
        ("elman", {}),
        ("irnn", {}),
    ],
)
def test_the_gates_that_hold_the_state_are_known_by_the_equations(name, expected):
    assert keepers(Recurrent(name, 2, 3).graph(training=False)) == expected


@given(st.floats(0.01, 0.999), st.integers(2, 300))
def test_half_life_and_falling_of_an_even_fading_are_closed_formulas(rate, lags):
    memory = Memory(np.arange(lags), np.arange(lags) * math.log(rate))
    half_life = math.log(0.5) / math.log(rate)
    assert memory.half_life == pytest.approx(half_life, rel=1e-6)
    expected = math.log(0.01) / math.log(rate)
    found = memory.falls_to(0.01)
    if expected < lags - 1:
        assert found == pytest.approx(expected, rel=1e-6)
    elif expected > lags - 1 + 1e-9:
        assert math.isinf(found)
    assert memory.left_after(2 * lags) == pytest.approx(2 * lags * math.log(rate), rel=1e-6)


def test_rows_are_taken_together_by_their_mean_square():
    growth = np.log(np.array([[1.0, 3.0, 2.0], [1.0, 4.0, np.nan]]))
    memory = Memory.of_rows(growth, dilation=2)
    assert list(memory.lags) == [0, 2, 4]
    assert np.exp(memory.logarithms) == pytest.approx([1, math.sqrt(12.5), 2])


def test_what_falls_and_comes_back_falls_when_it_stays_below():
    memory = Memory(np.arange(4), np.log([1, 0.001, 0.1, 0.001]))
    assert memory.falls_to(0.01) == pytest.approx(2.5)
