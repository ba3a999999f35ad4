"""Long short-term memory without an output gate."""

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
class LSTMNOG(Cell):
    """Peephole long short-term memory without an output gate: the whole memory is seen.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), NOG: o = 1. Ours: the forget
    gate's bias starts at 1, as in ``lstm``.
    """

    states = ("h", "c")
    year = 2015
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsCell(
        "lstm_peephole",
        # A sigmoid of 100 is 1 to the last digit.
        parameters={"W_o": 0.0, "U_o": 0.0, "p_o": 0.0, "b_o": 100.0},
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Forget, add what is new, and show all of it."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.p_f * c + p.b_f))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        c = f * c + i * g
        return tanh(c), c
