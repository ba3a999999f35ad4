"""The settings of a segment-wise model, chosen by rules from the sizes of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.forecasting.segments.network import Sizes
from recurra.forecasting.segments.settings import Settings

WEEK = 7
"""Days in a week: the longer season of what has a daily one."""

DAILY = 24
"""A season of so many steps is taken for a day."""

SHOWN = 10
"""A season is known once it was seen so often."""


@dataclass(frozen=True)
class Facts:
    """What the rules go by.

    Attributes:
        horizon: K.
        season: m, 1 if there is none.
        lag: After how many steps the training parts repeat themselves best: 1, m, or a longer
            season.
        length: Points of a typical series' training part.
        points: Points of all training parts together.
        positive: Whether all values that were seen in them are above 0.
    """

    horizon: int
    season: int
    lag: int
    length: int
    points: int
    positive: bool


def cycle(season: int, length: int) -> int:
    """The longest season that a series of that length can be forecast from: the day's is the week.

    Args:
        season: m.
        length: Points of a typical training part.
    """
    week = WEEK * season
    return week if season >= DAILY and length >= 3 * week else season


def lookback(season: int, length: int, horizon: int) -> int:
    """L: the longest season, at least three of the season, and as far as one looks ahead.

    At most two thirds of a typical training part: what a window lacks is masked.

    Args:
        season: m.
        length: Points of a typical training part.
        horizon: K.
    """
    if season == 1:
        wanted = max(horizon + 2, 8)
    else:
        wanted = max(cycle(season, length), min(3 * season, max(2 * season, horizon)), horizon)
    return max(1, min(wanted, 2 * length // 3))


def choose(facts: Facts, wanted: int) -> Settings:
    """The settings for such data.

    * Values above 0 with a season of a day or longer that was seen ten times: windows in logarithms
      of their level, forecast from the season before. Others above 0: freed of their season, in
      units of their own restlessness, from the last value. Values of 0 and below: in standard
      units, from the last value or the season before, whichever repeats better.
    * A segment is the longest part of a season of up to 24 steps, half of a season of up to 12.
    * 128 units for 200,000 points and more, 64 for 5,000, else 32.

    Args:
        facts: Of the data.
        wanted: L, rounded up to whole segments.
    """
    known = facts.length >= SHOWN * facts.season
    if facts.positive:
        frame = "level" if known and facts.season >= DAILY else "volatility"
    else:
        frame = "last"
    lag = 1 if frame == "volatility" else facts.lag
    segment = _segment(facts.season, wanted)
    sizes = Sizes(
        lookback=-(-max(wanted, lag) // segment) * segment,
        horizon=facts.horizon,
        segment=segment,
        ahead=facts.horizon if facts.horizon <= DAILY else min(segment, facts.horizon),
        lag=lag,
        queries=_queries(facts, lag),
    )
    wide = facts.points >= 200_000
    return Settings(
        sizes,
        frame,
        shares=facts.positive,
        divided=frame == "volatility" and facts.season > 1,
        season=facts.season,
        hidden_size=128 if wide else 64 if facts.points >= 5_000 else 32,
        dropout=0.0,
        learning_rate=4e-3 if wide else 2e-3,
        steps=2000 if wide else 1200 if facts.points >= 20_000 else 600,
        batch_size=256 if facts.points >= 20_000 else 64,
    )


def _segment(season: int, wanted: int) -> int:
    if season == 1:
        return max(1, min(wanted // 4, DAILY))
    if season <= 12:
        return max(1, season // 2)
    return max(part for part in range(1, DAILY + 1) if season % part == 0)


def _queries(facts: Facts, lag: int) -> tuple[int, ...]:
    found: Sequence[int] = sorted({lag, facts.season} - {1}, reverse=True)
    return tuple(found) if lag > 1 else ()
