"""Draws why plain recurrent networks forget, and what helps: the pictures of the tutorial.

python examples/why_plain_networks_forget.py [FOLDER]

Writes four pictures into docs/pictures, or into a folder that is named, and prints their numbers.
"""

import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch
from torch import Tensor, nn

from recurra import SGD, Adam, ManyToOne, Recurrent
from recurra.layers.chrono import chrono_
from recurra.layers.orthogonal import orthogonal_
from recurra.tasks import Adding
from recurra.training import Clip

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"

# Okabe and Ito's palette, told apart by all eyes.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    *("#444444", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"),
)

UNITS = 32
STEPS = 200
"""How far back gradients are followed."""

Start = Callable[[nn.Module], None]


def main() -> None:
    """Makes the four pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    for name, figure in (
        ("forgetting-factors", draw_factors()),
        ("forgetting-gradients", draw_gradients()),
        ("forgetting-clipping", draw_clipping()),
        ("forgetting-learning", draw_learning()),
    ):
        figure.savefig(folder / f"{name}.png", dpi=130)
        plt.close(figure)
        print(folder / f"{name}.png")


def draw_factors() -> Figure:
    """What is left of 1 when it is multiplied by the same number again and again."""
    figure, axis = panel()
    steps = np.arange(101)
    factors = {1.1: RED, 1.01: ORANGE, 1.0: BLACK, 0.99: SKY, 0.9: BLUE}
    for factor, colour in factors.items():
        axis.plot(steps, factor**steps, color=colour, linewidth=2)
        beside(axis, 100, factor**100, f"{factor:g}ⁿ: {shortly(factor**100)}", colour)
    axis.set_yscale("log")
    axis.set_xlim(0, 100)
    axis.set_xlabel("n, how often")
    axis.set_title("What becomes of 1 if it is multiplied by the same factor n times", loc="left")
    return figure


def networks() -> dict[str, tuple[Recurrent, str]]:
    """The same small layer with one thing changed, and its colour."""

    def layer(cell: str, start: Start | None = None, init: str = "cell") -> Recurrent:
        torch.manual_seed(0)
        made = Recurrent(cell, 2, UNITS, batch_first=True, dtype=torch.float64, init=init)
        if start is not None:
            start(made)
        return made

    return {
        "Elman, orthogonal × 2": (layer("elman", lambda m: orthogonal_(m, 2.0)), RED),
        "LSTM, chrono": (layer("lstm", lambda m: chrono_(m, STEPS)), BLUE),
        "GRU, chrono": (layer("gru", lambda m: chrono_(m, STEPS)), GREEN),
        "LSTM": (layer("lstm"), PINK),
        "Elman, orthogonal": (layer("elman", orthogonal_), ORANGE),
        "GRU": (layer("gru"), SKY),
        "Elman, small weights": (layer("elman", init="torch"), BLACK),
    }


def gradient_by_lag(layer: Recurrent) -> Tensor:
    """How much the last output depends on the input so many steps before: (STEPS,), from lag 0.

    The norm of the gradient, the mean over 64 sequences of noise, divided by that at lag 0.
    """
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(64, STEPS, 2, generator=generator, dtype=torch.float64).requires_grad_()
    direction = torch.randn(64, UNITS, generator=generator, dtype=torch.float64)
    output, _ = layer(x)
    (gradient,) = torch.autograd.grad((output[:, -1] * direction).sum(), x)
    by_lag = gradient.norm(dim=-1).mean(0).flip(0)
    return by_lag / by_lag[0]


def draw_gradients() -> Figure:
    """The gradient of the last output by the input before, for each network."""
    figure, axis = panel()
    print("gradient 100 steps back, as a share of that of the last step:")
    for name, (layer, colour) in networks().items():
        share = gradient_by_lag(layer)
        print(f"  {name:22} {share[100]:.1e}")
        # Below this nothing is left in single precision.
        shown = share > 1e-12
        axis.plot(torch.arange(STEPS)[shown], share[shown], color=colour, linewidth=2, label=name)
    axis.set_yscale("log")
    axis.set_ylim(1e-12, 1e12)
    axis.set_xlim(0, STEPS)
    axis.set_xlabel("lag, in steps")
    axis.set_title("Gradient of the last output by the input so many steps before", loc="left")
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    return figure


def draw_clipping() -> Figure:
    """An exploding network, trained with and without clipping."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for name, clip, colour in (("unclipped", None, RED), ("clipped to 1", 1.0, BLUE)):
        torch.manual_seed(0)
        model = ManyToOne(Recurrent("elman", 2, UNITS, batch_first=True), 1)
        orthogonal_(model, 1.5)
        optimizer = SGD(model.parameters(), lr=0.05)
        losses, norms = train(model, Adding(50), optimizer, steps=200, clip=clip)
        print(f"{name}: greatest gradient {max(norms):.3g}, greatest loss {max(losses):.3g}")
        axes[0].plot(norms, color=colour, linewidth=1.2, label=name)
        axes[1].plot(losses, color=colour, linewidth=1.2)
    for axis, title in zip(axes, ("Norm of the gradient", "Loss"), strict=True):
        frame(axis)
        axis.set_yscale("log")
        axis.set_xlabel("training step")
        axis.set_title(title, loc="left")
    axes[0].legend(frameon=False)
    return figure


