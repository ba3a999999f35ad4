"""Long short-term memory without peepholes."""

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
class LSTMNP(Cell):
    """Long short-term memory of Greff's study without its peepholes, which makes it ``lstm``.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), NP. It goes by this name too,
    so that the study's eight variants are together. Ours: the forget gate's bias starts at 1.
    """

    states = ("h", "c")
    year = 2015
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
        c = f * c + i * g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.b_o))
        return o * tanh(c), c
