"""What a fit of a classifier shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from recurra.applications.reporting import Page, Passage, draw_losses, render
from recurra.applications.scoring import draw_confusion, scores_table, verdict
from recurra.applications.sentiment.carrying import Carried
from recurra.applications.sentiment.classifier import SentimentClassifier
from recurra.drawing import letters, png

JUDGED = (
    "Each network judged by itself on the texts that it did not learn from, unless validation "
    "texts were given; the networks together are usually a little better."
)
"""What the figures are of."""

SHOWN = 12
"""Texts whose words are marked."""

MOST_LETTERS = 1500
"""Letters shown of a text."""


def figures(classifier: SentimentClassifier) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = classifier.held_out_
    return {
        "job": "sentiment",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "classes": list(classifier.classes_),
        "networks": len(classifier.networks_),
        "parameters": sum(weight.numel() for weight in classifier.networks_[0].parameters()),
        "seconds": sum(one.seconds for one in classifier.histories_),
        "notes": list(classifier.notes_),
    }


def draw(classifier: SentimentClassifier) -> bytes:
    """How the networks learned, and which classes were taken for which; a PNG."""
    held = classifier.held_out_
    with letters():
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        axes = figure.subplots(1, 1 if held is None else 2, squeeze=False)[0]
        draw_losses(axes[0], classifier.histories_, unit="cross-entropy, nats")
        if held is not None:
            draw_confusion(axes[1], held)
        return png(figure)


def page(
    classifier: SentimentClassifier,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    name: str,
    command: str,
) -> str:
    """The page on a fit, as HTML.

    Args:
        classifier: Fitted.
        texts: Some to show which words carry an answer: the first few are taken.
        labels: Their classes.
        name: What was learned from.
        command: What makes the same again.
    """
    held = classifier.held_out_
    shown = [
        _passage(one, label)
        for one, label in zip(classifier.carried(texts[:SHOWN]), labels, strict=False)
    ]
    return render(
        Page(
            "Sentiment",
            name,
            verdict(held),
            draw(classifier),
            "Losses by pass, and which classes were taken for which",
            _settings(classifier),
            command,
            tables=[] if held is None else [scores_table(held, JUDGED)],
            passages=shown,
            passages_heading="Which words carried the answers",
            passages_note="The first texts of the data, which the networks have learned from. The "
            "class is less probable without a green word, more probable without an orange one; the "
            "strongest word of a text is the darkest.",
            notes=classifier.notes_,
        )
    )


def _settings(classifier: SentimentClassifier) -> dict[str, str]:
    plan, first = classifier.plan_, classifier.histories_[0]
    return {
        "networks": "1"
        if len(classifier.networks_) == 1
        else f"{len(classifier.networks_)}, averaged",
        "each": f"tokens to vectors, {plan.sizes.cell} of {plan.sizes.units} units each way, "
        "largest and weighted mean, classes",
        "parameters of each": f"{figures(classifier)['parameters']:,}",
        "training": f"{figures(classifier)['seconds']:.0f} s, {first.stopped}",
        "kernel": classifier.networks_[0].structure.recurrent.kernels()[0].kernel,
    }


def _passage(one: Carried, label: str) -> Passage:
    strongest = max(map(abs, one.weights), default=0.0) or 1.0
    parts: list[tuple[str, float]] = []
    place = 0
    for word, weight in zip(one.words, one.weights, strict=True):
        if word.start >= MOST_LETTERS:
            break
        parts += [(one.text[place : word.start], 0.0)]
        # What is too pale to be seen is left plain.
        share = weight / strongest
        parts += [(one.text[word.start : word.end], share if abs(share) >= 0.05 else 0.0)]
        place = word.end
    rest = one.text[place:]
    parts.append((rest if place + len(rest) <= MOST_LETTERS else "…", 0.0))
    right = "" if one.label == label else f", truly {label}"
    return Passage(f"{one.label}, probability {one.probabilities[one.label]:.2f}{right}", parts)
