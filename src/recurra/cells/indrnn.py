"""Independently recurrent network."""

from dataclasses import dataclass
from typing import Literal

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsTorchrecurrent,
    Uniform,
    relu,
    tanh,
)

_FUNCTIONS = {"relu": relu, "tanh": tanh}


@dataclass(frozen=True)
class IndRNN(Cell):
    """Independently recurrent network: each unit sees of the past only itself.

    Li, Li, Cook, Zhu & Gao 2018 (arXiv:1803.04831), eq. 2: h_t = σ(W x_t + u ⊙ h_{t-1} + b); units
    meet in the next layer. ``u`` starts uniformly in [0, 1], from no memory to a memory without
    end; the paper draws it from different ranges for different tasks and bounds it in training,
    which a learning rate and clipping must do here.

    Args:
        activation: σ: ``"relu"`` (the paper's) or ``"tanh"``.
    """

    activation: Literal["relu", "tanh"] = "relu"

    states = ("h",)
    year = 2018
    initial = {"u": Uniform(0.0, 1.0)}  # noqa: RUF012 - declared once, never written to
    check = SameAsTorchrecurrent(
        "IndRNN",
        packed={"weight_ih": ("W",), "vector_u": ("u",), "bias_ih": ("b",), "bias_hh": ("",)},
        options={"nonlinearity": "relu"},
    )

    def __post_init__(self) -> None:
        if self.activation not in _FUNCTIONS:
            raise CellError(
                f"the activation {self.activation!r} for an IndRNN cell",
                f"one of {', '.join(_FUNCTIONS)}",
                'write IndRNN(activation="relu")',
            )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Mix the input, weigh each unit's own past, and squash."""
        return _FUNCTIONS[self.activation](p.W @ x + p.u * h + p.b)
