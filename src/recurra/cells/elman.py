"""The plain recurrent network."""

from dataclasses import dataclass
from typing import Literal

from recurra.errors import CellError
from recurra.language import Cell, Expression, Parameters, SameAsTorch, relu, sigmoid, tanh

_FUNCTIONS = {"tanh": tanh, "relu": relu, "sigmoid": sigmoid}


@dataclass(frozen=True)
class Elman(Cell):
    """The plain recurrent network, h_t = Φ(W x_t + U h_{t-1} + b).

    Elman 1990, Cognitive Science 14(2), section "Networks with memory".

    Args:
        activation: Φ: ``"tanh"``, ``"relu"`` or ``"sigmoid"`` (Elman's own).
    """

    activation: Literal["tanh", "relu", "sigmoid"] = "tanh"

    states = ("h",)
    year = 1990
    check = SameAsTorch("RNN", weight_ih=("W",), weight_hh=("U",), bias_ih=("b",), bias_hh=("",))

    def __post_init__(self) -> None:
        if self.activation not in _FUNCTIONS:
            raise CellError(
                f"the activation {self.activation!r} for an Elman cell",
                f"one of {', '.join(_FUNCTIONS)}",
                'write Elman(activation="tanh")',
            )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Mix the input and the former state, and squash."""
        return _FUNCTIONS[self.activation](p.W @ x + p.U @ h + p.b)
