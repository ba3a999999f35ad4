"""What a classifier got right and took for what: a sentence, a table, a picture."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.reporting import Table
from recurra.applications.scoring.scores import Scores
from recurra.drawing import letters, png, title

MOST_CLASSES = 20
"""Classes drawn; more would not be read."""


def verdict(scores: Scores | None) -> str:
    """How good a classifier is, in a sentence."""
    if scores is None:
        return "Nothing was held out, so nothing says how good it is."
    name, share = scores.majority
    return (
        f"On {scores.count:,} {scores.things} that were held out {scores.accuracy:.1%} of the "
        f"classes are right (macro F1 {scores.macro_f1:.3f}); always answering {name!r} would get "
        f"{share:.1%}."
    )


def scores_table(scores: Scores, note: str) -> Table:
    """Figures a class.

    Args:
        scores: Of what was held out.
        note: A sentence below them.
    """
    values = zip(scores.classes, scores.precision, scores.recall, scores.f1, strict=True)
    support = scores.confusion.sum(1)
    rows = [
        (name, f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", f"{n:,}")
        for (name, p, r, f), n in zip(values, support, strict=True)
    ]
    return Table(
        f"Held out: accuracy {scores.accuracy:.3f}, macro F1 {scores.macro_f1:.3f}",
        ("class", "precision", "recall", "F1", scores.things),
        rows,
        note,
    )


def confusion_picture(scores: Scores) -> bytes:
    """Which classes were taken for which, a PNG."""
    side = 4.5 if len(scores.classes) <= 8 else 7
    with letters():
        figure = Figure(figsize=(side, side), layout="constrained")
        draw_confusion(figure.subplots(), scores, "Which class was taken for which")
        return png(figure)


def draw_confusion(
    axes: Axes, scores: Scores, heading: str = "Held out: which class was taken for which"
) -> None:
    """Which classes were taken for which, as shares of the truth.

    Args:
        axes: Where.
        scores: What was counted.
        heading: Above it.
    """
    size = min(MOST_CLASSES, len(scores.classes))
    counts = scores.confusion[:size, :size]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(size, size):
        colour = "white" if shares[row, column] > 0.6 else "black"
        if size <= 12:
            text = f"{counts[row, column]:,}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    names = [name if len(name) <= 18 else f"{name[:16]}…" for name in scores.classes[:size]]
    axes.set_xticks(range(size), names, rotation=45 if size > 4 else 0, parse_math=False)
    axes.set_yticks(range(size), names, parse_math=False)
    axes.set(xlabel="answered", ylabel="true")
    title(axes, heading)
