"""Multiplicative LSTM."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    WorkedExample,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class MultiplicativeLSTM(Cell):
    """Multiplicative LSTM: the input chooses how the past is carried over to the gates.

    Krause, Lu, Murray & Renals 2016 (arXiv:1609.07959), eq. 18 to 22: the gates see, instead of the
    past, its product ``m`` with the input, unit by unit. As in the paper (and in the authors' first
    code) the candidate has no tanh and the output gate is inside the last one. The biases are ours,
    the forget gate's starts at 1. Later code, torchrecurrent's among it, puts ``m`` into the usual
    LSTM, o ⊙ tanh(c) with a tanh on the candidate.
    """

    states = ("h", "c")
    year = 2016
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    # The paper's equations in plain arithmetic.
    check = WorkedExample(
        hidden_size=2,
        parameters={
            "W_m": [[0.9, -0.6], [0.5, 1.2]],
            "U_m": [[0.7, 0.4], [-1.1, 0.8]],
            "W_n": [[1.3, 0.2], [-0.4, 0.9]],
            "V_n": [[0.6, -1.2], [0.8, 0.5]],
            "b_n": [0.1, -0.2],
            "W_i": [[-0.5, 0.7], [1.0, 0.3]],
            "V_i": [[1.1, 0.4], [-0.7, 0.9]],
            "b_i": [0.3, 0.2],
            "W_f": [[0.2, 0.6], [-0.8, 0.4]],
            "V_f": [[-0.9, 0.5], [0.3, -1.3]],
            "b_f": [0.8, -0.1],
            "W_o": [[0.4, -1.0], [0.6, 0.1]],
            "V_o": [[0.2, 1.4], [-0.5, 0.7]],
            "b_o": [-0.3, 0.6],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"h": [0.5, -0.2], "c": [0.4, 1.1]},
        output=[
            [0.542264045943, -0.189125273642],
            [0.0188381418417, -0.0561864512225],
            [0.0933878457818, 0.088142351636],
        ],
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Multiply input and past, then forget, add what is new, and let some of it out."""
        m = gate("product", (p.W_m @ x) * (p.U_m @ h))
        n = gate("candidate", p.W_n @ x + p.V_n @ m + p.b_n)
        i = gate("input", sigmoid(p.W_i @ x + p.V_i @ m + p.b_i))
        o = gate("output", sigmoid(p.W_o @ x + p.V_o @ m + p.b_o))
        f = gate("forget", sigmoid(p.W_f @ x + p.V_f @ m + p.b_f))
        c = f * c + i * n
        return tanh(c * o), c
