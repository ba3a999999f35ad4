"""Short trainings that use all that a state is made of: what the tests stop and kill.

As a program: ``checkpoint_program.py by_steps FOLDER [SECONDS]`` trains with a checkpoint in the
folder, says when it begins and, if it comes to its end, how it ended.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from recurra.tasks import Adding, OnTheFly
from recurra.training import (
    Adam,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    ModelCheckpoint,
    Progress,
    ReduceLROnPlateau,
    RMSprop,
    StepTrainer,
    Trainer,
)


def network(width: int = 5) -> nn.Module:
    """With dropout, so that chance goes on as well."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, width), nn.Dropout(0.3), nn.Linear(width, 1))


def digest(model: nn.Module, history: History) -> str:
    """Of every bit of the weights, and of what was measured."""
    found = hashlib.sha256()
    for name, value in model.state_dict().items():
        found.update(name.encode() + value.numpy().tobytes())
    found.update(repr((history.epoch, history.history, history.stopped)).encode())
    return found.hexdigest()


def by_epochs(
    checkpoint: Checkpoint | None, *callbacks: Callback, epochs: int = 9, width: int = 5
) -> str:
    """``Trainer`` with every callback that has a state; it stops early."""
    model = network(width)
    x = torch.randn(100, 3, generator=torch.Generator().manual_seed(1))
    y = x.sum(1, keepdim=True)
    trainer = Trainer(
        model,
        nn.functional.mse_loss,
        RMSprop(model.parameters(), lr=0.01),
        callbacks=[
            EarlyStopping(patience=2, restore_best_weights=True),
            ModelCheckpoint(save_best_only=True),
            ReduceLROnPlateau(patience=1),
            *callbacks,
        ],
        clip_norm=1.0,
    )
    train, held_out = (x[:80], y[:80]), (x[80:], y[80:])
    history = trainer.fit(train, held_out, epochs, batch_size=7, checkpoint=checkpoint)
    return digest(model, history)


def by_steps(
    checkpoint: Checkpoint | None, *callbacks: Callback, length: int = 60, width: int = 5
) -> str:
    """``StepTrainer`` with a judge, so that averages are kept, on a plain generator."""
    model = network(width)
    held_out = torch.ones(4, 3)

    @torch.no_grad()
    def judge() -> float:
        return float((model(held_out) - 3).abs().mean())

    def batches() -> Iterator[Tensor]:
        generator = torch.Generator().manual_seed(0)
        while True:
            yield torch.randn(16, 3, generator=generator)

    trainer: StepTrainer[Tensor] = StepTrainer(
        model,
        lambda x: nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)),
        Adam(model.parameters(), lr=0.01),
        length,
        looks=5,
        judge=judge,
        callbacks=callbacks,
    )
    return digest(model, trainer.fit(batches(), checkpoint=checkpoint))


def on_the_fly(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
    """``Trainer`` on examples that are drawn anew each time."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(20, 1))
    trainer = Trainer(
        model, nn.functional.mse_loss, Adam(model.parameters(), lr=0.01), callbacks=callbacks
    )
    history = trainer.fit(OnTheFly(Adding(10), 70), epochs=6, batch_size=7, checkpoint=checkpoint)
    return digest(model, history)


def says(word: str) -> None:
    """Past what a display may have put in the place of stdout."""
    os.write(1, f"{word}\n".encode())


class Slowly(Callback):
    """Gives a kill the time to find the training at work."""

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Waits, after a word at the first step."""
        if not trainer.position.epoch and step == 0:
            says("begins")
        time.sleep(0.005)


def by_steps_shown(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
    """With a display on stderr, and a word when it was drawn often enough."""

    class Drawn(Callback):
        def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
            time.sleep(0.05)
            if trainer.position.epoch == 1 and step == 0:
                says("shown")

    return by_steps(checkpoint, Progress(), *callbacks, Drawn())


if __name__ == "__main__":
    name, folder, *every = sys.argv[1:]
    if list(Path(folder).glob("training-*")):
        says("begins")
    kept = Checkpoint(folder, every=float(every[0]) if every else 1e-9, verbose=0)
    found = {"by_steps": by_steps, "by_steps_shown": by_steps_shown}[name](kept, Slowly())
    stopped = "interrupted" if kept.exists else "finished"
    sys.stdout.write(f"{stopped} {found}\n")
