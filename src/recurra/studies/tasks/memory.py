"""The long-memory tasks, in a size for an evening."""

from __future__ import annotations

from functools import partial

import torch

from recurra import tasks
from recurra.studies.material import Answer, Material, Sequences, Shown, Task

LEARNED, HELD_OUT = 4000, 500
SEED = 1997
SHOWN: dict[Answer, Shown] = {"symbols": "nats", "class": "wrong", "number": "mse"}


def make(name: str, title: str, task: tasks.Task) -> Material:
    """Examples drawn once, the same for every cell."""
    generator, answer = torch.Generator().manual_seed(SEED), _answer(task)
    train, validation, test = (
        _sequences(task.draw(count, generator), each_step=answer == "symbols")
        for count in (LEARNED, HELD_OUT, HELD_OUT)
    )
    return Material(
        name,
        title,
        answer,
        task.input_size,
        task.output_size,
        train,
        validation,
        test,
        SHOWN[answer],
        note=f"{LEARNED:,} examples to learn from.",
    )


def _answer(task: tasks.Task) -> Answer:
    if task.structure == "each to each":
        return "symbols"
    return "class" if task.classes else "number"


def _sequences(batch: tasks.Batch, *, each_step: bool) -> Sequences:
    lengths = [batch.x.shape[1]] * len(batch.x) if batch.lengths is None else batch.lengths.tolist()
    x = [row[:end] for row, end in zip(batch.x, lengths, strict=True)]
    y = [row[:end] if each_step else row for row, end in zip(batch.y, lengths, strict=True)]
    return Sequences(x, y)


def _task(name: str, title: str, task: tasks.Task) -> Task:
    return Task(title, SHOWN[_answer(task)], partial(make, name, title, task))


TASKS = {
    "adding-50": _task("adding-50", "Adding, 50 steps", tasks.Adding(50)),
    "adding-100": _task("adding-100", "Adding, 100 steps", tasks.Adding(100)),
    "copying-20": _task("copying-20", "Copying, 20 steps", tasks.Copying(20)),
    "temporal-order-50": _task(
        "temporal-order-50", "Temporal order, 50 steps", tasks.TemporalOrder(50)
    ),
    "parity-20": _task("parity-20", "Parity, 20 steps", tasks.Parity(20)),
}
