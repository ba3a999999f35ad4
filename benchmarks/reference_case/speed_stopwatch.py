"""The seconds of each epoch, by Recurra's hooks."""

import time

from recurra import Callback, Trainer


class Stopwatch(Callback):
    """Keeps the seconds of each epoch, its validation included."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._start = 0.0

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        """Starts."""
        self._start = time.perf_counter()

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Stops."""
        self.seconds.append(time.perf_counter() - self._start)
