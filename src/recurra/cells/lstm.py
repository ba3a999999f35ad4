"""Long short-term memory."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    SameAsTorch,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class LSTM(Cell):
    """Long short-term memory with a forget gate and no peepholes.

    Hochreiter & Schmidhuber 1997 (Neural Computation 9(8)) for the memory cell with its input and
    output gates; Gers, Schmidhuber & Cummins 2000 (Neural Computation 12(10)) for the forget gate;
    the form without peepholes is that of Zaremba et al. 2014 (arXiv:1409.2329, section 3.1). The
    forget gate's bias starts at 1 (Jozefowicz et al. 2015, section 2.2).
    """

    states = ("h", "c")
    year = 2000
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsTorch(
        "LSTM",
        weight_ih=("W_i", "W_f", "W_g", "W_o"),
        weight_hh=("U_i", "U_f", "U_g", "U_o"),
        bias_ih=("b_i", "b_f", "b_g", "b_o"),
        bias_hh=("", "", "", ""),
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Forget, add what is new, and let some of it out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.b_f))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.b_o))
        c = f * c + i * g
        return o * tanh(c), c
