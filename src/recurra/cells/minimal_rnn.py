"""MinimalRNN."""

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
class MinimalRNN(Cell):
    """MinimalRNN: the input is brought to the space of the state, and a gate mixes the two there.

    Chen 2017 (arXiv:1711.06788). The map from the input, which the paper leaves open, is one layer
    with tanh, as in its experiments.
    """

    states = ("h",)
    year = 2017
    check = SameAsTorchrecurrent(
        "MinimalRNN",
        packed={
            "weight_ih": ("W_z",),
            "weight_hh": ("U_u",),
            "weight_mm": ("V_u",),
            "bias_ih": ("b_z",),
            "bias_hh": ("b_u",),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Keep as much of the old as the gate says, and fill up with the input."""
        z = gate("candidate", tanh(p.W_z @ x + p.b_z))
        u = gate("update", sigmoid(p.U_u @ h + p.V_u @ z + p.b_u))
        return u * h + (1 - u) * z
