"""Update gate recurrent network."""

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
class UGRNN(Cell):
    """Update gate recurrent network: the plain network with one gate between old and new.

    Collins, Sohl-Dickstein & Sussillo 2016, "Capacity and trainability in recurrent neural
    networks" (arXiv:1611.09913). The paper adds a second, constant bias to the gate so that it
    starts out remembering; here ``b_z`` itself starts at 1.
    """

    states = ("h",)
    year = 2016
    initial = {"b_z": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsTorchrecurrent(
        "UGRNN",
        packed={
            "weight_ih": ("W_n", "W_z"),
            "weight_hh": ("U_n", "U_z"),
            "bias_ih": ("b_n", "b_z"),
            "bias_hh": ("", ""),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Keep as much of the old as the gate says, and fill up with the candidate."""
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ h + p.b_n))
        z = gate("update", sigmoid(p.W_z @ x + p.U_z @ h + p.b_z))
        return z * h + (1 - z) * n
