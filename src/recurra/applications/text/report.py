"""What a fit of a language model shows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.reporting import Page, Passage, Table, draw_losses, render
from recurra.applications.text.model import LanguageModel
from recurra.applications.text.scores import Surprise
from recurra.drawing import letters, png, tidy, title

SAMPLES = 3
SAMPLE_LENGTH = 400
SHOWN = 600
"""Characters of the held-out end of which the page shows how surprising each is."""


def verdict(found: Surprise | None) -> str:
    """How well a model foretells, in a sentence."""
    if found is None:
        return "Nothing was held out, so nothing says how good it is."
    return (
        f"The last {found.characters:,} characters, which were held out, took "
        f"{found.nats_per_character:.3f} nats ({found.bits_per_character:.3f} bits) a character; "
        f"by frequency alone they take {found.frequency / found.characters:.3f} nats."
    )


def figures(model: LanguageModel) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = model.held_out_
    return {
        "job": "text",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "symbols": len(model.alphabet_),
        "parameters": sum(weight.numel() for weight in model.reader_.parameters()),
        "seconds": model.history_.seconds,
        "notes": list(model.notes_),
    }


def draw(model: LanguageModel) -> bytes:
    """How the network learned, and how surprising the held-out end was; a PNG."""
    with letters():
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        axes = figure.subplots(1, 2)
        draw_losses(axes[0], [model.history_], unit="nats a symbol")
        _draw_surprises(axes[1], model)
        return png(figure)


def page(model: LanguageModel, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        model: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    written = model.predict([""], length=SAMPLE_LENGTH, samples=SAMPLES)
    passages = [Passage(f"Sample {n}", [(one, 0.0)]) for n, one in enumerate(written, start=1)]
    return render(
        Page(
            "Text",
            name,
            verdict(model.held_out_),
            draw(model),
            "Losses by pass, and how surprising the characters of the held-out end were",
            _settings(model),
            command,
            tables=[] if model.held_out_ is None else [_table(model.held_out_)],
            passages=[*passages, _marked(model)],
            passages_heading="What it writes, and what surprises it",
            passages_note="Samples begin a line and are drawn at a temperature of 0.8. In the end "
            "of the text, which was held out, what surprised is marked: the darker, the more.",
            notes=model.notes_,
        )
    )


def _table(found: Surprise) -> Table:
    by_frequency = found.frequency / found.characters
    rows = [
        ("this model", f"{found.nats_per_character:.3f}", f"{found.bits_per_character:.3f}"),
        ("each symbol by its frequency", *(f"{by_frequency / b:.3f}" for b in (1, math.log(2)))),
    ]
    return Table(
        f"The last {found.characters:,} characters, held out",
        ("", "nats a character", "bits a character"),
        rows,
        "The best weights were chosen on them, so they flatter a little; recurra evaluate judges "
        "on text of yours.",
    )


def _settings(model: LanguageModel) -> dict[str, str]:
    plan = model.plan_
    return {
        "network": f"{plan.network}, forwards",
        "parameters": f"{figures(model)['parameters']:,}",
        "symbols": f"{len(model.alphabet_):,} {model.symbols}",
        "training": f"{model.history_.seconds:.0f} s, {model.history_.stopped}",
        "kernel": model.reader_.structure.recurrent.kernels()[0].kernel,
    }


def _marked(model: LanguageModel) -> Passage:
    found = model.surprises(model.held_out_text_[:SHOWN])
    most = max((nats for _, nats in found), default=1.0) or 1.0
    # What is too pale to be seen is left plain.
    parts = [(one, -nats / most if nats >= 0.15 * most else 0.0) for one, nats in found]
    return Passage("The end of the text", parts)


def _draw_surprises(axes: Axes, model: LanguageModel) -> None:
    nats = np.array([one for _, one in model.surprises(model.held_out_text_)])
    axes.hist(nats, bins=40, color="#0072B2")
    axes.axvline(nats.mean(), color="#D55E00", label=f"mean {nats.mean():.2f}")
    axes.set(xlabel="nats", ylabel="symbols")
    axes.legend(frameon=False)
    title(axes, "Held out: how surprising each symbol was")
    tidy(axes)
