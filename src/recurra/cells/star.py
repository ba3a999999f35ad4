"""Stackable recurrent cell."""

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
class STAR(Cell):
    """Stackable recurrent cell: one gate, and gradients that survive many layers.

    Turkoglu, D'Aronco, Wegner & Schindler 2019, "Gating revisited: deep multi-layer RNNs that can
    be trained" (arXiv:1911.11033). The content comes from the input alone; the gate k, after the
    gain of a Kalman filter, weighs it against the past.
    """

    states = ("h",)
    year = 2019
    check = SameAsTorchrecurrent(
        "STAR",
        packed={
            "weight_ih": ("W_z", "W_k"),
            "weight_hh": ("U_k",),
            "bias_ih": ("b_z", "b_k"),
            "bias_hh": ("",),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move towards the input as far as the gate says, and squash."""
        z = gate("candidate", tanh(p.W_z @ x + p.b_z))
        k = gate("update", sigmoid(p.W_k @ x + p.U_k @ h + p.b_k))
        return tanh((1 - k) * h + k * z)
