"""Long short-term memory without an input gate."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    SameAsCell,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class LSTMNIG(Cell):
    """Peephole long short-term memory without an input gate: all that is new is stored.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), NIG: i = 1. Ours: the forget
    gate's bias starts at 1, as in ``lstm``.
    """

    states = ("h", "c")
    year = 2015
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsCell(
        "lstm_peephole",
        # A sigmoid of 100 is 1 to the last digit.
        parameters={"W_i": 0.0, "U_i": 0.0, "p_i": 0.0, "b_i": 100.0},
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Forget, add all that is new, and let some of it out."""
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.p_f * c + p.b_f))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        c = f * c + g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + p.b_o))
        return o * tanh(c), c
