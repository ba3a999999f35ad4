import math
from dataclasses import dataclass

import pytest
import torch

from recurra import cells
from recurra.language import Cell, Filled, GlorotUniform, Orthogonal, tanh
from recurra.layers import Recurrent

INPUTS, UNITS = 30, 20


def _stacked(layer, family, gates):
    weights = layer.layers[0].forwards
    return torch.cat([weights.get_parameter(f"{family}_{gate}").detach() for gate in gates])


def test_the_kernel_of_lstm_is_glorot_uniform_as_one_matrix():
    torch.manual_seed(0)
    kernel = _stacked(Recurrent("lstm", INPUTS, UNITS), "W", "ifgo")
    limit = math.sqrt(6 / (INPUTS + 4 * UNITS))
    assert kernel.abs().max() <= limit
    assert kernel.abs().max() > 0.99 * limit
    assert kernel.mean().item() == pytest.approx(0, abs=0.05 * limit)
    assert kernel.std().item() == pytest.approx(limit / math.sqrt(3), rel=0.05)


@pytest.mark.parametrize(("cell", "gates"), [("lstm", "ifgo"), ("gru", "rzn")])
def test_the_recurrent_kernel_has_orthonormal_columns_as_one_matrix(cell, gates):
    kernel = _stacked(Recurrent(cell, INPUTS, UNITS, dtype=torch.float64), "U", gates)
    assert kernel.shape == (len(gates) * UNITS, UNITS)
    identity = torch.eye(UNITS, dtype=torch.float64)
    torch.testing.assert_close(kernel.T @ kernel, identity, rtol=0, atol=1e-12)


def test_the_forget_bias_starts_at_one_and_all_others_at_zero():
    layer = Recurrent("lstm", INPUTS, (UNITS, UNITS), bidirectional=True)
    for name, parameter in layer.named_parameters():
        if ".b_" in name:
            assert (parameter == (1 if name.endswith("b_f") else 0)).all()


@pytest.mark.parametrize("cell", cells.names())
def test_one_seed_gives_the_same_bits_and_another_seed_others(cell):
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(torch.cat([p.flatten() for p in Recurrent(cell, 3, (4, 4)).parameters()]))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_parameters_can_be_drawn_anew():
    torch.manual_seed(1)
    layer = Recurrent("lstm", 3, 4)
    first = layer.layers[0].forwards.W_i.clone()
    layer.reset_parameters()
    assert not torch.equal(first, layer.layers[0].forwards.W_i)


def test_layers_and_directions_start_apart():
    layer = Recurrent("elman", 4, (4, 4), bidirectional=True)
    drawn = [weights.U for level in layer.layers for weights in level.children()]
    assert len({tuple(matrix.flatten().tolist()) for matrix in drawn}) == 4


@dataclass(frozen=True)
class Declaring(Cell):
    states = ("h",)
    initial = {  # noqa: RUF012 - declared once, never written to
        "W": Orthogonal(),
        "U_b": GlorotUniform(),
        "v": Filled(0.5),
        "v_b": Filled(-2.0),
    }

    def step(self, p, x, h):
        return tanh(p.W @ x + p.U_a @ h + p.U_b @ h + p.v_a * h + p.v_b * h + p.other)


def test_a_cells_own_word_holds_by_name_before_by_family_before_by_shape():
    weights = Recurrent(Declaring(), 3, 5, dtype=torch.float64).layers[0].forwards
    torch.testing.assert_close(weights.W.T @ weights.W, torch.eye(3, dtype=torch.float64))
    torch.testing.assert_close(weights.U_a.T @ weights.U_a, torch.eye(5, dtype=torch.float64))
    assert weights.U_b.abs().max() <= math.sqrt(6 / 10)
    assert (weights.v_a == 0.5).all()
    assert (weights.v_b == -2).all()
    assert (weights.other == 0).all()
