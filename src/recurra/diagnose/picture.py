"""A diagnosis, drawn."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import Transform

if TYPE_CHECKING:
    from recurra.diagnose.report import Diagnosis, LayerReport

# Okabe and Ito's palette, told apart by all eyes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK, PALE = "#444444", "#D9DEE4"
TONES = {"vanishing": "#0072B2", "exploding": "#D55E00", "neutral": "#009E73"}

MOST_BARS = 16
"""Gates and matrices drawn; more would not be read."""

LEAST_SLOTS = 4
"""Fewer bars than these leave their place empty, so as not to become slabs."""

LOWEST = 1e-9
"""The least share that is drawn."""


def draw(diagnosis: Diagnosis) -> bytes:
    """Memory by lag, gradients by time, gates and spectral radii, under the verdict.

    Returns:
        A PNG.
    """
    with rc_context(
        {
            "font.family": "DejaVu Sans",
            "text.color": INK,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.edgecolor": "#999999",
        }
    ):
        figure = Figure(figsize=(12, 8), layout="constrained", facecolor="white")
        grid = figure.subplots(2, 2, width_ratios=(3, 2))
        _memory(grid[0, 0], diagnosis)
        _gradients(grid[1, 0], diagnosis)
        _gates(grid[0, 1], diagnosis)
        _radii(grid[1, 1], diagnosis)
        title = textwrap.fill(diagnosis.verdict, 105)
        figure.suptitle(
            title,
            x=0.012,
            ha="left",
            fontsize=12.5,
            color=TONES[diagnosis.kind],
            fontweight="bold",
            parse_math=False,
        )
        return _png(figure)


def _memory(axes: Axes, diagnosis: Diagnosis) -> None:
    low, high = 1e-3, 1.0
    for one, colour in _coloured(diagnosis):
        shares = np.exp(np.clip(one.memory.logarithms, np.log(LOWEST) - 5, 600))
        axes.plot(one.memory.lags, shares, color=colour, lw=2, label=_labelled(one))
        low, high = min(low, shares.min()), max(high, shares.max())
    axes.axhspan(LOWEST / 1e3, 0.01, color=PALE, alpha=0.45, lw=0)
    axes.set_yscale("log")
    axes.set_ylim(max(LOWEST, low / 2), 3 * high)
    axes.axhline(1, color=INK, lw=0.8, ls=":")
    _write(axes, (0.01, 0.009), "lost: below 1%", axes.get_yaxis_transform(), ha="left", va="top")
    longest = max(int(one.memory.lags[-1]) for one in diagnosis.layers)
    if diagnosis.needs <= longest:
        axes.axvline(diagnosis.needs, color=INK, lw=1, ls="--")
        place, text = (diagnosis.needs, 0.86), f" needed: {diagnosis.needs:,} "
        # On the side where there is room, above what has faded.
        side = "left" if diagnosis.needs < sum(axes.get_xlim()) / 2 else "right"
        _write(axes, place, text, axes.get_xaxis_transform(), ha=side, va="top")
    axes.set_xlabel("lag in steps")
    _finish(axes, "What is left of a change to the state")
    axes.legend(fontsize=8, loc="best", edgecolor="white", framealpha=0.9)


def _write(axes: Axes, place: tuple[float, float], text: str, by: Transform, **how: str) -> None:
    axes.text(*place, text, fontsize=8, color=INK, transform=by, **how)  # type: ignore[arg-type]


def _gradients(axes: Axes, diagnosis: Diagnosis) -> None:
    curves = [np.where(one.gradient > 0, one.gradient, np.nan) for one in diagnosis.layers]
    for seen, (_, colour) in zip(curves, _coloured(diagnosis), strict=True):
        axes.plot(np.arange(1, len(seen) + 1), seen, color=colour, lw=1.6)
    if np.isfinite(np.concatenate(curves)).any():
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        # A curve that is nearly level should look so.
        axes.set_ylim(min(low, high / 30), high)
    axes.set_xlabel("step")
    _finish(axes, "Norm of the loss's gradient by the state after each step")


def _gates(axes: Axes, diagnosis: Diagnosis) -> None:
    bars = [
        (f"{name}\n{one.name}" if len(diagnosis.layers) > 1 else name, gate)
        for one in diagnosis.layers
        for name, gate in one.gates.items()
        if not np.isnan(gate.low)
    ]
    _finish(axes, "Gates: share of values at the ends of their range", grid="x")
    if not bars:
        _nothing(axes, "the cell names no gate with two ends")
        return
    places = np.arange(len(bars[:MOST_BARS]))
    low = np.array([gate.low for _, gate in bars[:MOST_BARS]])
    high = np.array([gate.high for _, gate in bars[:MOST_BARS]])
    axes.barh(places, low, color="#0072B2", height=0.62, label="lower end")
    axes.barh(places, 1 - low - high, left=low, color=PALE, height=0.62, label="between")
    axes.barh(places, high, left=1 - high, color="#E69F00", height=0.62, label="upper end")
    names = [name.replace("\n", ", ") for name, _ in bars[:MOST_BARS]]
    axes.set_yticks(places, names, fontsize=8)
    axes.set_ylim(max(len(places), LEAST_SLOTS) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    more = len(bars) - MOST_BARS
    axes.set_xlabel(f"{more} more not drawn" if more > 0 else "")
    axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1))


def _radii(axes: Axes, diagnosis: Diagnosis) -> None:
    dots = [
        (f"{name}, {one.name}" if len(diagnosis.layers) > 1 else name, radius, colour)
        for one, colour in _coloured(diagnosis)
        for name, radius in one.radii.items()
    ]
    _finish(axes, "Spectral radius of the recurrent matrices", grid="x")
    if not dots:
        _nothing(axes, "no matrix of the state by itself")
        return
    shown = dots[:MOST_BARS]
    places = np.arange(len(shown))
    values = np.array([radius for _, radius, _ in shown])
    axes.hlines(places, 0, values, color=PALE, lw=3)
    axes.scatter(values, places, color=[colour for *_, colour in shown], s=46, zorder=3)
    axes.axvline(1, color=INK, lw=0.8, ls=":")
    axes.set_yticks(places, [name for name, *_ in shown], fontsize=8)
    axes.set_ylim(max(len(shown), LEAST_SLOTS) - 0.4, -0.6)
    axes.set_xlim(0, max(1.1, 1.08 * float(values.max())))
    more = len(dots) - MOST_BARS
    axes.set_xlabel(f"{more} more not drawn" if more > 0 else "")


def _nothing(axes: Axes, why: str) -> None:
    axes.text(0.5, 0.5, why, ha="center", va="center", fontsize=9, transform=axes.transAxes)
    axes.set_axis_off()


def _coloured(diagnosis: Diagnosis) -> list[tuple[LayerReport, str]]:
    return [(one, COLOURS[place % len(COLOURS)]) for place, one in enumerate(diagnosis.layers)]


def _labelled(one: LayerReport) -> str:
    half = one.half_life
    fades = "does not fade" if np.isinf(half) else f"half-life {half:,.1f} steps"
    dead = f", {len(one.dead)} dead units" if one.dead else ""
    return f"{one.name} ({one.cell}): {fades}{dead}"


def _finish(axes: Axes, title: str, grid: str = "both") -> None:
    axes.set_title(title, loc="left", fontsize=10.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, axis=grid)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without the time of writing in it, the same diagnosis is the same file.
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
