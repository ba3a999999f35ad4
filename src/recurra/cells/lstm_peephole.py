"""Long short-term memory with peepholes."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    SameAsONNX,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class LSTMPeephole(Cell):
    """Long short-term memory whose gates look at the memory through peepholes.

    Gers & Schmidhuber 2000 (Recurrent nets that time and count, IJCNN) for the peepholes; the form
    is the "vanilla LSTM" of Greff et al. 2015 (arXiv:1503.04069, section 2), their baseline: the
    input and forget gates see the memory as it was, the output gate as it is now. Ours: the forget
    gate's bias starts at 1, as in ``lstm``, and the peepholes at 0.
    """

    states = ("h", "c")
    year = 2000
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsONNX(
        "LSTM",
        W=("W_i", "W_o", "W_f", "W_g"),
        R=("U_i", "U_o", "U_f", "U_g"),
        B=("b_i", "b_o", "b_f", "b_g", "", "", "", ""),
        P=("p_i", "p_o", "p_f"),
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Forget, add what is new, and let some of it out, each after a look at the memory."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.p_f * c + p.b_f))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        c = f * c + i * g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + p.b_o))
        return o * tanh(c), c
