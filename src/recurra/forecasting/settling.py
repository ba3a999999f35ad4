"""What is settled about a panel before a network learns from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from recurra.forecasting import season as seasons
from recurra.forecasting.panel import Panel, Series
from recurra.forecasting.plan import Plan, Wishes, make_plan
from recurra.forecasting.preparation import Prepared, prepare
from recurra.forecasting.sight import Sight


@dataclass(frozen=True)
class Settled:
    """The outcome.

    Attributes:
        season: In steps, 1 if there is none.
        plan: Horizon, lookback and the sizes of the parts.
        prepared: The series that are long enough.
        notes: What was found and left out, a sentence each.
    """

    season: int
    plan: Plan
    prepared: list[Prepared]
    notes: tuple[str, ...]


def settle(panel: Panel, wishes: Wishes) -> Settled:
    """Season, horizon, lookback, split, scales, and what changes are counted from.

    Args:
        panel: The series.
        wishes: What the user set.

    Raises:
        DataError: If no series is long enough.
    """
    # A test part that was not wished for is far shorter than what the season is not judged on.
    season, found = _season(panel, wishes.test or wishes.horizon or 0)
    lengths = [len(series.values) for series in panel.series]
    natural = next(iter(seasons.candidates(panel.frequency)), None)
    plan = make_plan(lengths, natural or (season if season > 1 else 10), season, wishes)
    long = [series for series in panel.series if len(series.values) >= plan.least]
    short = len(panel.series) - len(long)
    left_out = [f"{short} series shorter than {plan.least} points were left out"] if short else []
    prepared = prepare(long, plan, _lags(long, plan, season, wishes))
    change = _change_note(prepared[0].changes.sight)
    notes = (found, *left_out, *_standstills(prepared), _plan_note(plan), change)
    return Settled(season, plan, prepared, notes)


def _season(panel: Panel, test: int) -> tuple[int, str]:
    """The season that most of the longest series have.

    It is judged on their first 70%, or less if the test part reaches into that.
    """
    longest = sorted(panel.series, key=lambda series: -len(series.values))[:9]
    lengths = [len(series.values) for series in longest]
    ends = [max(0, min(int(0.7 * length), length - test)) for length in lengths]
    found = [
        seasons.infer(series.values[:end], panel.frequency)
        for series, end in zip(longest, ends, strict=True)
    ]
    common = Counter(number for number, _ in found).most_common(1)[0][0]
    return next(one for one in found if one[0] == common)


def _lags(series: Sequence[Series], plan: Plan, season: int, wishes: Wishes) -> list[int]:
    """From how many steps before a change may be counted: one, or a season.

    A lookback that the user set is all that the network sees. One that we chose may leave the
    season out; the network then sees the season before as well, if that leaves half of the shortest
    training part to learn from.
    """
    room = min(plan.split(len(one.values)).train for one in series) // 2
    beyond = wishes.lookback is None and Sight(plan.lookback, season).reach <= room
    return sorted({1, season} if season <= plan.lookback or beyond else {1})


def _standstills(prepared: Sequence[Prepared]) -> list[str]:
    """A note on series that vary, but not where they are learned from."""
    found = [one.series for one in prepared if one.scale.constant]
    late = [one for one in found if one.values.min() != one.values.max()]
    return [f"{len(late)} series that stood still in training: repeated as last seen"] * bool(late)


def _plan_note(plan: Plan) -> str:
    return (
        f"{plan.reach} ahead are forecast from the {plan.lookback:,} before; the last "
        f"{plan.test:,} points are kept to judge by, and {plan.validation:,} before them to "
        "choose by"
    )


def _change_note(sight: Sight) -> str:
    before = "the value before it" if sight.lag == 1 else f"the value {sight.lag} steps before it"
    note = f"the network forecasts each value as a change from {before}"
    return note + (", and sees the season before as well" if sight.channels > 1 else "")
