"""How losses fell, drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from recurra.drawing import tidy, title
from recurra.training import History

LEARNED, HELD_OUT = "#0072B2", "#D55E00"


def draw_losses(axes: Axes, histories: Sequence[History], *, unit: str) -> None:
    """The losses of networks by epoch, learned from and held out, the best of each marked.

    Args:
        axes: Where.
        histories: Of each network.
        unit: What a loss is measured in.
    """
    drawn = {"loss": ("learned from", LEARNED), "val_loss": ("held out", HELD_OUT)}
    for number, history in enumerate(histories):
        epochs = np.array(history.epoch) + 1
        for key, (name, colour) in drawn.items():
            if losses := history.history.get(key):
                label = name if number == 0 else None
                axes.plot(epochs, losses, color=colour, lw=1.4, alpha=0.8, label=label)
        if losses := history.history.get("val_loss"):
            best = int(np.argmin(losses))
            label = "best, kept" if number == 0 else None
            axes.plot(epochs[best], losses[best], "o", color=HELD_OUT, label=label)
    axes.set(xlabel="pass", ylabel=unit)
    title(axes, "Learning")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    tidy(axes)
