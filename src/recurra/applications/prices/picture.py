"""Candles of what came, beside what was foretold."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from recurra.applications.prices.quotes import CLOSE, HIGH, LOW, OPEN, PRICES
from recurra.applications.prices.scores import PATH, Foretold, PathScores
from recurra.drawing import tidy, title

CAME, FORETOLD, RIVALS = "#4a5568", "#D55E00", ("#0072B2", "#56B4E9")
UP, DOWN = "#2a9d8f", "#b5485d"

SHOWN = 40
"""Periods that are drawn."""


def draw_candles(axes: Axes, found: Foretold) -> None:
    """The last periods of the first ticker: candles, and the foretold range and close of each."""
    own = np.flatnonzero(found.tickers == found.tickers[0])[-SHOWN:]
    measure = found.scale[own, None]
    came = found.before[own, None] * np.exp(measure * found.came[own])
    foretold = found.before[own, None] * np.exp(measure * found.own[own])
    places = np.arange(len(own))
    ranges = foretold[:, HIGH] - foretold[:, LOW]
    axes.bar(
        places,
        ranges,
        0.86,
        foretold[:, LOW],
        color=FORETOLD,
        alpha=0.25,
        label="foretold, low to high",
    )
    axes.hlines(
        foretold[:, CLOSE],
        places - 0.43,
        places + 0.43,
        color=FORETOLD,
        lw=1.2,
        label="foretold close",
    )
    axes.vlines(places, came[:, LOW], came[:, HIGH], color=CAME, lw=0.9)
    colours = np.where(came[:, CLOSE] >= came[:, OPEN], UP, DOWN)
    body = came[:, CLOSE] - came[:, OPEN]
    axes.bar(places, body, 0.5, came[:, OPEN], color=colours.tolist(), label="what came")
    ticks = places[:: max(1, len(own) // 6)]
    days = found.times[own].astype("datetime64[m]" if _hours(found) else "datetime64[D]")
    axes.set_xticks(ticks, [str(days[tick]).replace("T", " ") for tick in ticks])
    axes.legend(frameon=False)
    title(
        axes, f"{found.tickers[0]}: the last {len(own)} periods, each foretold at the close before"
    )
    tidy(axes)


def draw_errors(axes: Axes, held: PathScores) -> None:
    """The error of each price, beside that of what needs no network."""
    names = (PATH, *PRICES)
    places = np.arange(len(names))
    bars = {
        "this model": [held.errors[name].own for name in names],
        "last period's values": [held.errors[name].rivals["last_values"] for name in names],
        "last close, usual range": [held.errors[name].rivals["usual"] for name in names],
    }
    for number, (label, values) in enumerate(bars.items()):
        colour = (FORETOLD, *RIVALS)[number]
        axes.bar(places + 0.27 * (number - 1), values, 0.25, color=colour, label=label)
    axes.set_xticks(places, names)
    axes.set_ylabel("mean absolute error, %")
    axes.margins(y=0.28)
    axes.legend(frameon=False, fontsize=8)
    title(axes, "Judged: the less, the better")
    tidy(axes)


def _hours(found: Foretold) -> bool:
    return bool((found.times != found.times.astype("datetime64[D]")).any())
