"""Recurrent additive network."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    SameAsTorchrecurrent,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class RAN(Cell):
    """Recurrent additive network: the state is a weighted sum of inputs, and nothing else.

    Lee, Levy & Zettlemoyer 2017 (arXiv:1705.07393), eq. 1. Nothing of the past enters the content,
    only the gates. The paper has the output with and without tanh; this is the one with. The forget
    gate's bias starts at 1, as in the LSTM, which is ours.
    """

    states = ("h", "c")
    year = 2017
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsTorchrecurrent(
        "RAN",
        packed={
            "weight_ih": ("W_n", "W_i", "W_f"),
            "weight_hh": ("U_i", "U_f"),
            "bias_ih": ("b_i", "b_f"),
            "bias_hh": ("", ""),
        },
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Forget, and add the input."""
        n = gate("candidate", p.W_n @ x)
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.b_f))
        c = i * n + f * c
        return tanh(c), c
