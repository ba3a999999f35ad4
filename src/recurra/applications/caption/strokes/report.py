"""What a fit of a drawer shows."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from recurra.applications.caption.strokes.drawer import Drawer
from recurra.applications.caption.strokes.scores import Scores
from recurra.applications.caption.strokes.sheet import MOST, draw_columns
from recurra.applications.reporting import Page, Table, draw_losses, render
from recurra.drawing import letters, png


def verdict(found: Scores | None) -> str:
    """How good a drawer is, in a sentence."""
    if found is None:
        return "Nothing was held out, so nothing says how good it is."
    beside = (
        f", {found.nats_mismatched:.2f} beside another picture than theirs"
        if found.nats_mismatched is not None
        else ""
    )
    return (
        f"{found.count:,} drawings that were held out take {found.nats_a_step:.2f} nats a step"
        f"{beside}; its own lie {found.apart:.1f} points of the picture from theirs."
    )


def figures(drawer: Drawer) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = drawer.held_out_
    return {
        "job": "caption",
        "answers": "strokes",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "parameters": sum(weight.numel() for weight in drawer.network_.parameters()),
        "seconds": drawer.history_.seconds,
        "notes": list(drawer.notes_),
    }


def draw(drawer: Drawer) -> bytes:
    """How the network learned, and what it draws of some pictures; a PNG."""
    held = drawer.samples_
    with letters():
        if held is None or not len(held):
            figure = Figure(figsize=(11, 3), layout="constrained")
            draw_losses(figure.subplots(), [drawer.history_], unit="nats a step")
            return png(figure)
        figure = Figure(figsize=(11, 7.5), layout="constrained")
        above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[3, 4.5])[:, 0]
        draw_losses(above.subplots(), [drawer.history_], unit="nats a step")
        some = held.some(range(min(MOST, len(held))))
        axes = below.subplots(3, len(some), squeeze=False)
        draw_columns(axes, some, drawer.redraw(some))
        for row, name in zip(axes, ("picture", "by people", "drawn"), strict=True):
            row[0].set_ylabel(name)
        return png(figure)


def page(drawer: Drawer, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        drawer: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    held = drawer.held_out_
    return render(
        Page(
            "Caption",
            name,
            verdict(held),
            draw(drawer),
            "Losses, and the first pictures that were held out: their ink, what people drew, what "
            "was drawn. A colour is a stroke's place in the order, a dot its beginning",
            _settings(drawer),
            command,
            tables=[] if held is None else [scores_table(held)],
            notes=drawer.notes_,
        )
    )


def scores_table(scores: Scores) -> Table:
    """Likelihoods and distances, and what they are."""
    return Table(
        f"{scores.count:,} drawings, held out",
        ("", ""),
        rows(scores),
        "Nats are the mean negative log-likelihood of what people drew: the lower the better. "
        "Beside another picture they tell how much the picture is looked at. Ink apart is the mean "
        "way from a point of a drawing to the nearest of the person's, both ways. The best weights "
        "were chosen by their loss on these drawings, so they flatter a little; recurra evaluate "
        "judges on drawings of yours.",
    )


def rows(scores: Scores) -> list[tuple[str, str]]:
    """Every figure by its name."""
    other = scores.nats_mismatched
    return [
        ("nats a step", f"{scores.nats_a_step:.3f}"),
        *([] if other is None else [("beside another picture", f"{other:.3f}")]),
        ("nats a drawing", f"{scores.nats_a_drawing:.1f}"),
        ("ink apart, points", f"{scores.apart:.2f}"),
        ("strokes", f"{scores.strokes:.1f}, people {scores.strokes_given:.1f}"),
    ]


def _settings(drawer: Drawer) -> dict[str, str]:
    plan, network = drawer.plan_, drawer.network_
    return {
        "network": f"three convolutions and glimpses from the pen see {plan.side} x {plan.side} "
        f"points; {plan.units} {plan.cell} units draw by {plan.components} distributions",
        "parameters": f"{figures(drawer)['parameters']:,}",
        "training": f"{drawer.history_.seconds:.0f} s, {drawer.history_.stopped}",
        "kernel": network.writer.recurrent.kernels()[0].kernel,
    }
