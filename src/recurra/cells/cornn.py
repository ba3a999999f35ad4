"""Coupled oscillatory recurrent network."""

from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Parameters,
    SameAsTorchrecurrent,
    gate,
    tanh,
)


@dataclass(frozen=True)
class CoRNN(Cell):
    """Coupled oscillatory recurrent network: units are damped springs that the input drives.

    Rusch & Mishra 2021 (arXiv:2010.00951), eq. 3, with the damping taken from the velocity before
    the step (the explicit one of the paper's two choices, and that of the authors' code). The
    paper's W, 𝒲 and V are ``U_y``, ``U_z`` and ``W`` here.

    Args:
        step_size: Δt, the time between two steps, above 0 and at most 1.
        gamma: γ, how strongly a unit is pulled back, above 0.
        epsilon: ε, how strongly it is damped, above 0. The paper tunes all three to the task; the
            defaults are those of the authors' code for permuted digits, 0.076, 0.4 and 8.
    """

    step_size: float = 0.076
    gamma: float = 0.4
    epsilon: float = 8.0

    states = ("y", "z")
    year = 2021
    check = SameAsTorchrecurrent(
        "coRNN",
        packed={
            "weight_ih": ("W",),
            "weight_hh": ("U_y",),
            "weight_ch": ("U_z",),
            "bias_ih": ("b",),
            "bias_hh": ("",),
            "bias_ch": ("",),
        },
        options={"dt": 0.076, "gamma": 0.4, "epsilon": 8.0},
    )

    def __post_init__(self) -> None:
        if not 0 < self.step_size <= 1:
            raise CellError(
                f"step_size={self.step_size} for a coRNN cell",
                "a number above 0 and at most 1",
                "write CoRNN(step_size=0.076)",
            )
        for name in ("gamma", "epsilon"):
            if not getattr(self, name) > 0:
                raise CellError(
                    f"{name}={getattr(self, name)} for a coRNN cell",
                    "a number above 0",
                    f"write CoRNN({name}=1.0)",
                )

    def step(
        self, p: Parameters, x: Expression, y: Expression, z: Expression
    ) -> tuple[Expression, Expression]:
        """Change the velocity z by the forces, and the position y by the velocity."""
        n = gate("candidate", tanh(p.W @ x + p.U_y @ y + p.U_z @ z + p.b))
        z = z + self.step_size * (n - self.gamma * y - self.epsilon * z)
        return y + self.step_size * z, z
