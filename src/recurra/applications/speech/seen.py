"""A recording as a network sees it, and what it holds likely at each moment, drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from recurra.applications.speech.alphabet import BLANK, SPACE, Alphabet
from recurra.applications.speech.spectrum import EDGE, HOP, logarithm, with_edges
from recurra.applications.speech.transcript import letters_of
from recurra.drawing import letters, png, tidy, title

LONGEST = 6.0
"""Seconds of a recording that are drawn, at most."""

FAINT = 0.1
"""A letter is drawn if it is at least so likely at some moment."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#8C6D00", "#7A5195", "#B03A2E")


@dataclass(frozen=True)
class Seen:
    """A recording and what is heard in it.

    Attributes:
        power: In bands of frequency, (T, 40).
        log_probs: Of the blank and of each letter at each step, (S, V), silence around it included.
        alphabet: The letters.
        seconds: Of a step.
        heading: What is said of it.
    """

    power: Tensor
    log_probs: Tensor
    alphabet: Alphabet
    seconds: float
    heading: str


def picture(seen: Seen) -> bytes:
    """A recording above the probabilities of its letters, a PNG."""
    with letters():
        figure = Figure(figsize=(10, 5.2), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True)
        draw_seen(above, below, seen)
        return png(figure)


def draw_seen(above: Axes, below: Axes, seen: Seen) -> None:
    """Draws a recording, and beneath it how likely each letter is at each moment.

    Args:
        above: Where the power in bands of frequency is drawn.
        below: Where probabilities are.
        seen: The recording; of a long one the beginning.
    """
    begin, frames = -EDGE * HOP, min(round(LONGEST / HOP), len(seen.power)) + 2 * EDGE
    end = begin + frames * HOP
    loud = 10 / np.log(10) * logarithm(with_edges(seen.power)[:frames]).T
    above.imshow(
        loud.numpy(),
        origin="lower",
        aspect="auto",
        cmap="magma",
        extent=(begin, end, 0.5, len(loud) + 0.5),
        vmin=float(loud.max()) - 70,
    )
    above.set(ylabel="band, from low to high")
    title(above, seen.heading)
    _draw_letters(below, seen, begin, end)
    below.set(xlim=(begin, end), ylim=(0, 1.18), xlabel="seconds", ylabel="probability")
    below.set_yticks([0, 0.5, 1])
    tidy(below)


def _draw_letters(axes: Axes, seen: Seen, begin: float, end: float) -> None:
    likely = seen.log_probs.exp()[: round((end - begin) / seen.seconds)]
    times = begin + (torch.arange(len(likely)) + 0.5) * seen.seconds
    axes.plot(times, likely[:, BLANK], color="0.75", lw=1.2, ls=":")
    shown = (likely.amax(0) >= FAINT).nonzero().flatten().tolist()
    for number in (one for one in shown if one != BLANK):
        colour = COLOURS[number % len(COLOURS)]
        axes.fill_between(times, likely[:, number], color=colour, alpha=0.3, lw=0)
        axes.plot(times, likely[:, number], color=colour, lw=1.2)
    for one in letters_of(seen.log_probs[: len(likely)]):
        run = likely[one.step :, one.number]
        peak = one.step + int(run[: 1 + _run(run)].argmax())
        axes.text(
            float(times[peak]),
            float(likely[peak, one.number]) + 0.03,
            seen.alphabet.letters[one.number - 1].replace(SPACE, "␣"),
            ha="center",
            color=COLOURS[one.number % len(COLOURS)],
            fontsize=11,
            fontweight="bold",
            parse_math=False,
        )


def _run(likely: Tensor) -> int:
    """Steps over which a letter stays likelier than not, after the first."""
    low = (likely[1:] < 0.5).nonzero()
    return int(low[0]) if len(low) else len(likely) - 1
