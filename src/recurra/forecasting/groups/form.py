"""How a model a group is learned: each by another form, by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Self

import numpy as np

from recurra.errors import DataError
from recurra.forecasting.covariates import Around
from recurra.forecasting.groups.apart import again_apart, learn_apart
from recurra.forecasting.groups.grouping import Group, called
from recurra.forecasting.groups.model import GroupedModel, Member
from recurra.forecasting.model import Form, Learned, Model, Tell
from recurra.forecasting.panel import Panel
from recurra.forecasting.plan import Plan, Wishes
from recurra.forecasting.preparation import Prepared
from recurra.training import Callback, Checkpoint

NAMED = 3
"""Groups that a note names one by one."""


@dataclass(frozen=True)
class GroupedForm:
    """Learns a model of each group by the same form; horizon and parts are those of all.

    Attributes:
        form: By which each is learned.
        sizes: The longest series of each group, in points.
    """

    form: Form
    sizes: Mapping[Group, int]

    @classmethod
    def of(cls, form: Form, panel: Panel) -> Self:
        """For the groups of a panel."""
        sizes: dict[Group, int] = {}
        for one in panel.series:
            sizes[one.group] = max(len(one.values), sizes.get(one.group, 0))
        return cls(form, sizes)

    @property
    def forecasts_short(self) -> bool:
        """As the form that learns each group."""
        return self.form.forecasts_short

    def check(self) -> None:
        """Raises what is wrong with the options of each group's form."""
        self.form.check()

    def plan(self, lengths: Sequence[int], natural: int, season: int, wishes: Wishes) -> Plan:
        """One plan for all groups.

        Raises:
            DataError: If a group has no series that is long enough.
        """
        plan = self.form.plan(lengths, natural, season, wishes)
        least = self.form.least(plan)
        short = [name for name, longest in self.sizes.items() if longest < least]
        if short:
            more = f", and so have {len(short) - 1:,} more groups" if len(short) > 1 else ""
            raise DataError(
                f"the group {called(short[0])!r} has no series of more than "
                f"{self.sizes[short[0]]:,} points{more}",
                f"in each group at least one series of {least:,} points to learn from and judge by",
                "leave the rows of such a group out, put it together with another, or give a "
                "shorter horizon or lookback",
            )
        return plan

    def least(self, plan: Plan) -> int:
        """As the form that learns each group."""
        return self.form.least(plan)

    def learn(
        self,
        prepared: Sequence[Prepared],
        plan: Plan,
        season: int,
        tell: Tell,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """Learns each group by itself, one after the other; see :class:`Form`.

        Raises:
            TrainingError: If a loss became infinite.
            KeyboardInterrupt: If training was interrupted before all groups had something to keep.
        """
        if executor is not None:
            groups = _by_group(prepared)
            apart = learn_apart(executor, self.form, groups, plan, season, checkpoint=checkpoint)
            return _told_together(prepared, groups, apart, tell)
        told, parts = _Notes(tell), list[Learned]()
        for own in _by_group(prepared):
            name, first = _group(own[0]), [] if parts else _introduction(prepared)
            begins = told.of(name, first)
            found = self.form.learn(own, plan, season, begins, watch, checkpoint=checkpoint)
            told.later += [f"{called(name)}: {note}" for note in found.notes]
            parts.append(found)
            if found.history.interrupted and len(parts) < len(self.sizes):
                raise KeyboardInterrupt
        return replace(_together(prepared, parts), notes=tuple(told.later))

    def again(
        self,
        prepared: Sequence[Prepared],
        learned: Learned,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """What forecasts of the future are made with, a group after the other."""
        if executor is not None:
            groups = _by_group(prepared)
            parts = again_apart(executor, self.form, groups, learned.parts, checkpoint=checkpoint)
        else:
            parts = [
                self.form.again(own, before, watch, checkpoint=checkpoint)
                for own, before in zip(_by_group(prepared), learned.parts, strict=True)
            ]
        if all(new is before for new, before in zip(parts, learned.parts, strict=True)):
            return learned
        if any(one.history.interrupted for one in parts):
            raise KeyboardInterrupt
        return _together(prepared, parts)


def _group(one: Prepared) -> Group:
    return one.series.group


def _by_group(prepared: Sequence[Prepared]) -> list[list[Prepared]]:
    """The series of each group, the groups by their names, series numbered anew in each."""
    ordered = sorted(prepared, key=_group)
    return [_renumbered([*own]) for _, own in groupby(ordered, key=_group)]


def _renumbered(own: list[Prepared]) -> list[Prepared]:
    around = own[0].around
    if around is not None:
        rows = np.array([one.number for one in own], dtype=np.int64)
        around = Around(around.covariates.take(rows))
    return [replace(one, number=number, around=around) for number, one in enumerate(own)]


def _together(prepared: Sequence[Prepared], parts: Sequence[Learned]) -> Learned:
    """One model of those of the groups; its series are in the order of ``prepared``."""
    names = tuple(sorted({_group(one) for one in prepared}))
    counted: Counter[Group] = Counter()
    members = []
    for one in prepared:
        members.append(Member(names.index(_group(one)), counted[_group(one)]))
        counted[_group(one)] += 1
    models = tuple(one.model for one in parts)
    model = GroupedModel(names, models, members, [one.series.id for one in prepared])
    interrupted = [one.history for one in parts if one.history.interrupted]
    return Learned(model, (interrupted or [parts[0].history])[0], parts=tuple(parts))


def _told_together(
    prepared: Sequence[Prepared],
    groups: Sequence[Sequence[Prepared]],
    found: Sequence[tuple[Learned, list[str]]],
    tell: Tell,
) -> Learned:
    """One model of what others learned of each group, once what was found there is told."""
    told = _Notes(tell)
    for own, (one, notes) in zip(groups, found, strict=True):
        name, first = _group(own[0]), _introduction(prepared) if own is groups[0] else []
        told.of(name, first)(one.model, notes)
        told.later += [f"{called(name)}: {note}" for note in one.notes]
    together = _together(prepared, [one for one, _ in found])
    return replace(together, notes=tuple(told.later))


@dataclass
class _Notes:
    """What is found and decided of each group: the first is told before it learns."""

    tell: Tell
    later: list[str] = field(default_factory=list)

    def of(self, name: Group, first: Sequence[str]) -> Tell:
        """Takes what is found of a group; ``first`` comes before all, and is empty later on."""

        def told(model: Model, notes: Sequence[str]) -> None:
            named = [f"{called(name)}: {note}" for note in notes]
            if first:
                self.tell(model, [*first, *named])
            else:
                self.later += named

        return told


def _introduction(prepared: Sequence[Prepared]) -> list[str]:
    counts = Counter(map(_group, prepared))
    alone = [called(name) for name, count in counts.items() if count == 1]
    shown = ", ".join(alone[:NAMED]) + (f" and {len(alone) - NAMED} more" * (len(alone) > NAMED))
    return [
        f"a model of its own for each of {len(counts)} groups of series",
        *[f"groups of a single series, whose model learns from that alone: {shown}"] * bool(alone),
    ]
