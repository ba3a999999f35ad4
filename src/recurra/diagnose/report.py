"""What a diagnosis says, as numbers, as text and as a picture."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recurra import atomic
from recurra.diagnose.memory import Memory
from recurra.diagnose.saturation import GateReport

WIDTH = 98
"""Characters of a line of text."""

MOST_LAYERS = 8
"""Layers listed on a screen; more are counted."""

Kind = Literal["vanishing", "exploding", "neutral"]


@dataclass(frozen=True, eq=False)
class LayerReport:
    """One layer in one direction.

    Attributes:
        name: Which it is.
        cell: Its cell's name.
        units: The numbers in each step of its output.
        width: S, the numbers in its joint state: all that the cell carries (h, c, ...).
        dilation: How many steps apart the steps lie that it connects.
        truncate: Every how many steps its gradient is cut; None for never.
        memory: What is left of a change to the joint state, by lag: the Frobenius norm of the
            Jacobian of the state at T by that at t, divided by the root of S (so 1 at lag 0), root
            mean square over the rows.
        exact: Whether the norms are exact, else estimated from random directions.
        lyapunov: The largest Lyapunov exponent, in 1 / step: above 0 where nearby states part.
        exponents: As many of the largest as were measured, in 1 / step.
        gates: How saturated each gate is, by name.
        keepers: The biases of the gates that hold the state, by the gates' names.
        dead: The numbers of the units whose output never changed.
        radii: The spectral radius of each recurrent matrix, by the parameter's name.
        gradient: The norm of the gradient of the loss by the joint state after each step, over the
            rows measured, (T,); NaN where it was not measured. The states stand side by side: what
            one does to another or to an output within their own step is not in it.
        weights_gradient: The norm of the gradient of the loss by the layer's parameters.
    """

    name: str
    cell: str
    units: int
    width: int
    dilation: int
    truncate: int | None
    memory: Memory
    exact: bool
    lyapunov: float
    exponents: tuple[float, ...]
    gates: Mapping[str, GateReport]
    keepers: Mapping[str, str]
    dead: tuple[int, ...]
    radii: Mapping[str, float]
    gradient: NDArray[np.float64]
    weights_gradient: float

    @property
    def half_life(self) -> float:
        """In how many steps what is left of a change halves; infinite if it does not fade."""
        return self.memory.half_life

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data for JSON; None for what is infinite or unknown."""
        memory = self.memory
        return {
            "name": self.name,
            "cell": self.cell,
            "units": self.units,
            "half_life": _plain(self.half_life),
            "falls_to_1_percent": _plain(memory.falls_to(0.01)),
            "lyapunov": _plain(self.lyapunov),
            "exact": self.exact,
            "lags": memory.lags.tolist(),
            "norms": [_plain(power(value)) for value in memory.logarithms],
            "gates": {
                name: {key: _plain(value) for key, value in vars(gate).items()}
                for name, gate in self.gates.items()
            },
            "dead_units": list(self.dead),
            "spectral_radii": {name: _plain(value) for name, value in self.radii.items()},
            "gradient_by_time": [_plain(value) for value in self.gradient.tolist()],
            "gradient_by_weights": _plain(self.weights_gradient),
        }


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """How well a model's recurrent layers remember, on one batch.

    ``print`` shows it on a screen; :meth:`picture` draws it.

    Attributes:
        layers: Each layer in each direction, in the model's order.
        steps: T, the steps of the batch.
        needs: How many steps back the target looks.
        loss: The loss on the batch.
        kind: ``"vanishing"``: less than 1% of a change is left after ``needs`` steps in every
            layer. ``"exploding"``: in some layer a change grows more than a hundredfold on the way.
            ``"neutral"``: neither.
        verdict: The same in a sentence, with what to do first.
        remedies: What to do, a sentence each, the first first.
        notes: What was measured, how, and what was left out, a sentence each.
        seconds: How long it took.
    """

    layers: tuple[LayerReport, ...]
    steps: int
    needs: int
    loss: float
    kind: Kind
    verdict: str
    remedies: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data for JSON; None for what is infinite or unknown."""
        return {
            "kind": self.kind,
            "verdict": self.verdict,
            "remedies": list(self.remedies),
            "notes": list(self.notes),
            "steps": self.steps,
            "needs": self.needs,
            "loss": _plain(self.loss),
            "seconds": self.seconds,
            "layers": [layer.as_dict() for layer in self.layers],
        }

    def picture(self, path: str | Path) -> None:
        """Draws it into a PNG: memory by lag, gradients by time, gates, spectral radii.

        Raises:
            OutputError: If it cannot be written.
        """
        from recurra.diagnose.picture import draw  # noqa: PLC0415 - matplotlib only when asked for

        atomic.write(Path(path), draw(self))

    def __str__(self) -> str:
        lines = [*_wrapped(self.verdict), "", *_table(self)]
        gates = [f"  {one.name}: {_gates(one)}" for one in self.layers[:MOST_LAYERS] if one.gates]
        if gates:
            lines += ["", "Gates, share of values near the lower / upper end of their range"]
            lines += [line for text in gates for line in _wrapped(text, "    ")]
        also = [text for text in self.remedies if text not in self.verdict]
        if also:
            lines += ["", "Also"]
            lines += [line for text in also for line in _wrapped(f"- {text}", "  ")]
        lines += ["", *_wrapped("Measured: " + "; ".join(self.notes) + ".", "  ")]
        return "\n".join(lines)


def power(logarithm: float) -> float:
    """The number that has this logarithm, infinite where it is out of range."""
    return math.exp(logarithm) if logarithm < 700 else math.inf


def share(logarithm: float) -> str:
    """What is left, in words: ``"3.2%"``, ``"40-fold"``, ``"10^35-fold"``."""
    if logarithm > math.log(1e6):
        return f"10^{logarithm / math.log(10):.0f}-fold"
    if logarithm >= math.log(10):
        return f"{math.exp(logarithm):,.0f}-fold"
    percent = 100 * math.exp(max(logarithm, -700))
    if percent < 0.01:
        return "<0.01%"
    return f"{percent:.0f}%" if percent >= 10 else f"{percent:.2g}%"


def steps(count: float) -> str:
    """A number of steps, as exact as one reads it."""
    if math.isinf(count):
        return "none"
    return f"{count:.1f}" if count < 20 else f"{count:,.0f}"


def _table(diagnosis: Diagnosis) -> list[str]:
    listed = diagnosis.layers[:MOST_LAYERS]
    widest = max(len(one.name) for one in listed)
    head = (
        "half-life",
        "1% after",
        f"left at {diagnosis.needs:,}",
        "Lyapunov",
        "gradient",
        "dead",
        "radius",
    )
    rows = [f"{'Layer':{widest}}" + "".join(f"{name:>12}" for name in head)]
    for one in listed:
        cells = (
            steps(one.half_life),
            "never" if math.isinf(one.memory.falls_to(0.01)) else steps(one.memory.falls_to(0.01)),
            share(one.memory.left_after(diagnosis.needs)),
            f"{one.lyapunov:+.4f}",
            f"{one.weights_gradient:.2e}",
            f"{len(one.dead)}/{one.units}",
            f"{max(one.radii.values()):.3f}" if one.radii else "-",
        )
        rows.append(f"{one.name:{widest}}" + "".join(f"{cell:>12}" for cell in cells))
    if len(diagnosis.layers) > len(listed):
        rows.append(f"and {len(diagnosis.layers) - len(listed)} more in .layers")
    return rows


def _gates(layer: LayerReport) -> str:
    return ", ".join(
        f"{name} {gate.low:.0%} / {gate.high:.0%}"
        if not math.isnan(gate.low)
        else f"{name} unbounded, mean {gate.mean:.2g}"
        for name, gate in layer.gates.items()
    )


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent)


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
