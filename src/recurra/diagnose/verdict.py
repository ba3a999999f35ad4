"""What the numbers mean, and what to do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from recurra.diagnose.report import Kind, LayerReport, share, steps

LOST = 0.01
"""The share of a gradient that teaches nothing any more; its inverse is too much."""

STUCK = 0.9
"""The share of saturated values from which a gate is said to be stuck."""

MANY_DEAD = 0.1
"""The share of dead units from which they are said to be many."""


@dataclass(frozen=True)
class Verdict:
    """Kind, sentence and remedies."""

    kind: Kind
    sentence: str
    remedies: tuple[str, ...]


def judge(layers: Sequence[LayerReport], needs: int, *, given: bool) -> Verdict:
    """What the numbers mean for a target that looks so far back.

    A model remembers as long as the layer in it that remembers best; it explodes if one layer does.

    Args:
        layers: All layers.
        needs: How many steps back the target looks.
        given: Whether the user said so; else it is the length of the batch.
    """
    kind = _kind(layers, needs)
    found = _finding(kind, layers, needs, given=given)
    first = [*_cuts(layers, needs), *_for_kind(kind, layers, needs)]
    sentence = f"{kind.capitalize()}: {found}" + (f": {first[0]}." if first else ".")
    return Verdict(kind, sentence, (*first, *_stuck(layers), *_dead(layers)))


def _kind(layers: Sequence[LayerReport], needs: int) -> Kind:
    grown = max(max(one.memory.greatest, one.memory.left_after(needs)) for one in layers)
    if grown > -math.log(LOST):
        return "exploding"
    left = max(one.memory.left_after(needs) for one in layers)
    return "vanishing" if left < math.log(LOST) else "neutral"


def best(layers: Sequence[LayerReport], needs: int) -> LayerReport:
    """The layer in which most is left after so many steps."""
    return max(layers, key=lambda one: one.memory.left_after(needs))


def _finding(kind: Kind, layers: Sequence[LayerReport], needs: int, *, given: bool) -> str:
    one = best(layers, needs)
    where = f" in {one.name}, which remembers best" if len(layers) > 1 else ""
    far = f"your target needs {needs:,}" if given else f"the batch has {needs:,}"
    if kind == "vanishing":
        after = one.memory.falls_to(LOST)
        if math.isinf(after):
            after = math.log(LOST) / one.memory.rate
        return f"gradients fall to 1% after {steps(after)} steps{where}; {far}"
    if kind == "exploding":
        worst = max(layers, key=lambda one: max(one.memory.greatest, one.memory.left_after(needs)))
        where = f" in {worst.name}" if len(layers) > 1 else ""
        grown = max(worst.memory.greatest, worst.memory.left_after(needs))
        return f"gradients grow {share(grown)} within {needs:,} steps{where}"
    return (
        f"{share(one.memory.left_after(needs))} of a gradient is left after {needs:,} steps{where}"
    )


def _cuts(layers: Sequence[LayerReport], needs: int) -> list[str]:
    cut = [one.truncate for one in layers if one.truncate is not None and one.truncate < needs]
    if not cut:
        return []
    return [
        f"the gradient is cut every {min(cut):,} steps, so nothing is learned over {needs:,}: "
        f"raise truncate to {needs:,}"
    ]


def _for_kind(kind: Kind, layers: Sequence[LayerReport], needs: int) -> list[str]:
    if kind == "vanishing":
        return [_start(best(layers, needs), needs), *_stride(best(layers, needs), needs)]
    return _tame(layers) if kind == "exploding" else []


def _start(layer: LayerReport, needs: int) -> str:
    start = f"recurra.chrono_(model, {max(needs, 3)})"
    if layer.keepers:
        gate = next(iter(layer.keepers))
        return f"start the {gate} gate open for about so long, by chrono initialisation: {start}"
    return (
        "use an LSTM, whose forget gate's bias starts at 1, or with chrono initialisation: "
        f'Recurrent("lstm", ...), then {start}'
    )


def _stride(layer: LayerReport, needs: int) -> list[str]:
    after = layer.memory.falls_to(LOST)
    if math.isinf(after) or after <= 0:
        return []
    times = math.ceil(needs / after)
    # No one wants a series of which a thousandth is left.
    if times > 100:
        return []
    return [
        f"lengthen the stride so that fewer steps lie between: give every {_nth(times)} step, or "
        f"connect steps that lie apart with dilation={times * layer.dilation}"
    ]


def _nth(number: int) -> str:
    teen = 10 <= number % 100 < 20
    return f"{number}" + ("th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th"))


def _tame(layers: Sequence[LayerReport]) -> list[str]:
    remedies = ["clip the gradient's norm: Trainer(..., clip_norm=1.0)"]
    wild = [
        (radius, name, one)
        for one in layers
        for name, radius in one.radii.items()
        if radius > 1 and not one.keepers
    ]
    if wild:
        radius, name, one = max(wild, key=lambda entry: entry[0])
        remedies.append(
            f"bring {name} of {one.name} from a spectral radius of {radius:.2f} to 1: "
            f'init={{"{name}": Orthogonal()}}'
        )
    if not any(one.keepers for one in layers):
        remedies.append("use a cell with gates, such as an LSTM or a GRU, which bound the state")
    return [*remedies, "lower the learning rate, or cut the gradient with truncate="]


def _stuck(layers: Sequence[LayerReport]) -> list[str]:
    found = [
        f"{name} of {one.name} ({gate.saturated:.0%})"
        for one in layers
        for name, gate in one.gates.items()
        # A gate that holds the state is open where much is to be remembered.
        if (gate.low if name in one.keepers else gate.saturated) > STUCK
    ]
    if not found:
        return []
    return [
        f"saturated and so hardly learning: {_listed(found)}; scale the inputs, start with smaller "
        "weights and biases, or normalise with LayerNorm(cell)"
    ]


def _dead(layers: Sequence[LayerReport]) -> list[str]:
    found = [
        f"{len(one.dead):,} of {one.units:,} in {one.name}"
        for one in layers
        if len(one.dead) > MANY_DEAD * one.units
    ]
    if not found:
        return []
    return [
        f"units whose output never changes: {_listed(found)}; lower the learning rate, check the "
        "biases, or use tanh for relu"
    ]


def _listed(found: list[str]) -> str:
    return ", ".join(found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")
