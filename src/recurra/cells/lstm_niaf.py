"""Long short-term memory without an input activation function."""

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
class LSTMNIAF(Cell):
    """Peephole long short-term memory whose candidate is not squashed.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), NIAF: g(a) = a. Ours: the
    forget gate's bias starts at 1, as in ``lstm``.
    """

    states = ("h", "c")
    year = 2015
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsONNX(
        "LSTM",
        W=("W_i", "W_o", "W_f", "W_g"),
        R=("U_i", "U_o", "U_f", "U_g"),
        B=("b_i", "b_o", "b_f", "b_g", "", "", "", ""),
        P=("p_i", "p_o", "p_f"),
        attributes={
            "activations": ["Sigmoid", "Affine", "Tanh"],
            "activation_alpha": [1.0],
            "activation_beta": [0.0],
        },
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Forget, add what is new as it is, and let some of it out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.p_f * c + p.b_f))
        g = gate("candidate", p.W_g @ x + p.U_g @ h + p.b_g)
        c = f * c + i * g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + p.b_o))
        return o * tanh(c), c
