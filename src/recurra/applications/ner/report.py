"""What a fit of a tagger shows, and what an evaluation does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recurra.applications.ner.judging import Judged
from recurra.applications.ner.marked import Marked
from recurra.applications.ner.scores import Counts, Scores
from recurra.applications.ner.tagger import EntityTagger
from recurra.applications.reporting import Page, Passage, Table, render
from recurra.applications.reporting.learning import HELD_OUT, LEARNED
from recurra.drawing import letters, png, tidy, title

MOST_KINDS = 20
"""Kinds drawn, the most frequent; more would not be read."""

NOTE = (
    "A green entity is found as it is there. A deep orange one was missed, or found in other "
    "bounds or as another kind; a pale orange one was found where there is none like it."
)


def verdict(scores: Scores | None) -> str:
    """How good a tagger is, in a sentence."""
    if scores is None:
        return "Nothing was held out, so nothing says how good it is."
    overall = scores.overall
    return (
        f"In {scores.sentences:,} sentences that were held out, F1 is {100 * overall.f1:.1f}: "
        f"{overall.right:,} of {overall.true:,} entities are found as they are there "
        f"({overall.recall:.1%}), and {overall.precision:.1%} of what is found is right."
    )


def figures(tagger: EntityTagger) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = tagger.held_out_
    return {
        "job": "ner",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "kinds": list(tagger.kinds_),
        "tags": tagger.notation_.name,
        "networks": len(tagger.networks_),
        "parameters": sum(weight.numel() for weight in tagger.networks_[0].parameters()),
        "seconds": sum(one.seconds for one in tagger.histories_),
        "notes": list(tagger.notes_),
    }


def draw(tagger: EntityTagger) -> bytes:
    """How the networks learned, and how well each kind is found; a PNG."""
    held = tagger.held_out_
    with letters():
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        axes = figure.subplots(1, 1 if held is None else 2, squeeze=False)[0]
        _draw_learning(axes[0], tagger)
        if held is not None:
            _draw_kinds(axes[1], held)
        return png(figure)


def page(tagger: EntityTagger, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        tagger: As it was fitted.
        name: What it was learned from, a file's name, say.
        command: That makes the same again.
    """
    held = tagger.held_out_
    return render(
        Page(
            "Entities",
            name,
            verdict(held),
            draw(tagger),
            "Loss and F1 by pass, and F1 of each kind",
            _settings(tagger),
            command,
            tables=[] if held is None else [scores_table(held, "Held out", _APART)],
            passages=passages(tagger.marked_),
            passages_heading="What was found in sentences that were held out",
            passages_note=NOTE,
            notes=tagger.notes_,
        )
    )


_APART = (
    "Each network judged by itself on the sentences that it did not learn from, unless validation "
    "sentences were given; the networks together are usually better."
)


def evaluation(tagger: EntityTagger, judged: Judged, *, name: str, command: str) -> str:
    """The page on an evaluation, as HTML.

    Args:
        tagger: What was judged.
        judged: How it did.
        name: What it was judged on, a file's name, say.
        command: That makes the same again.
    """
    scores = judged.scores
    with letters():
        figure = Figure(figsize=(8, 4.2), layout="constrained")
        _draw_kinds(figure.subplots(), scores)
        picture = png(figure)
    overall = scores.overall
    return render(
        Page(
            "Entities, evaluated",
            name,
            f"F1 is {100 * overall.f1:.2f}: {overall.right:,} of {overall.true:,} entities are "
            f"found, and {overall.precision:.1%} of what is found is right.",
            picture,
            "F1 of each kind",
            _settings(tagger),
            command,
            tables=[scores_table(scores, "Evaluation", "")],
            passages=passages(judged.marked),
            passages_heading="What was found",
            passages_note=NOTE,
            notes=judged.notes,
        )
    )


def scores_table(scores: Scores, heading: str, note: str) -> Table:
    """Figures of all kinds together and of each."""
    rows = [_row("all", scores.overall)]
    rows += [_row(kind or "(no name)", counts) for kind, counts in scores.kinds.items()]
    return Table(
        f"{heading}: {scores.overall.true:,} entities",
        ("kind", "precision", "recall", "F1", "there", "found", "right"),
        rows,
        f"An entity is right if its first token, its last and its kind are. {note}".strip(),
    )


def passages(shown: Sequence[Marked]) -> list[Passage]:
    """Sentences with what is marked in them."""
    return [
        Passage("all right" if not one.wrong else f"{one.wrong} wrong or missed", one.parts())
        for one in shown
    ]


def _row(name: str, counts: Counts) -> tuple[str, ...]:
    rates = (counts.precision, counts.recall, counts.f1)
    return (name, *(f"{100 * one:.1f}" for one in rates), *(f"{one:,}" for one in counts))


def _settings(tagger: EntityTagger) -> dict[str, str]:
    plan, first = tagger.plan_, tagger.histories_[0]
    count = len(tagger.networks_)
    return {
        "networks": "1" if count == 1 else f"{count}, answering together",
        "each": f"tokens to vectors, {plan.sizes.cell} of {plan.sizes.units} units each way, "
        "a conditional random field over tags",
        "tags": f"written in {tagger.notation_.name}, learned in BIOES",
        "parameters of each": f"{figures(tagger)['parameters']:,}",
        "training": f"{figures(tagger)['seconds']:.0f} s, {first.stopped}",
        "kernel": tagger.networks_[0].structure.recurrent.kernels()[0].kernel,
    }


def _draw_learning(axes: Axes, tagger: EntityTagger) -> None:
    beside = axes.twinx() if "val_loss" in tagger.histories_[0].history else None
    for number, history in enumerate(tagger.histories_):
        epochs = np.array(history.epoch) + 1
        label = "loss, learned from" if number == 0 else None
        axes.plot(epochs, history.history["loss"], color=LEARNED, lw=1.4, alpha=0.8, label=label)
        if beside is not None:
            rates = 100 * (1 - np.array(history.history["val_loss"]))
            beside.plot(epochs, rates, color=HELD_OUT, lw=1.4, alpha=0.8)
            best = int(rates.argmax())
            beside.plot(epochs[best], rates[best], "o", color=HELD_OUT)
    axes.set(xlabel="pass", ylabel="loss, nats a sentence", yscale="log")
    axes.yaxis.label.set_color(LEARNED)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    title(axes, "Learning")
    tidy(axes)
    if beside is not None:
        beside.set_ylabel("F1, held out (the best is kept)", color=HELD_OUT)
        beside.spines["top"].set_visible(False)


def _draw_kinds(axes: Axes, scores: Scores) -> None:
    order = sorted(scores.kinds.items(), key=lambda pair: pair[1].true)[-MOST_KINDS:]
    names = [name if len(name) <= 18 else f"{name[:16]}…" for name, _ in order]
    shown = [100 * counts.f1 for _, counts in order]
    places = np.arange(len(order))
    axes.barh(places, shown, color=LEARNED, height=0.65)
    for place, rate, (_, counts) in zip(places, shown, order, strict=True):
        axes.text(101, float(place), f"{rate:.1f}  ({counts.true:,})", va="center", fontsize=9)
    axes.set_yticks(places, [name or "(no name)" for name in names], parse_math=False)
    axes.set(xlim=(0, 100), xlabel="F1 (entities that are there)")
    title(axes, "How well each kind is found")
    tidy(axes)
