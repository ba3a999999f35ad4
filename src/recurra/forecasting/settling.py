"""What is settled about a panel before a model learns from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import DataError
from recurra.forecasting import season as seasons
from recurra.forecasting.model import Form
from recurra.forecasting.panel import Panel
from recurra.forecasting.plan import Plan, Wishes
from recurra.forecasting.preparation import Prepared, prepare
from recurra.forecasting.scaling import LARGEST


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


def settle(panel: Panel, wishes: Wishes, form: Form) -> Settled:
    """Season, horizon, lookback, split and scales.

    Args:
        panel: The series.
        wishes: What the user set.
        form: The kind of model that is to learn.

    Raises:
        DataError: If no series is long enough.
    """
    _check_sizes(panel)
    # A test part that was not wished for is far shorter than what the season is not judged on.
    season, found = _season(panel, wishes.test or wishes.horizon or 0)
    lengths = [len(series.values) for series in panel.series]
    natural = next(iter(seasons.candidates(panel.frequency)), None)
    plan = form.plan(lengths, natural or (season if season > 1 else 10), season, wishes)
    least = form.least(plan)
    long = [series for series in panel.series if len(series.values) >= least]
    short = len(panel.series) - len(long)
    prepared = prepare(long, plan)
    notes = (
        found,
        *_short_note(short, least, form),
        *_standstills(prepared),
        _plan_note(plan),
    )
    return Settled(season, plan, prepared, notes)


def _check_sizes(panel: Panel) -> None:
    """Raises a DataError if a series that varies has a value too large to compute with."""
    for one in panel.series:
        least, most = float(one.values.min()), float(one.values.max())
        if least < most and max(-least, most) > LARGEST:
            raise DataError(
                f"The series {one.id!r} has the value {most if most > -least else least:g}.",
                f"values of at most {LARGEST:g} in size",
                f"correct it, or bring {panel.columns.target!r} to a larger unit",
            )


def _short_note(count: int, least: int, form: Form) -> list[str]:
    if not count:
        return []
    fate = "are forecast, but not judged" if form.forecasts_short else "were left out"
    return [f"{count} series shorter than {least} points {fate}"]


def _season(panel: Panel, test: int) -> tuple[int, str]:
    """The season of the panel.

    It is judged on the first 70% of each series, or less if the test part reaches into that.
    """
    lengths = [len(series.values) for series in panel.series]
    ends = [max(0, min(int(0.7 * length), length - test)) for length in lengths]
    pairs = zip(panel.series, ends, strict=True)
    return seasons.infer_shared([one.values[:end] for one, end in pairs], panel.frequency)


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
