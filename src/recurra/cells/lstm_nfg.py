"""Long short-term memory without a forget gate."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsCell,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class LSTMNFG(Cell):
    """Peephole long short-term memory without a forget gate: the memory is only ever added to.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), NFG: f = 1.
    """

    states = ("h", "c")
    year = 2015
    check = SameAsCell(
        "lstm_peephole",
        # A sigmoid of 100 is 1 to the last digit.
        parameters={"W_f": 0.0, "U_f": 0.0, "p_f": 0.0, "b_f": 100.0},
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Add what the input gate lets in, and let some of the memory out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + p.b_i))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        c = c + i * g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + p.b_o))
        return o * tanh(c), c
