"""The first of the mutated units."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsTorchrecurrent,
    gate,
    match,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class MUT1(Cell):
    """Gated unit found by search: the update gate sees only the input, which is squashed as it is.

    Jozefowicz, Zaremba & Sutskever 2015 (ICML, PMLR 37, section 4, MUT1). Where the update gate z
    is 1 the unit takes the candidate. The paper adds tanh(x), unit by unit, which needs as many
    inputs as units; where there are not, ``W_n`` brings the input to their number first (ours).
    """

    states = ("h",)
    year = 2015
    check = SameAsTorchrecurrent(
        module="MUT1",
        packed={
            "weight_ih": ("W_z", "W_r", "W_n"),
            "weight_hh": ("U_r", "U_n"),
            "bias_ih": ("b_z", "b_r", ""),
            "bias_hh": ("", "b_n"),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move each unit towards a candidate, as far as the update gate says."""
        z = gate("update", sigmoid(p.W_z @ x + p.b_z))
        r = gate("reset", sigmoid(p.W_r @ x + p.U_r @ h + p.b_r))
        n = gate("candidate", tanh(tanh(match(p.W_n, x)) + p.U_n @ (r * h) + p.b_n))
        return n * z + h * (1 - z)
