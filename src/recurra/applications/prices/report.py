"""What a fit of a model of prices shows."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure

from recurra.applications.prices.model import PriceModel
from recurra.applications.prices.picture import draw_candles, draw_errors
from recurra.applications.prices.scores import PATH, Error, PathScores
from recurra.applications.reporting import Page, Table, draw_losses, render
from recurra.drawing import letters, png
from recurra.significance.diebold_mariano import DieboldMariano

NAMES = {"last_values": "the last period's values", "usual": "the last close with a usual range"}
"""What needs no network."""


def verdict(held: PathScores | None) -> str:
    """How well paths were foretold, and that nothing is claimed that the test does not bear."""
    if held is None:
        return "Nothing was judged, so nothing says how good it is."
    path = held.errors[PATH]
    rivals = ", ".join(f"{NAMES[name]} {value:.3f}%" for name, value in path.rivals.items())
    return (
        f"On {held.periods:,} periods that nothing was learned from or chosen by, the four prices "
        f"were off by {path.own:.3f}% on average ({rivals}). {_compared(held)} {_close(held)} "
        f"{_direction(held)}"
    )


def figures(model: PriceModel) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = model.held_out_
    return {
        "job": "prices",
        "verdict": verdict(held),
        "held_out": None if held is None else finite(held.to_json()),
        "judged_from": str(model.judged_from_),
        "lookback": model.plan_.lookback,
        "networks": len(model.networks_),
        "parameters": sum(weight.numel() for weight in model.networks_[0].parameters()),
        "seconds": sum(one.seconds for one in model.histories_),
        "notes": list(model.notes_),
    }


def draw(model: PriceModel) -> bytes:
    """How the networks learned, how far off they are, and candles beside forecasts; a PNG."""
    with letters():
        figure = Figure(figsize=(12, 8), layout="constrained")
        halves: Any = figure.subfigures(2, 1, height_ratios=[1, 1.3])
        losses, errors = halves[0].subplots(1, 2)
        draw_losses(losses, model.histories_, unit="mean error, usual ranges")
        losses.set_xlabel("judgement")
        if model.held_out_ is not None and model.held_out_paths_ is not None:
            draw_errors(errors, model.held_out_)
            draw_candles(halves[1].subplots(), model.held_out_paths_)
        return png(figure)


def page(model: PriceModel, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        model: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    held = model.held_out_
    return render(
        Page(
            "Prices",
            name,
            verdict(held),
            draw(model),
            "Losses, errors beside what needs no network, and candles beside what was foretold",
            _settings(model),
            command,
            tables=[] if held is None else [errors_table(held), _intervals(held)],
            notes=model.notes_,
        )
    )


def errors_table(held: PathScores) -> Table:
    """The errors of each price, and whether the difference is more than chance."""
    rows = [
        (
            "all four" if name == PATH else name,
            f"{one.own:.3f}",
            *(f"{one.rivals[rival]:.3f}" for rival in NAMES),
            _said(one),
        )
        for name, one in held.errors.items()
    ]
    return Table(
        f"Mean absolute error in percent of the price, {held.count:,} forecasts",
        ("", "this model", "last values", "usual range", "beyond chance?"),
        rows,
        "Beside the last period's values, and the last close with a usual range. Diebold-Mariano "
        "tests, a period counted once however many tickers it has: better means better than both "
        "beyond chance, at 5%; worse, worse than one of them.",
    )


def _compared(held: PathScores) -> str:
    said: dict[str, list[str]] = {}
    for name, test in held.errors[PATH].tests.items():
        said.setdefault(_outcome(test), []).append(NAMES[name])
    found = "; ".join(f"{what} {' and '.join(names)}" for what, names in said.items())
    return f"{found[:1].upper()}{found[1:]}."


def _outcome(test: DieboldMariano) -> str:
    if test.p is None:
        return f"not tested ({test.reason}) is the difference from"
    if test.by_chance:
        return "chance explains the difference from"
    return f"{'better' if test.mean < 0 else 'worse'}, by more than chance explains, than"


def _close(held: PathScores) -> str:
    close = held.errors["close"]
    if close.better:
        return (
            "The close was foretold better than by the close before, beyond chance, on these "
            "periods; that says nothing of costs, nor of later periods."
        )
    return "Where the close will be is foretold no better than by the close before."


def _direction(held: PathScores) -> str:
    found = held.direction
    if not found.count:
        return "No direction was foretold."
    rate = (
        f"It went the foretold way {100 * found.rate:.1f}% of the time; chance alone gives "
        f"{100 * found.low:.1f} to {100 * found.high:.1f}%"
    )
    if found.beyond_chance:
        return f"{rate}: more than that, on these periods."
    return f"{rate}: no sign of an edge."


def _said(one: Error) -> str:
    tests = [test for test in one.tests.values() if test.p is not None]
    if not tests:
        return "not tested"
    least_sure = max(test.p for test in tests if test.p is not None)
    if one.better:
        return f"better, p = {least_sure:.2g}" if least_sure >= 0.001 else "better, p < 0.001"
    return "worse" if one.worse else "no"


def _intervals(held: PathScores) -> Table:
    rows = [(f"{level}%", f"{100 * share:.1f}%") for level, share in held.covered.items()]
    return Table(
        "Intervals of the close",
        ("level", "closes within"),
        rows,
        "Their widths were told by the part before the one that is judged here.",
    )


def _settings(model: PriceModel) -> dict[str, str]:
    told = figures(model)
    return {
        "networks": model.plan_.network,
        "parameters of each": f"{told['parameters']:,}",
        "reads": f"{model.plan_.lookback} periods",
        "training": f"{told['seconds']:.0f} s, {model.histories_[0].stopped}",
        "kernel": model.networks_[0].structure.recurrent.kernels()[0].kernel,
    }


def finite(told: Any) -> Any:
    """The same, None where a figure is no number."""
    if isinstance(told, dict):
        return {key: finite(value) for key, value in told.items()}
    return None if isinstance(told, float) and not math.isfinite(told) else told
