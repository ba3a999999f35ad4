"""The third of the mutated units."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsTorchrecurrent,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class MUT3(Cell):
    """Gated unit found by search: the update gate sees the state squashed once more.

    Jozefowicz, Zaremba & Sutskever 2015 (ICML, PMLR 37, section 4, MUT3). Where the update gate z
    is 1 the unit takes the candidate.
    """

    states = ("h",)
    year = 2015
    check = SameAsTorchrecurrent(
        module="MUT3",
        packed={
            "weight_ih": ("W_z", "W_r", "W_n"),
            "weight_hh": ("U_z", "U_r", "U_n"),
            "bias_ih": ("b_z", "b_r", "b_n"),
            "bias_hh": ("", "", ""),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move each unit towards a candidate, as far as the update gate says."""
        z = gate("update", sigmoid(p.W_z @ x + p.U_z @ tanh(h) + p.b_z))
        r = gate("reset", sigmoid(p.W_r @ x + p.U_r @ h + p.b_r))
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ (r * h) + p.b_n))
        return n * z + h * (1 - z)
