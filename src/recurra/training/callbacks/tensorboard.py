"""The quantities of a training as curves in TensorBoard."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.errors import OutputError
from recurra.libraries import library
from recurra.training.callback import Callback

if TYPE_CHECKING:
    from recurra.training.loop import Trainer

COUNT = itertools.count()
"""Of the files of this process: their names tell no more of the time than the second."""


class TensorBoard(Callback):
    """Writes every quantity of every epoch as a scalar, to be seen by ``tensorboard --logdir``.

    What callbacks before it add to the logs is written too, as
    :class:`recurra.diagnose.MemoryLog` does with gates, gradients and memory: put it behind them.
    Blanks in names become ``_``. Epochs count from 0. A training that goes on from a checkpoint
    writes a further file in the folder, from the epoch at which it goes on, which TensorBoard joins
    to the first; of epochs that come again it shows the later points alone.

    Args:
        log_dir: The folder, made if it is missing; a folder of its own for each run.

    Raises:
        OptionError: tensorboardX, which writes the files, is not installed.
        OutputError: In training: the folder cannot be written to.
    """

    first_only = True

    def __init__(self, log_dir: str | Path = "logs") -> None:
        self.log_dir = log_dir
        _writing()

    def on_train_begin(self, trainer: Trainer) -> None:
        """Opens a file in the folder."""
        try:
            self._writer = _writing().SummaryWriter(
                str(self.log_dir),
                purge_step=_again(trainer),
                filename_suffix=f".{os.getpid()}.{next(COUNT)}",
            )
        except OSError as error:
            raise OutputError(
                f"The log cannot be written to {self.log_dir}: {error.strerror}.",
                "a folder that can be made or written to",
                "another log_dir",
            ) from error

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Writes a point of each curve, which can be seen at once."""
        for name, value in logs.items():
            self._writer.add_scalar(name.replace(" ", "_"), float(value), epoch)
        self._writer.flush()

    def on_train_end(self, trainer: Trainer) -> None:
        """Closes the file."""
        self._writer.close()


def _again(trainer: Trainer) -> int | None:
    """The epoch at which a training goes on, which may have been written before it was killed."""
    at = trainer.position
    return at.epoch if at.epoch or at.step else None


def _writing() -> Any:
    return library(
        "tensorboardX", package="tensorboardX", use="the callback TensorBoard", extra="tensorboard"
    )
