"""What a fit of a translator shows."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from recurra.applications.reporting import Page, Passage, Table, draw_losses, render
from recurra.applications.translate.scores import Scores
from recurra.applications.translate.seen import draw_seen
from recurra.applications.translate.translator import Translator
from recurra.drawing import letters, png

SHOWN = 10
"""Sentences that the page shows with their translations."""

READABLE = 60
"""Letters of a sentence whose attention is drawn, at most, where there is such a one."""


def verdict(found: Scores | None) -> str:
    """How good a translator is, in a sentence."""
    if found is None:
        return "Nothing was held out, so nothing says how good it is."
    return (
        f"On {found.count:,} sentences that were held out its translations reach BLEU "
        f"{found.bleu:.1f} and chrF {found.chrf:.1f} of 100."
    )


def figures(translator: Translator) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = translator.held_out_
    return {
        "job": "translate",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "symbols": translator.languages_.sizes,
        "parameters": sum(weight.numel() for weight in translator.network_.parameters()),
        "seconds": translator.history_.seconds,
        "notes": list(translator.notes_),
    }


def draw(translator: Translator) -> bytes:
    """How the network learned, and where it looked while it translated a sentence; a PNG."""
    sentence = _readable(translator)
    with letters():
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        axes = figure.subplots(1, 2 if sentence else 1, squeeze=False)[0]
        draw_losses(axes[0], [translator.history_], unit="nats a symbol")
        if sentence:
            heading = "Held out: where it looked for each piece"
            draw_seen(axes[1], translator.look(sentence), heading)
        return png(figure)


def page(translator: Translator, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        translator: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    held = translator.held_out_
    return render(
        Page(
            "Translate",
            name,
            verdict(held),
            draw(translator),
            "Losses by pass, and how much each piece of a translation looked at each piece of its "
            "sentence",
            _settings(translator),
            command,
            tables=[] if held is None else [scores_table(held)],
            passages=_passages(translator),
            passages_heading="What it writes",
            passages_note="The first sentences that were held out: what was read, what was "
            "written, and what a person wrote.",
            notes=translator.notes_,
        )
    )


def scores_table(scores: Scores) -> Table:
    """BLEU and chrF, and how they were measured."""
    rows = [
        ("BLEU", f"{scores.bleu:.1f}", scores.bleu_signature),
        ("chrF", f"{scores.chrf:.1f}", scores.chrf_signature),
    ]
    return Table(
        f"{scores.count:,} sentences, held out",
        ("", "of 100", "as sacrebleu measures it"),
        rows,
        "The best weights were chosen by their loss on these sentences, so they flatter a little; "
        "recurra evaluate judges on sentences of yours.",
    )


def _settings(translator: Translator) -> dict[str, str]:
    plan, structure = translator.plan_, translator.network_.structure
    sizes = translator.languages_.sizes
    return {
        "network": f"{plan.cell} of {plan.reading_units} units each way reads, of {plan.units} "
        "writes and looks back (general attention), output tied to the embedding",
        "parameters": f"{figures(translator)['parameters']:,}",
        "symbols": f"{sizes[0]:,}, shared"
        if translator.languages_.shared
        else f"{sizes[0]:,} and {sizes[1]:,}",
        "training": f"{translator.history_.seconds:.0f} s, {translator.history_.stopped}",
        "kernel": structure.encoder.kernels()[0].kernel,
    }


def _passages(translator: Translator) -> list[Passage]:
    shown = translator.samples_.some(range(min(SHOWN, len(translator.samples_))))
    written = translator.predict(shown.sources)
    return [
        Passage(source, [(f"{found}\n{truth}", 0.0)])
        for source, found, truth in zip(shown.sources, written, shown.targets, strict=True)
    ]


def _readable(translator: Translator) -> str:
    """The longest sentence held out of those that are short enough to be read in a picture."""
    sources = translator.samples_.sources
    short = [one for one in sources if len(one) <= READABLE]
    return max(short, key=len) if short else min(sources, key=len, default="")
