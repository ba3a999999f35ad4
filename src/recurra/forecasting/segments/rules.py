"""The settings of a segment-wise model, chosen by rules from the sizes of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.forecasting.segments.network import Sizes
from recurra.forecasting.segments.settings import Settings

WEEK = 7
"""Days in a week: the longer season of what has a daily one."""

DAYS = (24, 48, 96, 144, 288)
"""Seasons taken for a day: in steps of an hour, a half, a quarter, ten and five minutes."""

DAILY = DAYS[0]
"""A season of so many steps is a day, or longer."""

SHOWN = 6
"""A season is known once it was seen so often."""

FAMILIAR = 10
"""And so often before what is strange can be told from it."""

LONG = 10
"""A series that shows the longest season twice so often is a long one."""

TWO_WEEKS = 336
"""Two weeks of hours: as far as windows of long series reach at least."""

FAR = 8
"""A horizon of so many segments is a far one."""

DISTINCT = 500
"""So many windows that share no steps are enough to learn weights from step by step."""

FEW = 10
"""Fewer series are few."""

MANY = 100
"""As many are many."""

WIDE = 200_000
"""So many points fill wide networks."""


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
        series: How many there are.
    """

    horizon: int
    season: int
    lag: int
    length: int
    points: int
    positive: bool
    series: int

    @property
    def distinct(self) -> int:
        """How many windows there are that share no steps."""
        return self.points // max(self.horizon, self.lag)


def cycle(season: int, length: int) -> int:
    """The longest season that a series of that length can be forecast from: the day's is the week.

    Args:
        season: m.
        length: Points of a typical training part.
    """
    week = WEEK * season
    return week if season in DAYS and length >= 3 * week else season


def lookback(season: int, length: int, horizon: int) -> int:
    """L: the longest season, at least three of the season, and as far as one looks ahead.

    In long series of days, two weeks of hours at least. At most two thirds of a typical training
    part: what a window lacks is masked.

    Args:
        season: m.
        length: Points of a typical training part.
        horizon: K.
    """
    if season == 1:
        wanted = max(horizon + 2, 8)
    else:
        longest = cycle(season, length)
        wanted = max(longest, min(3 * season, max(2 * season, horizon)), horizon)
        if season in DAYS and length >= 2 * LONG * longest:
            wanted = max(wanted, TWO_WEEKS)
    return max(1, min(wanted, 2 * length // 3))


LEARNED, DECOMPOSED, SMOOTHED = "learned", "decomposed", "smoothed"

SEASONALITIES = (LEARNED, DECOMPOSED, SMOOTHED)
"""What can be done with a season: left to the networks; divided out by classical decomposition;
smoothed exponentially, by coefficients that are learned with the networks."""


def choose(facts: Facts, wanted: int, seasonality: str | None = None) -> Settings:
    """The settings for such data.

    * Values above 0 with a season of a day or longer that was seen six times: windows in logarithms
      of their level, forecast from the season before. Others above 0: freed of their season,
      forecast from the last value, in units of their own restlessness; of ten series and more with
      500 windows that share no steps every other network of an ensemble, the first among them, sees
      logarithms of the level instead, since members that differ err differently. Values of 0 and
      below: in standard units, from the last value too.
    * A segment is the longest part of a season of up to 24 steps, half of a season of up to 12.
    * 128 units for 200,000 points and more, 64 for 5,000, else 32. 600 steps; of a hundred series
      and more 1,200 for 20,000 points, 2,000 for 200,000.
    * The linear way from the window to the horizon is solved, not learned, where the horizon has
      eight segments and more, or the training parts fewer than 500 windows that share no steps: on
      held-out time that took 2 to 5% off the error there, and gained nothing elsewhere.
    * Of a few series above 0 with a season of a day or longer that was seen ten times, one window
      in five is shown with a strange stretch in it.

    Args:
        facts: Of the data.
        wanted: L, rounded up to whole segments.
        seasonality: One of :data:`SEASONALITIES`; None for decomposition of values above 0 without
            a season as long as a day that was seen six times, else for learning.
    """
    known = facts.season >= DAILY and facts.length >= SHOWN * facts.season
    lag = _lag(facts, seasonality, known=known)
    if seasonality is None:
        seasonality = DECOMPOSED if facts.positive and not known else LEARNED
    queries = _queries(facts, lag, seasonality)
    segment = _segment(facts.season, wanted)
    sizes = Sizes(
        lookback=-(-max(wanted, lag, *queries) // segment) * segment,
        horizon=facts.horizon,
        segment=segment,
        ahead=facts.horizon if facts.horizon <= DAILY else min(segment, facts.horizon),
        lag=lag,
        queries=queries,
    )
    wide = facts.points >= WIDE
    few = facts.horizon >= FAR * sizes.ahead or facts.distinct < DISTINCT
    frame = _frame(facts, known=known, few=few)
    familiar = facts.length >= FAMILIAR * facts.season
    strange = frame == "level" and facts.series < FEW and familiar
    return Settings(
        sizes,
        frame,
        shares=facts.positive,
        divided=seasonality == DECOMPOSED and facts.season > 1,
        smoothed=seasonality == SMOOTHED,
        season=facts.season,
        hidden_size=128 if wide else 64 if facts.points >= 5_000 else 32,
        dropout=0.0,
        learning_rate=4e-3 if wide else 2e-3,
        steps=_steps(facts),
        batch_size=256 if facts.points >= 20_000 else 64,
        linear="solved" if few and seasonality != SMOOTHED else "learned",
        disturbed=0.2 if strange else 0.0,
    )


def _steps(facts: Facts) -> int:
    """Of many series more is to be learned than of a few long ones."""
    if facts.series < MANY or facts.points < 20_000:
        return 600
    return 2000 if facts.points >= WIDE else 1200


def _frame(facts: Facts, *, known: bool, few: bool) -> str | Sequence[str]:
    if not facts.positive:
        return "last"
    if known:
        return "level"
    return "volatility" if few or facts.series < FEW else ("level", "volatility")


def _lag(facts: Facts, seasonality: str | None, *, known: bool) -> int:
    """What a forecast starts from, as :class:`Sizes` has it."""
    if seasonality == SMOOTHED:
        return 0
    repeated = facts.positive and known if seasonality is None else seasonality == LEARNED
    return facts.lag if repeated else 1


def _segment(season: int, wanted: int) -> int:
    if season == 1:
        return max(1, min(wanted // 4, DAILY))
    if season <= 12:
        return max(1, season // 2)
    return max(part for part in range(1, DAILY + 1) if season % part == 0)


def _queries(facts: Facts, lag: int, seasonality: str) -> tuple[int, ...]:
    if seasonality == SMOOTHED:  # What is longer than the season that is smoothed is left.
        return (facts.lag,) if facts.lag > facts.season else ()
    found: Sequence[int] = sorted({lag, facts.season} - {1}, reverse=True)
    return tuple(found) if lag > 1 else ()
