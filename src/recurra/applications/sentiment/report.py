"""What a fit of a classifier shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.reporting import Page, Passage, Table, draw_losses, render
from recurra.applications.sentiment.carrying import Carried
from recurra.applications.sentiment.classifier import SentimentClassifier
from recurra.applications.sentiment.scores import Scores
from recurra.drawing import letters, png, title

MOST_CLASSES = 20
"""Classes drawn; more would not be read."""

SHOWN = 12
"""Texts whose words are marked."""

MOST_LETTERS = 1500
"""Letters shown of a text."""


def verdict(scores: Scores | None) -> str:
    """How good a classifier is, in a sentence."""
    if scores is None:
        return "Nothing was held out, so nothing says how good it is."
    name, share = scores.majority
    return (
        f"On {scores.count:,} texts that were held out {scores.accuracy:.1%} of the classes are "
        f"right (macro F1 {scores.macro_f1:.3f}); always answering {name!r} would get {share:.1%}."
    )


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
            _draw_confusion(axes[1], held)
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
        for one, label in zip(classifier.explain(texts[:SHOWN]), labels, strict=False)
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
            tables=[] if held is None else [scores_table(held)],
            passages=shown,
            passages_heading="Which words carried the answers",
            passages_note="The first texts of the data, which the networks have learned from. The "
            "class is less probable without a green word, more probable without an orange one; the "
            "strongest word of a text is the darkest.",
            notes=classifier.notes_,
        )
    )


def scores_table(scores: Scores) -> Table:
    """Figures a class."""
    values = zip(scores.classes, scores.precision, scores.recall, scores.f1, strict=True)
    support = scores.confusion.sum(1)
    rows = [
        (name, f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", f"{n:,}")
        for (name, p, r, f), n in zip(values, support, strict=True)
    ]
    return Table(
        f"Held out: accuracy {scores.accuracy:.3f}, macro F1 {scores.macro_f1:.3f}",
        ("class", "precision", "recall", "F1", "texts"),
        rows,
        "Each network judged by itself on the texts that it did not learn from, unless validation "
        "texts were given; the networks together are usually a little better.",
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


def _draw_confusion(axes: Axes, scores: Scores) -> None:
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
    title(axes, "Held out: which class was taken for which")
