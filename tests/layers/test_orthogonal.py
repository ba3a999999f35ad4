import math

import pytest
import torch
from torch import nn

from recurra import cells
from recurra.errors import CellError, OptionError
from recurra.language import Cell, trace
from recurra.layers import LSTM, Recurrent
from recurra.layers.orthogonal import orthogonal_, recurrent_matrices

WITHOUT = {"indrnn", "mingru", "minlstm", "qrnn", "sru"}


def orthogonal(matrix, gain=1.0):
    """Whether rows or columns, whichever are fewer, are orthogonal and of length ``gain``."""
    rows, columns = matrix.shape
    product = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
    expected = gain**2 * torch.eye(min(rows, columns), dtype=matrix.dtype)
    return torch.allclose(product, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("cell", sorted(set(cells.names()) - WITHOUT))
def test_every_recurrent_matrix_of_every_cell_is_orthogonal_by_itself(cell):
    layer = Recurrent(cell, 3, (8, 8), bidirectional=True, dtype=torch.float64)
    before = {n: p.clone() for n, p in layer.named_parameters()}
    orthogonal_(layer)
    changed = {n for n, p in layer.named_parameters() if not torch.equal(p, before[n])}
    matrices = recurrent_matrices(trace(layer.cell))
    assert matrices
    assert changed == {n for n in before if n.rpartition(".")[2] in matrices}
    for name in changed:
        assert orthogonal(layer.get_parameter(name).detach())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("lstm", {"U_i", "U_f", "U_g", "U_o"}),
        ("gru", {"U_r", "U_z", "U_n"}),
        ("elman", {"U"}),
        ("jordan", {"U_h", "W_y"}),  # W_y makes the output, which is what comes back, of the units
        ("minimal_rnn", {"U_u"}),  # V_u multiplies what the input alone makes
        ("gru_d", {"U_r", "U_z", "U_n"}),
        ("antisymmetric", {"U"}),  # in U - U^T
    ],
)
def test_the_recurrent_matrices_are_those_that_multiply_a_state(cell, expected):
    assert set(recurrent_matrices(trace(cells.find(cell)()))) == expected


def test_a_usual_start_draws_all_gates_as_one_and_so_none_is_orthogonal():
    layer = Recurrent("lstm", 3, 8, dtype=torch.float64)
    assert not orthogonal(layer.layers[0].forwards.U_f.detach())


def test_each_block_of_a_block_diagonal_matrix_is_orthogonal():
    layer = Recurrent(cells.find("slstm")(heads=4), 3, 8, dtype=torch.float64)
    orthogonal_(layer)
    for name in ("U_i", "U_f", "U_z", "U_o"):
        blocks = layer.layers[0].forwards.get_parameter(name).detach()
        assert blocks.shape == (8, 2)
        assert all(orthogonal(block) for block in blocks.chunk(4))
        assert orthogonal(torch.block_diag(*blocks.chunk(4)))


def test_a_projection_has_orthonormal_rows_and_what_reads_it_orthonormal_columns():
    layer = Recurrent("lstm", 3, 8, proj_size=2, dtype=torch.float64)
    orthogonal_(layer)
    weights = layer.layers[0].forwards
    assert weights.P.shape == (2, 8)
    assert all(orthogonal(one.detach()) for one in (weights.P, weights.U_i, weights.U_f))


def test_in_torchs_form_each_gate_is_orthogonal_too():
    layer = LSTM(3, 5, num_layers=2, dtype=torch.float64)
    orthogonal_(layer)
    for name in ("weight_hh_l0", "weight_hh_l1"):
        assert all(orthogonal(gate) for gate in getattr(layer, name).detach().chunk(4))


def test_the_gain_is_the_length_of_each_row():
    layer = Recurrent("elman", 3, 6, dtype=torch.float64)
    orthogonal_(layer, gain=1.5)
    assert orthogonal(layer.layers[0].forwards.U.detach(), 1.5)


def test_a_gradient_through_linear_orthogonal_steps_keeps_its_length():
    class Linearly(Cell):
        """A network that does not squash."""

        states = ("h",)

        def step(self, p, x, h):
            return p.W @ x + p.U @ h

    layer = Recurrent(Linearly(), 2, 6, dtype=torch.float64)
    orthogonal_(layer)
    h = torch.zeros(1, 1, 6, dtype=torch.float64, requires_grad=True)
    _, after = layer(torch.zeros(200, 1, 2, dtype=torch.float64), h)
    direction = torch.randn(1, 1, 6, dtype=torch.float64)
    (gradient,) = torch.autograd.grad((after * direction).sum(), h)
    torch.testing.assert_close(gradient.norm(), direction.norm())


def test_half_precision_is_drawn_in_single():
    layer = Recurrent("elman", 3, 6, dtype=torch.bfloat16)
    orthogonal_(layer)
    U = layer.layers[0].forwards.U.detach().double()
    torch.testing.assert_close(U @ U.T, torch.eye(6).double(), rtol=0, atol=0.03)


def test_the_same_seed_gives_the_same_bits():
    drawn = []
    for seed in (1, 1, 2):
        layer = Recurrent("gru", 3, 6)
        orthogonal_(layer, generator=torch.Generator().manual_seed(seed))
        drawn.append(layer.layers[0].forwards.U_n.detach())
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


@pytest.mark.parametrize("cell", sorted(WITHOUT))
def test_a_cell_without_recurrent_matrices_is_named(cell):
    with pytest.raises(CellError, match=f"the cell {cell}, which multiplies its states by no"):
        orthogonal_(Recurrent(cell, 3, 8))


@pytest.mark.parametrize("gain", [0.0, -1.0, math.inf, math.nan])
def test_a_gain_out_of_range_is_refused(gain):
    with pytest.raises(OptionError, match="gain="):
        orthogonal_(Recurrent("gru", 2, 3), gain)


def test_a_model_without_recurrent_layers_is_refused():
    with pytest.raises(OptionError, match="without a recurrent layer"):
        orthogonal_(nn.Sequential(nn.Linear(1, 1)))
