"""What a fit of a captioner shows."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from recurra.applications.caption.captioner import Captioner
from recurra.applications.caption.checks import Given
from recurra.applications.caption.scores import Scores
from recurra.applications.caption.seen import Seen, draw_seen, rows_of
from recurra.applications.reporting import Page, Passage, Table, draw_losses, render
from recurra.drawing import letters, png

SHOWN = 3
"""Pictures that are drawn with where the network looked."""

ROWS = 2
"""Of pictures that one caption takes, at most."""

LISTED = 10
"""Captions that the page lists."""


def verdict(found: Scores | None) -> str:
    """How good a captioner is, in a sentence."""
    if found is None:
        return "Nothing was held out, so nothing says how good it is."
    return (
        f"Of {found.count:,} pictures that were held out {100 * found.exact:.1f}% are captioned "
        f"word for word as people did; BLEU {found.bleu:.1f} of 100."
    )


def figures(captioner: Captioner) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = captioner.held_out_
    return {
        "job": "caption",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "symbols": len(captioner.sentences_),
        "parameters": sum(weight.numel() for weight in captioner.network_.parameters()),
        "seconds": captioner.history_.seconds,
        "notes": list(captioner.notes_),
    }


def draw(captioner: Captioner) -> bytes:
    """How the network learned, and where it looked while it wrote of some pictures; a PNG."""
    samples = _samples(captioner)
    rows = [min(ROWS, rows_of(one)) for one in samples]
    with letters():
        figure = Figure(figsize=(11, 3 + 1.4 * sum(rows)), layout="constrained")
        ratios = [2, *rows]
        axes = figure.subplots(len(ratios), squeeze=False, height_ratios=ratios)[:, 0]
        draw_losses(axes[0], [captioner.history_], unit="nats a symbol")
        for axis, seen, count in zip(axes[1:], samples, rows, strict=True):
            draw_seen(axis, seen, count)
        return png(figure)


def page(captioner: Captioner, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        captioner: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    held = captioner.held_out_
    return render(
        Page(
            "Caption",
            name,
            verdict(held),
            draw(captioner),
            "Losses, and pictures that were held out, each once for every piece of its caption, "
            "lit where the network looked when it wrote that",
            _settings(captioner),
            command,
            tables=[] if held is None else [scores_table(held)],
            passages=_passages(captioner),
            passages_heading="What it writes",
            passages_note="The first pictures that were held out, three of them drawn above: what "
            "was written, and what people wrote.",
            notes=captioner.notes_,
        )
    )


def scores_table(scores: Scores) -> Table:
    """Exact captions and BLEU, and how they were measured."""
    rows = [("exact", f"{100 * scores.exact:.1f}%"), ("BLEU", f"{scores.bleu:.1f} of 100")]
    return Table(
        f"{scores.count:,} pictures, held out",
        ("", ""),
        rows,
        "Exact is a caption that is one of its picture's, letter by letter. BLEU is as sacrebleu "
        f"measures it, {scores.bleu_signature}. The best weights were chosen by their loss on "
        "these pictures, so they flatter a little; recurra evaluate judges on pictures of yours.",
    )


def _samples(captioner: Captioner) -> list[Seen]:
    """Where it looked for the first pictures that were held out."""
    held = captioner.samples_
    if held is None:
        return []
    return [captioner.look(one.permute(1, 2, 0).numpy()) for one in held.pictures[:SHOWN]]


def _settings(captioner: Captioner) -> dict[str, str]:
    plan, network = captioner.plan_, captioner.network_
    return {
        "network": f"three convolutions and sweeps of {plan.sweep_units} {plan.cell} units each "
        f"way see {plan.places} x {plan.places} places; {plan.units} units write and look at them",
        "parameters": f"{figures(captioner)['parameters']:,}",
        "training": f"{captioner.history_.seconds:.0f} s, {captioner.history_.stopped}",
        "kernel": network.decoder.recurrent.kernels()[0].kernel,
    }


def _passages(captioner: Captioner) -> list[Passage]:
    held: Given | None = captioner.samples_
    if held is None or not len(held):
        return []
    some = held.some(range(min(LISTED, len(held))))
    written = captioner.predict([one.permute(1, 2, 0).numpy() for one in some.pictures])
    return [
        Passage(f"picture {n + 1}", [("\n".join([found, *truth]), 0.0)])
        for n, (found, truth) in enumerate(zip(written, some.captions, strict=True))
    ]
