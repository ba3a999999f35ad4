"""The models of groups learned by other processes, all at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

from recurra.executors.results import results
from recurra.forecasting.groups.grouping import called
from recurra.forecasting.model import Form, Learned, Model
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared
from recurra.training import Checkpoint
from recurra.training.checkpoints.part import Part
from recurra.training.checkpoints.run import opened, parts_of


def learn_apart(
    executor: Executor,
    form: Form,
    groups: Sequence[Sequence[Prepared]],
    plan: Plan,
    season: int,
    *,
    checkpoint: Checkpoint | None = None,
) -> list[tuple[Learned, list[str]]]:
    """What is learned of each group, and what was told of it before.

    Args:
        executor: Who does it.
        form: Of all groups.
        groups: The series of each, numbered from 0.
        plan: Of all.
        season: m.
        checkpoint: Where the trainings are kept, if they are, a part of the run for each group.
    """
    parts = parts_of(checkpoint, [f"{_named(own)}, to be judged" for own in groups])
    calls = [
        partial(_learned, part, form, own, plan, season)
        for own, part in zip(groups, parts, strict=True)
    ]
    return results(executor, calls)


def again_apart(
    executor: Executor,
    form: Form,
    groups: Sequence[Sequence[Prepared]],
    learned: Sequence[Learned],
    *,
    checkpoint: Checkpoint | None = None,
) -> list[Learned]:
    """What the form learns anew of each group; what stays is itself, not a copy."""
    parts = parts_of(checkpoint, [f"{_named(own)}, learned anew" for own in groups])
    calls = [
        partial(_again, part, form, own, before)
        for own, before, part in zip(groups, learned, parts, strict=True)
    ]
    pairs = zip(results(executor, calls), learned, strict=True)
    return [before if new is None else new for new, before in pairs]


def _named(own: Sequence[Prepared]) -> str:
    return f"the group {called(own[0].series.group)!r}"


def _learned(
    part: Part | None, form: Form, own: Sequence[Prepared], plan: Plan, season: int
) -> tuple[Learned, list[str]]:
    told: list[str] = []

    def tell(model: Model, notes: Sequence[str]) -> None:
        told.extend(notes)

    with opened(part) as run:
        return form.learn(own, plan, season, tell, checkpoint=run), told


def _again(
    part: Part | None, form: Form, own: Sequence[Prepared], before: Learned
) -> Learned | None:
    with opened(part) as run:
        found = form.again(own, before, checkpoint=run)
    return None if found is before else found
