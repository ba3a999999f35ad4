"""The models of groups learned by other processes, all at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from recurra.forecasting.model import Form, Learned, Model
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared


def learn_apart(
    executor: Executor, form: Form, groups: Sequence[Sequence[Prepared]], plan: Plan, season: int
) -> list[tuple[Learned, list[str]]]:
    """What is learned of each group, and what was told of it before.

    Args:
        executor: Who does it.
        form: Of all groups.
        groups: The series of each, numbered from 0.
        plan: Of all.
        season: m.
    """
    futures = [executor.submit(_learned, form, own, plan, season) for own in groups]
    return [future.result() for future in futures]


def again_apart(
    executor: Executor, form: Form, groups: Sequence[Sequence[Prepared]], parts: Sequence[Learned]
) -> list[Learned]:
    """What the form learns anew of each group; what stays is itself, not a copy."""
    futures = [
        executor.submit(_again, form, own, before)
        for own, before in zip(groups, parts, strict=True)
    ]
    pairs = zip(futures, parts, strict=True)
    return [before if (new := future.result()) is None else new for future, before in pairs]


def _learned(
    form: Form, own: Sequence[Prepared], plan: Plan, season: int
) -> tuple[Learned, list[str]]:
    told: list[str] = []

    def tell(model: Model, notes: Sequence[str]) -> None:
        told.extend(notes)

    return form.learn(own, plan, season, tell), told


def _again(form: Form, own: Sequence[Prepared], before: Learned) -> Learned | None:
    found = form.again(own, before)
    return None if found is before else found
