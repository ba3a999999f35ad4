"""How much history a horizon needs, against what there is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recurra.errors import DataError
from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.subject import SHORTEST, Subject
from recurra.forecasting.doctor.wording import listed, number
from recurra.forecasting.plan import Plan, Wishes, make_plan
from recurra.forecasting.season import FEWEST, candidates

FAR = 0.25
"""A horizon beyond this share of the history is hard to judge."""


def plan_of(subject: Subject) -> Plan | DataError:
    """How a forecaster would divide these series, or why it could not."""
    usable = subject.grid.lengths[subject.grid.lengths >= SHORTEST]
    lengths = usable.tolist() or [int(subject.grid.lengths.max())]
    suggested = candidates(subject.frequency) if subject.frequency is not None else ()
    natural = next(iter(suggested), subject.season if subject.season > 1 else 10)
    try:
        return make_plan(lengths, natural, subject.season, Wishes(horizon=subject.horizon))
    except DataError as error:
        return error


def needed(subject: Subject, horizon: int) -> int:
    """The points that a series should have for this horizon.

    Three of its longest season to learn from, or four horizons where there is none, and the horizon
    twice: to choose by and to judge by.
    """
    longest = max((season.length for season in subject.seasons), default=1)
    learned = FEWEST * longest if longest > 1 else 4 * horizon
    return max(learned + 2 * horizon, 10)


def too_short(subject: Subject, plan: Plan) -> list[str]:
    """The series that are shorter than the plan needs."""
    owners = np.flatnonzero(subject.grid.lengths < plan.least)
    return [subject.grid.names[owner] for owner in owners]


def look(subject: Subject) -> Iterator[Finding]:
    """Whether the series are long enough."""
    plan = plan_of(subject)
    if isinstance(plan, DataError):
        said = f"{plan.given}; needed: {plan.expected}"
        yield Finding("history", Severity.ERROR, said, plan.do)
        return
    yield _enough(subject, plan)
    yield from _far(subject, plan)


def _enough(subject: Subject, plan: Plan) -> Finding:
    """What the horizon needs, and how many series have less."""
    short = too_short(subject, plan)
    enough = needed(subject, plan.horizon)
    few = int(((subject.grid.lengths >= plan.least) & (subject.grid.lengths < enough)).sum())
    figures = {"horizon": plan.horizon, "needed": enough, "least": plan.least, "short": len(short)}
    needs = f"{plan.reach} ahead need about {number(enough, 'point')}, {_reason(subject)}"
    if short:
        return Finding(
            "history",
            Severity.WARNING,
            f"{needs}; {number(len(short), 'series')} of {len(subject.grid):,} "
            f"{'is' if len(short) == 1 else 'are'} too short for how the others are divided, which "
            f"takes {plan.least:,}: {listed(short)}",
            "they are left out of learning: give more of their history, or a shorter horizon",
            tuple(Place(name) for name in short[:MOST_PLACES]),
            figures,
        )
    if few:
        said = f"{needs}; {number(few, 'series')} of {len(subject.grid):,} have fewer"
        do = "give a longer history, or ask for a shorter horizon"
        return Finding("history", Severity.WARNING, said, do, figures=figures)
    said = f"{needs}; the shortest series has {int(subject.grid.lengths.min()):,}"
    return Finding("history", Severity.OK, said, figures=figures)


def _reason(subject: Subject) -> str:
    longest = max((season.length for season in subject.seasons), default=1)
    learned = f"three seasons of {longest:,}" if longest > 1 else "four horizons"
    return f"{learned} to learn from and two horizons to choose and judge by"


def _far(subject: Subject, plan: Plan) -> Iterator[Finding]:
    typical = float(np.median(subject.grid.lengths))
    if plan.horizon > FAR * typical:
        yield Finding(
            "history",
            Severity.WARNING,
            f"a horizon of {number(plan.horizon, 'step')} is {plan.horizon / typical:.0%} of the "
            "typical history",
            "such a forecast can be judged only once or twice: ask for less, or trust it less",
            figures={"horizon": plan.horizon, "typical": typical},
        )
    tried = candidates(subject.frequency) if subject.frequency is not None else ()
    unseen = [lag for lag in tried if typical < FEWEST * lag <= FEWEST * 1000]
    if unseen and plan.horizon >= unseen[0] / 2:
        yield Finding(
            "history",
            Severity.NOTE,
            f"a season of {unseen[0]:,} steps, if there is one, cannot be seen in "
            f"{typical:,.0f} points",
            f"give {number(FEWEST * unseen[0], 'point')} or more",
            figures={"season": unseen[0]},
        )
