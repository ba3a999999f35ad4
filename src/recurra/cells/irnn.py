"""Rectified linear units that start as an identity."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Identity,
    Normal,
    Parameters,
    SameAsTorch,
    relu,
)


@dataclass(frozen=True)
class IRNN(Cell):
    """Plain recurrent network of rectified linear units whose recurrent matrix starts as identity.

    Le, Jaitly & Hinton 2015 (arXiv:1504.00941, section 2): the equation is that of a plain network;
    what counts is the start. The recurrent matrix is the identity and the bias zero, so that an
    untrained network keeps its state; the other weights are Gaussian with a deviation of 0.001.
    """

    states = ("h",)
    year = 2015
    initial = {"U": Identity(), "W": Normal(0.001)}  # noqa: RUF012 - declared once, never written to
    check = SameAsTorch(
        "RNN",
        weight_ih=("W",),
        weight_hh=("U",),
        bias_ih=("b",),
        bias_hh=("",),
        options=(("nonlinearity", "relu"),),
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Add the input to what is kept, and cut below zero."""
        return relu(p.W @ x + p.U @ h + p.b)
