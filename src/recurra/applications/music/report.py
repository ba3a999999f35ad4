"""What a fit of a model of music shows."""

from __future__ import annotations

from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.applications.music.model import MusicModel
from recurra.applications.music.picture import (
    COMPOSED,
    WRITTEN,
    draw_roll,
    name_octaves,
)
from recurra.applications.music.scores import Likelihood
from recurra.applications.reporting import Page, Table, draw_losses, render
from recurra.drawing import letters, png, tidy, title

SHOWN = 160
"""Steps of a held-out piece that the picture shows, at most."""

GIVEN = 0.25
"""The share of them that the model is given."""


def verdict(model: MusicModel) -> str:
    """How well a model foretells, in a sentence."""
    found = model.held_out_
    if found is None:
        return "Nothing was held out, so nothing says how good it is."
    best = min(found.by_frequency, found.by_step_before) / found.steps
    than = "" if found.nats_per_step < best else " The model is no better than counting."
    chosen = " The best weights were chosen on them, so the figure flatters a little."
    return (
        f"{_pieces(found)} that nothing was learned from took {found.nats_per_step:.3f} nats a "
        f"step; by how often each key sounds they take {found.by_frequency / found.steps:.3f}, by "
        f"whether it sounded a step before {found.by_step_before / found.steps:.3f}.{than}"
        + chosen
        * model.chosen_on_held_out_
    )


def figures(model: MusicModel) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = model.held_out_
    return {
        "job": "music",
        "verdict": verdict(model),
        "held_out": None if held is None else held.to_json(),
        "chosen_on_held_out": model.chosen_on_held_out_,
        "validation_nats_per_step": _best(model),
        "steps_per_quarter": model.grid_.steps,
        "quarters_per_minute": model.grid_.tempo,
        "parameters": sum(weight.numel() for weight in model.composer_.parameters()),
        "network": model.plan_.network,
        "seconds": model.history_.seconds,
        "notes": list(model.notes_),
    }


def draw(model: MusicModel) -> bytes:
    """How the network learned, what counting reaches, and a piece gone on with; a PNG."""
    with letters():
        figure = Figure(figsize=(12, 8), layout="constrained")
        halves: Any = figure.subfigures(2, 1, height_ratios=[1, 1.7])
        losses, nats = halves[0].subplots(1, 2)
        draw_losses(losses, [model.history_], unit="nats a step")
        losses.set_xlabel("judgement")
        _draw_nats(nats, model.held_out_)
        composed, goes_on = halves[1].subplots(2, 1)
        _draw_piece(composed, goes_on, model)
        return png(figure)


def page(model: MusicModel, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        model: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    return render(
        Page(
            "Music",
            name,
            verdict(model),
            draw(model),
            "Losses, nats a step beside those of counting, and a held-out piece as it was composed "
            "and as the model goes on from its first quarter",
            _settings(model),
            command,
            tables=[] if model.held_out_ is None else [_table(model.held_out_)],
            notes=model.notes_,
        )
    )


def _table(found: Likelihood) -> Table:
    rows = [
        ("this model", found.nats_per_step),
        ("each key by whether it sounded a step before", found.by_step_before / found.steps),
        ("each key by how often it sounds", found.by_frequency / found.steps),
    ]
    return Table(
        f"{_pieces(found)} held out, {found.steps:,} steps",
        ("", "nats a step"),
        [(name, f"{nats:.3f}") for name, nats in rows],
        "The negative log-likelihood of all 88 keys of a step together, given all steps before; "
        "the first step of each piece is not counted.",
    )


def _pieces(found: Likelihood) -> str:
    return "1 piece" if found.pieces == 1 else f"{found.pieces:,} pieces"


def _best(model: MusicModel) -> float:
    return min(model.history_.history["val_loss"])


def _settings(model: MusicModel) -> dict[str, str]:
    grid = model.grid_
    return {
        "network": f"{model.plan_.network}, forwards",
        "parameters": f"{figures(model)['parameters']:,}",
        "a step": f"1/{grid.steps} of a quarter, {grid.tempo:.0f} quarters a minute",
        "training": f"{model.history_.seconds:.0f} s, {model.history_.stopped}",
        "kernel": model.composer_.structure.recurrent.kernels()[0].kernel,
    }


def _draw_nats(axes: Axes, found: Likelihood | None) -> None:
    if found is not None:
        per_step = [found.nats, found.by_step_before, found.by_frequency]
        names = ["this model", "counting, by the step before", "counting"]
        bars = axes.barh(names, [one / found.steps for one in per_step], color=COMPOSED)
        bars[0].set_color(WRITTEN)
        axes.bar_label(bars, fmt="%.2f", padding=3)
        axes.margins(x=0.12)
    axes.invert_yaxis()
    axes.set_xlabel("nats a step")
    title(axes, "Held-out pieces: the less, the better")
    tidy(axes)


def _draw_piece(composed: Axes, goes_on: Axes, model: MusicModel) -> None:
    piece = model.held_out_pieces_[0][:SHOWN]
    given = max(1, round(GIVEN * len(piece)))
    (written,) = model.predict(piece[:given], steps=len(piece) - given)
    rolls = [piece, torch.cat([piece[:given], written])]
    draw_roll(composed, rolls[0], given, COMPOSED, "A held-out piece as it was composed")
    head = f"The same {given} steps, then what the model wrote"
    draw_roll(goes_on, rolls[1], given, WRITTEN, head)
    for axes in (composed, goes_on):
        name_octaves(axes, rolls)
    goes_on.set_xlabel("step")
