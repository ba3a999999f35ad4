"""Chaos-free network."""

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
class CFN(Cell):
    """Chaos-free network: without input, its state dies away, whatever its parameters.

    Laurent & von Brecht 2016, "A recurrent neural network without chaos" (arXiv:1612.06212), eq. 1
    and 2; the paper's θ (horizontal, forget) and η (vertical, input) gates are f and i here. Their
    biases start at 1 and -1, as in its experiments; the candidate has none.
    """

    states = ("h",)
    year = 2016
    initial = {  # noqa: RUF012 - declared once, never written to
        "b_f": Filled(1.0),
        "b_i": Filled(-1.0),
    }
    check = SameAsTorchrecurrent(
        "CFN",
        packed={
            "weight_ih": ("W_f", "W_i", "W_n"),
            "weight_hh": ("U_f", "U_i"),
            "bias_ih": ("b_f", "b_i", ""),
            "bias_hh": ("", ""),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Weigh the squashed past and the squashed input, each by its gate."""
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.b_f))
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.b_i))
        n = gate("candidate", tanh(p.W_n @ x))
        return f * tanh(h) + i * n
