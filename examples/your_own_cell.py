"""A cell of one's own, written in this file, in a layer, in training and as equations."""

from dataclasses import dataclass

import torch
from torch import nn

from recurra import Cell, ManyToOne, Recurrent, RMSprop, Trainer
from recurra.language import Expression, Filled, Parameters, equations, gate, sigmoid, tanh, trace


@dataclass(frozen=True)
class MinimalGated(Cell):
    """Minimal gated unit: one gate both forgets and resets (Zhou et al. 2016, arXiv:1603.09420)."""

    states = ("h",)
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Replace as much of each unit as the gate says."""
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.b_f))
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ (f * h) + p.b_n))
        return (1 - f) * h + f * n


def main() -> None:
    """Shows the equations, and learns to recall the first number of a sequence."""
    for line in equations(trace(MinimalGated())):
        print(line)

    torch.manual_seed(0)
    x = torch.rand(1000, 8, 1)
    y = x[:, 0]
    model = ManyToOne(Recurrent(MinimalGated(), 1, 32, batch_first=True), output_size=1)
    trainer = Trainer(model, nn.MSELoss(), RMSprop(model.parameters()))
    print(f"mean squared error before training: {trainer.evaluate((x[800:], y[800:])):.4f}")
    trainer.fit((x[:800], y[:800]), epochs=20)
    print(f"and after: {trainer.evaluate((x[800:], y[800:])):.4f}")


if __name__ == "__main__":
    main()
