"""How far a training is, and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import rich.progress as bars
from rich.console import Console

from recurra.training.callback import Callback

if TYPE_CHECKING:
    from recurra.training.loop import Trainer

SECONDS_BETWEEN_DRAWINGS = 0.1


class Progress(Callback):
    """Shows the epoch, the losses of the last one and the time left, on stderr.

    The display is drawn at most ten times a second and by no thread of its own, so that a batch
    costs a look at the clock. Where stderr is no terminal only the last state is printed. A
    terminal that is gone costs the display and not the training.

    Args:
        console: Where to draw; None for stderr.
    """

    first_only = True

    def __init__(self, console: Console | None = None) -> None:
        self.console = console

    def on_train_begin(self, trainer: Trainer) -> None:
        """Draws an empty bar."""
        self._bars = _new_bars(self.console or Console(stderr=True))
        at = trainer.position
        self._done = at.epoch * trainer.steps + at.step
        self._drawn = time.monotonic()
        self._task = self._bars.add_task(
            f"epoch {at.epoch + bool(at.step)} of {trainer.epochs}",
            total=trainer.epochs * trainer.steps,
            completed=self._done,
            losses="",
        )
        _shown(self._bars.start)

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        """Names the epoch."""
        self._bars.update(self._task, description=f"epoch {epoch + 1} of {trainer.epochs}")

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Moves the bar on, if it has stood for long enough."""
        self._done += 1
        if time.monotonic() - self._drawn >= SECONDS_BETWEEN_DRAWINGS:
            self._draw()

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Shows the losses of the epoch."""
        losses = [f"{name} {logs[name]:.4g}" for name in ("loss", "val_loss") if name in logs]
        self._bars.update(self._task, losses=", ".join(losses))
        if time.monotonic() - self._drawn >= SECONDS_BETWEEN_DRAWINGS:
            self._draw()

    def on_train_end(self, trainer: Trainer) -> None:
        """Leaves the last state standing and gives the terminal back."""
        if trainer.stop_training:
            # Nothing is left to do, though not all epochs were run.
            self._bars.update(self._task, total=max(self._done, 1))
        self._draw()
        _shown(self._bars.stop)

    def _draw(self) -> None:
        self._bars.update(self._task, completed=self._done)
        _shown(self._bars.refresh)
        self._drawn = time.monotonic()


def _shown(draw: Callable[[], None]) -> None:
    with suppress(OSError):
        draw()


def _new_bars(console: Console) -> bars.Progress:
    return bars.Progress(
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TextColumn("{task.fields[losses]}"),
        bars.TimeRemainingColumn(),
        bars.TextColumn("left"),
        console=console,
        auto_refresh=False,
    )
