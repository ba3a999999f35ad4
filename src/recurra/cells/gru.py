"""Gated recurrent unit, reset after the product."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, SameAsTorch, gate, sigmoid, tanh


@dataclass(frozen=True)
class GRU(Cell):
    """Gated recurrent unit whose reset gate acts after the matrix product.

    Cho et al. 2014 (arXiv:1406.1078, eq. 5 to 8) for the unit; the reset gate after the product,
    with a bias of its own (``b_Un``), is the form that cuDNN, torch and Keras compute.
    """

    states = ("h",)
    year = 2014
    check = SameAsTorch(
        "GRU",
        weight_ih=("W_r", "W_z", "W_n"),
        weight_hh=("U_r", "U_z", "U_n"),
        bias_ih=("b_r", "b_z", "b_n"),
        bias_hh=("", "", "b_Un"),
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move each unit from its old value towards a candidate, as far as the update gate says."""
        r = gate("reset", sigmoid(p.W_r @ x + p.U_r @ h + p.b_r))
        z = gate("update", sigmoid(p.W_z @ x + p.U_z @ h + p.b_z))
        n = gate("candidate", tanh(p.W_n @ x + p.b_n + r * (p.U_n @ h + p.b_Un)))
        return z * h + (1 - z) * n
