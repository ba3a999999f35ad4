"""One run: a cell, a task, a seed."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import torch
from reader import Reader
from settings import (
    BATCH_SIZE,
    CLIP_NORM,
    ENOUGH,
    EVERY,
    HELD_OUT,
    HELD_OUT_SEED,
    TASKS,
)

from recurra import Adam
from recurra.errors import CellError
from recurra.layers.chrono import chrono_
from recurra.studies.budget import hidden_size
from recurra.tasks import Batch, SequentialDigits, Task, accuracy
from recurra.training import Clip


@dataclass(frozen=True)
class Plan:
    """What makes a run what it is; one that has been run is not run again."""

    task: str
    cell: str
    seed: int
    budget: int
    minutes: float
    learning_rate: float


@dataclass
class Run:
    """What came of it.

    Attributes:
        setting: The task with its sizes.
        baseline: The loss of an answer that remembers nothing.
        units: H.
        parameters: Of the layer, and of layer and head.
        start: What the biases started from.
        steps: How many were taken.
        seconds: Their time, looking at the held-out examples left out.
        curve: Step, loss and, for classes, accuracy on the held-out examples.
        ended: "enough", "time", or "no number".
    """

    setting: str
    baseline: float
    units: int
    parameters: tuple[int, int]
    start: str
    steps: int = 0
    seconds: float = 0.0
    curve: list[tuple[int, float, float | None]] = field(default_factory=list)
    ended: str = "time"


def run(plan: Plan) -> Run:
    """Trains until the time is over or the task is more than solved."""
    task = TASKS[plan.task]
    torch.manual_seed(plan.seed)
    units = hidden_size(plan.cell, task.input_size, 1, plan.budget)
    model = Reader(task, plan.cell, units)
    start = _start(model, task)
    parameters = tuple(sum(p.numel() for p in m.parameters()) for m in (model.recurrent, model))
    result = Run(repr(task), task.baseline, units, parameters, start)
    _train(model, task, plan, result)
    return result


def _start(model: Reader, task: Task) -> str:
    """Memories as long as the task asks, where the cell has gates for them."""
    try:
        chrono_(model.recurrent, max(3, task.memory))
    except CellError:
        return "as the cell declares"
    return "chrono"


def _train(model: Reader, task: Task, plan: Plan, result: Run) -> None:
    optimizer, clip = Adam(model.parameters(), lr=plan.learning_rate), Clip(CLIP_NORM)
    held_out = _held_out(task)
    for batch in task.batches(BATCH_SIZE, plan.seed):
        begun = time.perf_counter()
        loss = task.loss(model(batch), batch.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step(clip=clip)
        result.seconds += time.perf_counter() - begun
        result.steps += 1
        late = result.seconds >= 60 * plan.minutes
        if (late or result.steps % EVERY == 0) and _ends(model, task, held_out, result):
            return
        if late:
            return


def _held_out(task: Task) -> Batch:
    apart = task.held_out()
    if isinstance(apart, SequentialDigits):
        return apart.pictures()
    return apart.draw(HELD_OUT, torch.Generator().manual_seed(HELD_OUT_SEED))


def _ends(model: Reader, task: Task, held_out: Batch, result: Run) -> bool:
    """Looks at the held-out examples; whether there is nothing more to learn."""
    with torch.no_grad():
        answers = model(held_out)
    loss = task.loss(answers, held_out.y).item()
    right = accuracy(answers, held_out.y) if task.classes else None
    if not math.isfinite(loss):
        result.ended = "no number"
        return True
    result.curve.append((result.steps, loss, right))
    if loss < ENOUGH * task.baseline:
        result.ended = "enough"
    return result.ended == "enough"
