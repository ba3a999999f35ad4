"""Long short-term memory with coupled gates and peepholes."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsONNX,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class LSTMCIFG(Cell):
    """Peephole long short-term memory that forgets exactly as much as it lets in.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), CIFG: f = 1 - i. Without the
    peepholes it is ``lstm_coupled``.
    """

    states = ("h", "c")
    year = 2015
    check = SameAsONNX(
        "LSTM",
        W=("W_i", "W_o", "", "W_g"),
        R=("U_i", "U_o", "", "U_g"),
        B=("b_i", "b_o", "", "b_g", "", "", "", ""),
        P=("p_i", "p_o", ""),
        attributes={"input_forget": 1},
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Replace a part of the memory by what is new, and let some of it out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + p.b_i))
        f = gate("forget", 1 - i)
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        c = f * c + i * g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + p.b_o))
        return o * tanh(c), c
