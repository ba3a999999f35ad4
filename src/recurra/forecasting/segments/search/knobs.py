"""What may be turned, and between which values: by the sizes of the data, around the default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from recurra.forecasting.segments.rules import Facts, cycle
from recurra.forecasting.segments.search.candidate import Candidate

Value = TypeVar("Value", str, int, float)

CELLS = ("gru", "lstm", "mgu")
DROPOUTS = (0.0, 0.1, 0.2, 0.3)
RATES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Learning rates, as multiples of the default."""

MOST_READ = 4
"""A lookback is at most so many times the default, and as a rule at least half of it."""

LONGEST = 48
"""Steps of a segment at most, unless the default is longer."""

WIDEST = 512
"""Units of a layer at most, likewise."""


@dataclass(frozen=True)
class Knob(Generic[Value]):
    """A setting and the values that it may take.

    Attributes:
        name: Of the setting.
        values: At least one; the default among them.
        default: What the rules chose.
        ordered: Whether they are numbers that grow, so that neighbours are alike.
    """

    name: str
    values: tuple[Value, ...]
    default: Value
    ordered: bool = True

    @property
    def nearest(self) -> Value | None:
        """The value to try first instead of the default: the next above, else below."""
        place = self.values.index(self.default)
        if self.ordered and place + 1 < len(self.values):
            return self.values[place + 1]
        others = [one for one in self.values if one != self.default]
        return (others[-1] if self.ordered else others[0]) if others else None


AnyKnob = Knob[str] | Knob[int] | Knob[float]


def knobs_of(start: Candidate, facts: Facts, given: frozenset[str]) -> tuple[AnyKnob, ...]:
    """Those that have a choice, what matters most for accuracy first.

    Args:
        start: What the rules chose.
        facts: Of the data.
        given: The names of options that the user set; these stay.
    """
    knobs = (*_of_windows(start, facts), *_of_networks(start), *_of_training(start))
    return tuple(one for one in knobs if len(one.values) > 1 and one.name not in given)


def frame_name(frame: str | Sequence[str], divided: bool) -> str:
    """A frame, or several by turns, and whether seasons are taken out before, as one word."""
    frame = frame if isinstance(frame, str) else " and ".join(frame)
    return f"{frame}, season divided out" if divided else frame


def _of_windows(start: Candidate, facts: Facts) -> tuple[AnyKnob, ...]:
    sizes, most = start.settings.sizes, _most_read(start, facts)
    frame = frame_name(start.settings.frame, start.settings.divided)
    lags = (1, facts.season, cycle(facts.season, facts.length))
    return (
        Knob("frame", _with(frame, _frames(facts), ordered=False), frame, ordered=False),
        Knob("lookback", _with(sizes.lookback, _lookbacks(start, facts, most)), sizes.lookback),
        Knob(
            "lag",
            _with(sizes.lag, (lag for lag in lags if lag <= most and 3 * lag <= facts.length)),
            sizes.lag,
        ),
        Knob("segment", _with(sizes.segment, _segments(start, facts)), sizes.segment),
    )


def _of_networks(start: Candidate) -> tuple[AnyKnob, ...]:
    settings = start.settings
    found: list[AnyKnob] = [
        Knob("decoder", _with(settings.decoder, ("recurrent", "parallel"), ordered=False),
             settings.decoder, ordered=False),
        Knob("dropout", _with(settings.dropout, DROPOUTS), settings.dropout),
    ]  # fmt: skip
    if isinstance(settings.hidden_size, int):
        units = settings.hidden_size
        wider = (one for one in (units // 2, 2 * units) if 8 <= one <= WIDEST)
        found[1:1] = [Knob("hidden_size", _with(units, wider), units), Knob("layers", (1, 2), 1)]
    if settings.sizes.beside is None:  # Else it is learned together with their effects.
        ways = _with(settings.linear, ("learned", "solved"), ordered=False)
        found.append(Knob("linear", ways, settings.linear, ordered=False))
    if isinstance(start.cell, str):
        cells = _with(start.cell, CELLS, ordered=False)
        found.append(Knob("cell", cells, start.cell, ordered=False))
    return tuple(found)


def _of_training(start: Candidate) -> tuple[AnyKnob, ...]:
    settings = start.settings
    rate, steps, batch = settings.learning_rate, settings.steps, settings.batch_size
    rates = (rate if share == 1 else float(f"{share * rate:.3g}") for share in RATES)
    return (
        Knob("learning_rate", _with(rate, rates), rate),
        Knob("steps", _around(steps), steps),
        Knob("batch_size", _around(batch), batch),
    )


def _frames(facts: Facts) -> tuple[str, ...]:
    """By how often they serve; a level in logarithms and shares of a season need values above 0."""
    if not facts.positive:
        return ("last", "volatility")
    seasonal = (frame_name("volatility", True), frame_name("level", True))
    return ("level", *(seasonal if facts.season > 1 else ()), "volatility", "last")


def _most_read(start: Candidate, facts: Facts) -> int:
    """The longest lookback: what a window lacks is masked, but most should be there."""
    sizes = start.settings.sizes
    return max(sizes.lookback, min(MOST_READ * sizes.lookback, 2 * facts.length // 3))


def _lookbacks(start: Candidate, facts: Facts, most: int) -> Iterable[int]:
    usual, unit = start.settings.sizes.lookback, facts.season if facts.season > 1 else facts.horizon
    found = {round(share * usual) for share in (0.5, 1.5, 2, 3, 4)}
    found |= {times * unit for times in (1, 2, 3, 4)}
    return (one for one in found if max(2, usual // 4) <= one <= most)


def _segments(start: Candidate, facts: Facts) -> Iterable[int]:
    sizes, season = start.settings.sizes, facts.season
    whole = {part for part in range(1, season + 1) if season % part == 0} if season > 1 else set()
    found = whole | {sizes.segment // 2, 2 * sizes.segment}
    most = min(4 * sizes.segment, max(LONGEST, sizes.segment), sizes.lookback // 2)
    return (one for one in found if max(1, sizes.segment // 4) <= one <= most)


def _around(usual: int) -> tuple[int, ...]:
    return tuple(sorted({max(1, usual // 2), usual, 2 * usual}))


def _with(default: Value, others: Iterable[Value], *, ordered: bool = True) -> tuple[Value, ...]:
    """The values, the default among them, each once."""
    every = [default]
    every += [one for one in dict.fromkeys(others) if one != default]
    return tuple(sorted(every) if ordered else every)
