"""What a fit of a classifier of series shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.reporting import Page, draw_losses, render
from recurra.applications.scoring import Scores, draw_confusion, scores_table, verdict
from recurra.applications.series_learning.rules import Plan
from recurra.applications.series_learning.together import Member
from recurra.drawing import letters, png

JUDGED = (
    "Networks judged on what they did not learn from, counted together. The networks of the model "
    "learned in the same way, from everything, and are averaged: usually they are a little better."
)
"""What the figures are of."""


@dataclass(frozen=True)
class Fit:
    """What a report is about.

    Attributes:
        job: Its name on the command line.
        members: The networks.
        plan: How they learned.
        classes: The names of the classes.
        held_out: How good the way of learning is; None if nothing was held out.
        notes: What was chosen, repaired or left out.
    """

    job: str
    members: Sequence[Member]
    plan: Plan
    classes: Sequence[str]
    held_out: Scores | None
    notes: Sequence[str]


def figures(fit: Fit) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = fit.held_out
    return {
        "job": fit.job,
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "classes": list(fit.classes),
        "networks": len(fit.members),
        "parameters": _parameters(fit),
        "seconds": sum(one.history.seconds for one in fit.members),
        "notes": list(fit.notes),
    }


def draw(fit: Fit) -> bytes:
    """How the networks learned, and which classes were taken for which; a PNG."""
    with letters():
        # Names of many classes need their room.
        tall = 4.2 if fit.held_out is None or len(fit.held_out.classes) <= 8 else 6.5
        figure = Figure(figsize=(11, tall), layout="constrained")
        axes = figure.subplots(1, 1 if fit.held_out is None else 2, squeeze=False)[0]
        histories = [one.history for one in fit.members]
        draw_losses(axes[0], histories, unit="cross-entropy, nats")
        _draw_confusion(axes, fit.held_out)
        return png(figure)


def page(fit: Fit, *, title: str, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        fit: What it is about.
        title: The job in words.
        name: What was learned from.
        command: What makes the same again.
    """
    return render(
        Page(
            title,
            name,
            verdict(fit.held_out),
            draw(fit),
            "Losses by pass, and which classes were taken for which",
            _settings(fit),
            command,
            tables=[] if fit.held_out is None else [scores_table(fit.held_out, JUDGED)],
            notes=fit.notes,
        )
    )


def _draw_confusion(axes: Sequence[Axes], held: Scores | None) -> None:
    if held is not None:
        draw_confusion(axes[1], held)


def _parameters(fit: Fit) -> int:
    return sum(weight.numel() for weight in fit.members[0].network.parameters())


def _settings(fit: Fit) -> dict[str, str]:
    sizes, first = fit.plan.sizes, fit.members[0]
    seconds = sum(one.history.seconds for one in fit.members)
    layers = "" if sizes.layers == 1 else f"{sizes.layers} layers of "
    return {
        "networks": "1" if len(fit.members) == 1 else f"{len(fit.members)}, averaged",
        "each": f"{layers}{sizes.units} {sizes.cell} units each way, largest and mean output, "
        "classes",
        "parameters of each": f"{_parameters(fit):,}",
        "training": f"{seconds:.0f} s, {first.history.stopped}",
        "kernel": first.network.structure.recurrent.kernels()[0].kernel,
    }
