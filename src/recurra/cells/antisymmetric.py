"""Antisymmetric recurrent network."""

from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsTorchrecurrent,
    gate,
    identity,
    tanh,
)


@dataclass(frozen=True)
class Antisymmetric(Cell):
    """Antisymmetric recurrent network: a step of a differential equation that is stable.

    Chang, Chen, Haber & Chi 2019, "AntisymmetricRNN: a dynamical system view on recurrent neural
    networks" (arXiv:1902.09689), section 3:
    h_t = h_{t-1} + ε tanh((U - Uᵀ - γI) h_{t-1} + W x_t + b). The matrix in brackets has
    eigenvalues beside the imaginary axis, so the state neither explodes nor dies away. This is the
    form without gates.

    Args:
        epsilon: ε, the length of the step, above 0.
        gamma: γ, the friction that keeps such steps stable, at least 0. The paper tunes both to the
            task, by powers of ten up to 1.
    """

    epsilon: float = 0.1
    gamma: float = 0.01

    states = ("h",)
    year = 2019
    check = SameAsTorchrecurrent(
        "AntisymmetricRNN",
        packed={"weight_ih": ("W",), "weight_hh": ("U",), "bias_ih": ("b",), "bias_hh": ("",)},
        options={"epsilon": 0.1, "gamma": 0.01},
    )

    def __post_init__(self) -> None:
        if not self.epsilon > 0:
            raise CellError(
                f"epsilon={self.epsilon} for an antisymmetric cell",
                "a length of the step above 0",
                "write Antisymmetric(epsilon=0.1)",
            )
        if not self.gamma >= 0:
            raise CellError(
                f"gamma={self.gamma} for an antisymmetric cell",
                "a friction of at least 0",
                "write Antisymmetric(gamma=0.01)",
            )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Go a little way in the direction that input and state give."""
        rotation = p.U - p.U.T - self.gamma * identity
        n = gate("candidate", tanh(p.W @ x + rotation @ h + p.b))
        return h + self.epsilon * n
