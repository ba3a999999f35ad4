"""Minimal gated unit."""

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
class MGU(Cell):
    """Minimal gated unit: a GRU whose one gate both resets and updates.

    Zhou, Wu, Zhang & Zhou 2016, International Journal of Automation and Computing 13(3)
    (arXiv:1603.09420), table 1. The paper calls the gate a forget gate, although where it is open
    the new content comes in.
    """

    states = ("h",)
    year = 2016
    check = SameAsTorchrecurrent(
        "MGU",
        packed={
            "weight_ih": ("W_f", "W_n"),
            "weight_hh": ("U_f", "U_n"),
            "bias_ih": ("b_f", "b_n"),
            "bias_hh": ("", ""),
        },
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Propose new content from what the gate lets through, and move towards it as far."""
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.b_f))
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ (f * h) + p.b_n))
        return (1 - f) * h + f * n
