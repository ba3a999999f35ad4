"""Networks that are judged on what they did not learn from, and those that learn from all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.applications.folds import folds, folds_of_groups
from recurra.applications.members import learn_in_turn
from recurra.applications.scoring import Scores
from recurra.applications.series import Values
from recurra.applications.series_learning.learning import Examples, answers, learn
from recurra.applications.series_learning.network import Network
from recurra.applications.series_learning.preparation import Preparation
from recurra.applications.series_learning.rules import Plan
from recurra.training import Callback, Checkpoint, History

Prepare = Callable[[Sequence[Values]], Preparation]
"""Makes what prepares series, from those that are learned from."""


@dataclass(frozen=True)
class Member:
    """A network, what prepares series for it, and how it learned."""

    network: Network
    preparation: Preparation
    history: History


@dataclass(frozen=True)
class Task:
    """What there is to learn.

    Attributes:
        series: (T, C) each, N of them.
        labels: The class of each.
        groups: The group of each; empty where none are known.
        classes: The names of all classes.
        things: What the series are called, as ``"series"``.
    """

    series: Sequence[Values]
    labels: Sequence[str]
    groups: Sequence[str]
    classes: tuple[str, ...]
    things: str

    @property
    def numbers(self) -> Tensor:
        """The class of each as a number, int64 (N,)."""
        places = {name: place for place, name in enumerate(self.classes)}
        return torch.tensor([places[label] for label in self.labels])


@dataclass
class Learned:
    """What came of it.

    Attributes:
        members: The networks that answer together, at least one.
        held_out: How those did that were judged, counted together; None if none was.
        notes: What happened on the way.
    """

    members: list[Member] = field(default_factory=list)
    held_out: Scores | None = None
    notes: tuple[str, ...] = ()


def learn_together(
    task: Task,
    plan: Plan,
    prepare: Prepare,
    *,
    seed: int,
    watch: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> Learned:
    """Judges networks on parts that they did not learn from, then learns from everything.

    The first networks each leave out a part, and are judged on it: what comes of that is told, and
    they are put away. The networks of the model learn in the same way from all. Nothing is chosen
    by what was held out, so it says how good the way of learning is.

    Args:
        task: What to learn.
        plan: How.
        prepare: Makes what prepares the series.
        seed: Of all chance.
        watch: See all networks as one training.
        checkpoint: Where the run is kept, and goes on from.

    Raises:
        KeyboardInterrupt: If the user interrupted before anything was learned.
    """
    parts = _parts(task, plan, seed)
    tested = [part for part in range(plan.judged) if bool((parts == part).any())]
    learns = [parts != part for part in tested] + [torch.ones_like(parts, dtype=torch.bool)] * (
        plan.networks
    )

    def one(number: int, shown: Callback) -> tuple[Member, History]:
        # The first of each kind has the seed itself, so that one network is always the same.
        own = seed + (number if number < len(tested) else number - len(tested))
        places = learns[number].nonzero().flatten()
        # What is held out has no say in how series are prepared.
        preparation = prepare([task.series[place] for place in places.tolist()])
        member = _member(
            task,
            plan,
            preparation,
            places,
            seed=own,
            callbacks=[shown],
            checkpoint=checkpoint,
        )
        return member, member.history

    members = learn_in_turn(len(learns), one, watch).networks
    return _result(task, plan, members, parts, tested)


def probabilities(
    members: Sequence[Member], series: Sequence[Values], classes: int
) -> NDArray[np.float32]:
    """The probabilities of C classes, the mean over networks: N series to (N, C)."""
    if not series:
        return np.zeros((0, classes), dtype=np.float32)
    found = [
        answers([one.network], one.preparation, [one.preparation.prepared(s) for s in series])
        for one in members
    ]
    mean: NDArray[np.float32] = torch.stack(found).mean(0).numpy()
    return mean


def _parts(task: Task, plan: Plan, seed: int) -> Tensor:
    """The part of each series, (N,); -1 for what is always learned from."""
    if not plan.folds:
        return torch.full((len(task.series),), -1)
    if len(set(task.groups)) > 1:
        count = min(plan.folds, len(set(task.groups)))
        return folds_of_groups(task.groups, count, seed)
    content = [(one.shape, one.tobytes()) for one in task.series]
    return folds(content, task.numbers.tolist(), plan.folds, seed)


def _member(task: Task, plan: Plan, preparation: Preparation, places: Tensor, **how: Any) -> Member:
    """A network that learns from some of the series; ``how`` as :func:`learn` takes it."""
    examples = Examples([preparation.prepared(one) for one in task.series], task.numbers)
    network, history = learn(preparation, plan, len(task.classes), examples, places, **how)
    return Member(network, preparation, history)


def _result(
    task: Task, plan: Plan, members: list[Member], parts: Tensor, tested: Sequence[int]
) -> Learned:
    whole = [one for one in members if not one.history.interrupted]
    held_out = _judged(task, whole[: len(tested)], parts, tested)
    of_all = whole[len(tested) :]
    if len(of_all) == plan.networks:
        return Learned(of_all, held_out, () if tested else (_too_few(task),))
    kept = of_all or whole or members
    said = (
        f"interrupted: {len(of_all)} of {plan.networks} networks were trained"
        if of_all
        else f"interrupted: the model is of {len(kept)} that learned from a part of the "
        f"{task.things}, or not for long"
    )
    return Learned(kept, held_out, (said,))


def _too_few(task: Task) -> str:
    return (
        f"{len(task.series)} {task.things} are too few to hold any out: nothing says how good it is"
    )


def _judged(
    task: Task, members: Sequence[Member], parts: Tensor, tested: Sequence[int]
) -> Scores | None:
    """Each network on the part that it did not learn from, counted together."""
    truth: list[str] = []
    answered: list[str] = []
    for member, part in zip(members, tested, strict=False):
        out = (parts == part).nonzero().flatten().tolist()
        some = [task.series[place] for place in out]
        found = probabilities([member], some, len(task.classes))
        truth += [task.labels[place] for place in out]
        answered += [task.classes[place] for place in found.argmax(1)]
    return Scores.of(truth, answered, task.classes, task.things) if truth else None