def draw_learning() -> Figure:
    """Who learns to add two numbers of a hundred."""
    figure, axis = panel()
    task = Adding(100)
    print(f"loss on {task!r} at the end, who remembers nothing has {task.baseline:.3f}:")
    axis.axhline(task.baseline, color=BLACK, linestyle=":", label="remembers nothing")
    trials: list[tuple[str, str, Start | None, str]] = [
        ("Elman, orthogonal", "elman", orthogonal_, ORANGE),
        ("LSTM", "lstm", None, PINK),
        ("LSTM, chrono", "lstm", lambda m: chrono_(m, 100), BLUE),
        ("GRU", "gru", None, SKY),
        ("GRU, chrono", "gru", lambda m: chrono_(m, 100), GREEN),
    ]
    for name, cell, start, colour in trials:
        torch.manual_seed(0)
        model = ManyToOne(Recurrent(cell, 2, UNITS, batch_first=True), 1)
        if start is not None:
            start(model)
        optimizer = Adam(model.parameters(), lr=1e-2)
        losses, _ = train(model, task, optimizer, steps=800, clip=1.0)
        means = np.convolve(losses, np.full(25, 1 / 25), mode="valid")
        print(f"  {name:22} {means[-1]:.4f}")
        axis.plot(np.arange(25, 801), means, color=colour, linewidth=2, label=name)
    axis.set_yscale("log")
    axis.set_ylim(1e-4, 1)
    axis.set_xlim(0, 800)
    axis.set_xlabel("training step")
    axis.set_title("Mean squared error, adding two numbers of a hundred", loc="left")
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    return figure


def train(
    model: nn.Module,
    task: Adding,
    optimizer: Adam | SGD,
    *,
    steps: int,
    clip: float | None,
) -> tuple[list[float], list[float]]:
    """Trains: the loss and the norm of the gradient, before it is clipped, of each step."""
    losses, norms = [], []
    for batch in islice(task.batches(32), steps):
        optimizer.zero_grad()
        loss = task.loss(model(batch.x), batch.y)
        loss.backward()
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        norms.append(float(nn.utils.get_total_norm(gradients)))
        losses.append(loss.item())
        optimizer.step(clip=Clip(clip))
    return losses, norms


def panel() -> tuple[Figure, Axes]:
    """An empty picture of one panel."""
    figure, axis = plt.subplots(figsize=(9, 4.4), layout="constrained")
    frame(axis)
    return figure, axis


def frame(axis: Axes) -> None:
    """Takes away what need not be there."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(color="#e8e8e8")
    axis.set_axisbelow(True)


def shortly(value: float) -> str:
    """A number as one would say it."""
    return f"{value:.6f}" if value < 0.01 else f"{value:.2g}" if value < 100 else f"{value:,.0f}"


def beside(axis: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Writes at a line's end."""
    axis.annotate(
        text, (x, y), (6, 0), textcoords="offset points", color=colour, va="center", fontsize=10
    )


if __name__ == "__main__":
    main()
