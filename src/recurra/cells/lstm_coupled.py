"""Long short-term memory with coupled gates."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, SameAsONNX, gate, sigmoid, tanh


@dataclass(frozen=True)
class LSTMCoupled(Cell):
    """Long short-term memory that forgets exactly as much as it lets in, without peepholes.

    Greff et al. 2015 (arXiv:1503.04069), who couple the gates after the example of the gated
    recurrent unit of Cho et al. 2014; ONNX calls it ``input_forget``. Theirs keeps the peepholes
    and is ``lstm_cifg``.
    """

    states = ("h", "c")
    year = 2015
    check = SameAsONNX(
        "LSTM",
        W=("W_i", "W_o", "", "W_g"),
        R=("U_i", "U_o", "", "U_g"),
        B=("b_i", "b_o", "", "b_g", "", "", "", ""),
        attributes={"input_forget": 1},
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Replace a part of the memory by what is new, and let some of it out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.b_i))
        f = gate("forget", 1 - i)
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.b_o))
        c = f * c + i * g
        return o * tanh(c), c
