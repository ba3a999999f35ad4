"""All that a search may try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from recurra.forecasting.segments.network import Sizes
from recurra.forecasting.segments.rules import Facts
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.search.knobs import AnyKnob, frame_name, knobs_of

Choice = Mapping[str, Any]
"""A value of each knob, by its name."""

DIRECTLY = ("hidden_size", "decoder", "linear", "dropout", "learning_rate", "steps", "batch_size")
"""The knobs that are fields of the settings."""


@dataclass(frozen=True)
class Space:
    """What the rules chose, and what may be turned there.

    Attributes:
        start: What the rules chose.
        season: m.
        knobs: What matters most first.
    """

    start: Candidate
    season: int
    knobs: tuple[AnyKnob, ...]

    @classmethod
    def of(cls, start: Candidate, facts: Facts, given: frozenset[str]) -> Self:
        """The space around what the rules chose; see :func:`~.knobs.knobs_of`."""
        return cls(start, facts.season, knobs_of(start, facts, given))

    @property
    def default(self) -> dict[str, Any]:
        """The choice that gives what the rules chose."""
        return {knob.name: knob.default for knob in self.knobs}

    def one_change_each(self, most: int) -> Iterator[dict[str, Any]]:
        """Choices that differ from the default in one thing, of those that matter most."""
        for knob in self.knobs[:most]:
            yield {**self.default, knob.name: knob.nearest}

    def candidate(self, choice: Choice) -> Candidate:
        """What a choice makes: what it does not name is as the rules chose."""
        start = self.start.settings
        direct = {name: choice[name] for name in DIRECTLY if name in choice}
        settings = replace(start, **direct, sizes=self._sizes(choice))
        frame = choice.get("frame")
        if frame is not None:
            divided = frame.endswith("divided out")
            frames = tuple(frame.partition(",")[0].split(" and "))
            by_turns = frames if len(frames) > 1 else frames[0]
            settings = replace(settings, frame=by_turns, divided=divided)
        units = settings.hidden_size
        if choice.get("layers", 1) == 2 and isinstance(units, int):
            settings = replace(settings, hidden_size=(units, units))
        return Candidate(settings, choice.get("cell", self.start.cell))

    def changes(self, found: Candidate) -> list[str]:
        """What is other than the rules chose, a few words each."""
        first, second = _told(self.start), _told(found)
        return [f"{name} {second[name]}" for name in first if first[name] != second[name]]

    def _sizes(self, choice: Choice) -> Sizes:
        sizes = self.start.settings.sizes
        segment, lag = choice.get("segment", sizes.segment), choice.get("lag", sizes.lag)
        wanted = max(choice.get("lookback", sizes.lookback), lag)
        queries, ahead = sizes.queries, sizes.ahead
        if lag != sizes.lag:
            queries = tuple(sorted({lag, self.season} - {1}, reverse=True)) if lag > 1 else ()
            queries = tuple(one for one in queries if one <= wanted)
        if segment != sizes.segment and ahead != sizes.horizon:
            ahead = min(segment, sizes.horizon)
        lookback = -(-wanted // segment) * segment
        return replace(
            sizes, segment=segment, lag=lag, lookback=lookback, queries=queries, ahead=ahead
        )


def _told(one: Candidate) -> dict[str, str]:
    settings, sizes = one.settings, one.settings.sizes
    return {
        "windows in the frame": repr(frame_name(settings.frame, settings.divided)),
        "lookback": f"{sizes.lookback:,}",
        "segments of": f"{sizes.segment} steps",
        "forecasts from lag": f"{sizes.lag}",
        "decoder": settings.decoder,
        "linear way": settings.linear,
        "units": _units(settings.hidden_size),
        "dropout": f"{settings.dropout:g}",
        "cell": one.cell if isinstance(one.cell, str) else one.cell.name,
        "learning rate": f"{settings.learning_rate:g}",
        "steps": f"{settings.steps:,}",
        "batches of": f"{settings.batch_size}",
    }


def _units(size: Any) -> str:
    return str(size) if isinstance(size, int) else " and ".join(map(str, size))
