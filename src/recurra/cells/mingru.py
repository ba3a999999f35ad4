"""Minimal GRU."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, WorkedExample, gate, sigmoid


@dataclass(frozen=True)
class MinGRU(Cell):
    """minGRU: a gated recurrent unit whose gate and candidate do not look at the past.

    Feng, Tung, Ahmed, Bengio & Hajimirsadeghi 2024, "Were RNNs all we needed?" (arXiv:2410.01201),
    section 3.1: the candidate has no tanh. In the form that the paper computes in logarithms
    (its appendix) the candidate is kept positive; that is another cell.
    """

    states = ("h",)
    year = 2024
    # Section 3.1 in plain arithmetic.
    check = WorkedExample(
        hidden_size=2,
        parameters={
            "W_z": [[0.8, -1.1], [0.4, 0.6]],
            "b_z": [0.3, -0.7],
            "W_n": [[1.5, 0.2], [-0.9, 0.5]],
            "b_n": [-0.2, 0.4],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"h": [0.5, -0.2]},
        output=[
            [1.0872237353, -0.394889031576],
            [1.01737199823, 0.596622101272],
            [0.52966769556, 1.05659087567],
        ],
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move each unit towards a candidate, as far as the update gate says."""
        z = gate("update", sigmoid(p.W_z @ x + p.b_z))
        n = gate("candidate", p.W_n @ x + p.b_n)
        return (1 - z) * h + z * n
