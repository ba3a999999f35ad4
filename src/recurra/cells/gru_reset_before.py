"""Gated recurrent unit, reset before the product."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, SameAsONNX, gate, sigmoid, tanh


@dataclass(frozen=True)
class GRUResetBefore(Cell):
    """Gated recurrent unit whose reset gate acts before the matrix product, as first published.

    Cho et al. 2014 (arXiv:1406.1078, section 2.3, eq. 5 to 8). The paper leaves biases out; here
    each gate has one. ``gru`` is the form that cuDNN and torch compute.
    """

    states = ("h",)
    year = 2014
    check = SameAsONNX(
        "GRU",
        W=("W_z", "W_r", "W_n"),
        R=("U_z", "U_r", "U_n"),
        B=("b_z", "b_r", "b_n", "", "", ""),
        attributes={"linear_before_reset": 0},
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move each unit from its old value towards a candidate, as far as the update gate says."""
        r = gate("reset", sigmoid(p.W_r @ x + p.U_r @ h + p.b_r))
        z = gate("update", sigmoid(p.W_z @ x + p.U_z @ h + p.b_z))
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ (r * h) + p.b_n))
        return z * h + (1 - z) * n
