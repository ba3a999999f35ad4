"""What was seen, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.explain.examining import Effect, Layer, Seen

HELD = 0.9
"""A state is held while at least this share of it is kept at every step."""

SHARE = 0.8
"""The share of all weight that the heaviest steps make up."""

QUOTED = 40
"""Characters of a text that are quoted, at most."""

MOST = 4
"""Stretches and gates that a sentence names."""


@dataclass(frozen=True)
class Words:
    """How an answer and its input are spoken of.

    Attributes:
        answer: As ``the forecast for 2024-05-01``.
        labels: The name of each position of the input, and of those after it.
        nothing: What the baseline is, as ``with every value at the mean of the window``.
        step: What a position is, in the plural.
        form: How the name of a position stands in a sentence, ``{}`` for the name.
        between: What stands between the names of two positions where they make a text; None where
            they make none.
    """

    answer: str
    labels: Sequence[str]
    nothing: str
    step: str = "steps"
    form: str = "{}"
    between: str | None = None

    def at(self, position: int) -> str:
        """The name of a position as it stands in a sentence; of the last one behind the end."""
        place = min(position, len(self.labels) - 1)
        name = self.form.format(self.labels[place])
        # A letter occurs too often to tell where it is.
        return f"{name} ({place + 1})" if self.between == "" else name

    def stretch(self, first: int, last: int) -> str:
        """Neighbouring positions as they stand in a sentence; of a text what is written there."""
        run = None if self.between is None else self.between.join(self.labels[first : last + 1])
        if run is None or len(run) > QUOTED:
            return self.at(first) if first == last else f"{self.at(first)} to {self.at(last)}"
        if self.between or first == last:
            return self.at(first) if first == last else self.form.format(run)
        return f"{self.form.format(run)} ({first + 1} to {last + 1})"


def sentences(seen: Seen, words: Words) -> list[str]:
    """What a reader is told first, the answer before all."""
    found = [_answer(seen, words), _heaviest(seen, words), _unsettled(seen, words)]
    for layer in seen.layers:
        found += [_memory(layer), *_holding(layer, words)]
    found.append(_effects(seen, words))
    return [one for one in found if one]


def number(value: float) -> str:
    """With four digits that count, and a true minus sign."""
    return f"{value:,.4g}".replace("-", "\N{MINUS SIGN}")


def _answer(seen: Seen, words: Words) -> str:
    said = f"{words.answer} is {number(seen.answer)}"
    return f"{_capital(said)}; {words.nothing} it would be {number(seen.gradients.baseline)}."


def _heaviest(seen: Seen, words: Words) -> str:
    steps = seen.carried.heaviest(SHARE)
    if not len(steps):
        return f"No past value moves {words.answer}."
    runs = _runs(steps)
    weight = np.abs(seen.carried.by_step)
    runs.sort(key=lambda run: -weight[run[0] : run[1] + 1].sum())
    named = ", ".join(words.stretch(*run) for run in runs[:MOST])
    left = len(runs) - MOST
    more = f" and {left} {'stretch' if left == 1 else 'stretches'} more" if left > 0 else ""
    return (
        f"{SHARE:.0%} of all weight lies on {len(steps)} of "
        f"{len(seen.gradients.parts)} {words.step}: {named}{more}."
    )


def _unsettled(seen: Seen, words: Words) -> str:
    if seen.gradients.settled:
        return ""
    return (
        f"That is by what {words.answer} loses without each of them: integrated gradients do not "
        f"add up here, and miss {number(abs(seen.gradients.missing))}."
    )


def _runs(steps: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Neighbours together: the first and the last of each."""
    parts = np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts]


def _memory(layer: Layer) -> str:
    lengths = layer.memory.lengths * layer.each
    low, middle, high = np.quantile(lengths, [0.1, 0.5, 0.9])
    return (
        f"{_capital(layer.trace.name)} ({layer.trace.cell}, {len(lengths)} units): the middle unit "
        f"looks back {middle:.0f} steps, one in ten {low:.0f} or fewer, one in ten {high:.0f} or "
        "more."
    )


def _holding(layer: Layer, words: Words) -> list[str]:
    """Of each state that is carried by a factor, since when how many units have held it."""
    found = []
    for state, keep in layer.trace.keeps.items():
        kept = layer.trace.kept[state][:, 0]
        states = layer.trace.states[state][:, 0]
        held = (kept.expand(states.shape) >= HELD).cpu().numpy()
        if layer.trace.strand.direction == "backwards":
            held = held[::-1]
        count, steps = holding(held)
        if not keep.gate or not count or steps < 2:
            continue
        start = len(held) - steps
        start = len(held) - 1 - start if layer.trace.strand.direction == "backwards" else start
        since = words.at(layer.first + start * layer.each)
        gate = f"the {keep.gate} gate" + (" (by what it leaves)" if keep.name != keep.gate else "")
        found.append(
            f"In {layer.trace.name} {gate} of {count} of {held.shape[1]} units has held {state} "
            f"since {since}: at least {HELD:.0%} is kept at every step."
        )
    return found


def holding(held: NDArray[np.bool_]) -> tuple[int, int]:
    """How many units have held how long to the end: so that units times steps are most.

    Args:
        held: Whether each unit holds at each step, (T, H).

    Returns:
        Units and steps; zeros where none holds at the end.
    """
    runs = np.where(held.all(0), len(held), (~held[::-1]).argmax(0))
    lengths = np.unique(runs[runs > 0])
    if not len(lengths):
        return 0, 0
    counts = np.array([(runs >= length).sum() for length in lengths])
    best = int((counts * lengths).argmax())
    return int(counts[best]), int(lengths[best])


def _effects(seen: Seen, words: Words) -> str:
    ordered = sorted(seen.effects, key=lambda effect: -abs(effect.answer - seen.answer))
    told = [_effect(effect, seen.answer) for effect in ordered[:MOST]]
    return f"{_capital(words.answer)} would be " + "; ".join(told) + "." if told else ""


def _effect(effect: Effect, answer: float) -> str:
    change = effect.answer - answer
    sign = "+" if change >= 0 else ""
    return (
        f"{number(effect.answer)} ({sign}{number(change)}) with the {effect.gate} gate held at "
        f"{effect.value:g}"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
