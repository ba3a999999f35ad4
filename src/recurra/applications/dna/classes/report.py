"""What a fit of a classifier shows."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from recurra.applications.dna.classes.classifier import SequenceClassifier
from recurra.applications.reporting import Page, draw_losses, render
from recurra.applications.scoring import draw_confusion, scores_table, verdict
from recurra.drawing import letters, png

JUDGED = (
    "Each network judged by itself on the sequences that it did not learn from; the networks "
    "together are usually better."
)
"""What the figures are of."""


def figures(classifier: SequenceClassifier) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = classifier.held_out_
    return {
        "job": "dna",
        "answers": "classes",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "classes": list(classifier.classes_),
        "networks": len(classifier.networks_),
        "parameters": sum(weight.numel() for weight in classifier.networks_[0].parameters()),
        "seconds": sum(one.seconds for one in classifier.histories_),
        "notes": list(classifier.notes_),
    }


def draw(classifier: SequenceClassifier) -> bytes:
    """How the networks learned, and which classes were taken for which; a PNG."""
    held = classifier.held_out_
    with letters():
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        axes = figure.subplots(1, 1 if held is None else 2, squeeze=False)[0]
        draw_losses(axes[0], classifier.histories_, unit="cross-entropy, nats")
        if held is not None:
            draw_confusion(axes[1], held)
        return png(figure)


def page(classifier: SequenceClassifier, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        classifier: As it was fitted.
        name: What it was learned from, a file's name, say.
        command: That makes the same again.
    """
    held = classifier.held_out_
    return render(
        Page(
            "DNA, classes of sequences",
            name,
            verdict(held),
            draw(classifier),
            "Losses by pass, and which classes were taken for which",
            _settings(classifier),
            command,
            tables=[] if held is None else [scores_table(held, JUDGED)],
            notes=classifier.notes_,
        )
    )


def _settings(classifier: SequenceClassifier) -> dict[str, str]:
    sizes, first = classifier.plan_.sizes, classifier.histories_[0]
    count = len(classifier.networks_)
    return {
        "networks": "1" if count == 1 else f"{count}, averaged",
        "each": f"{sizes.window} bases to {sizes.features} features at each place, {sizes.cell} of "
        f"{sizes.units} units each way, "
        f"{'states in the middle, ' if sizes.middle else ''}largest and mean, classes",
        "parameters of each": f"{figures(classifier)['parameters']:,}",
        "training": f"{figures(classifier)['seconds']:.0f} s, {first.stopped}",
        "kernel": classifier.networks_[0].structure.recurrent.kernels()[0].kernel,
    }
