"""Keep the weights of every epoch, or of the best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.errors import OptionError
from recurra.training.announce import announce
from recurra.training.callback import Callback
from recurra.training.distributed.ranks import is_first
from recurra.training.monitor import Mode, Monitor
from recurra.training.weights import copy_weights, write_weights

if TYPE_CHECKING:
    from recurra.training.loop import Trainer


class ModelCheckpoint(Callback):
    """Keeps weights in files, or the best in memory.

    With a `filepath`, an epoch's `state_dict` is written there as safetensors, whole or not at
    all. Without one, the best weights are kept in memory and put back into the model when
    training ends, however it ends.

    Args:
        filepath: Where to write. ``{epoch}`` (counted from 1) and the names of the logs may
            stand in it with a format: ``weights-{epoch:02d}-{val_loss:.4f}.safetensors``.
        monitor: The quantity that says which epoch is best.
        verbose: 1 says on stderr when weights are kept, 0 does not.
        save_best_only: Keep an epoch's weights only if it is the best so far.
        mode: "min" if smaller is better, "max" if greater is, "auto" for a loss.
        initial_value_threshold: A value that the first kept epoch must beat already.

    Attributes:
        best: With `save_best_only`, the best value so far (at first the threshold).
        best_epoch: Its epoch, counted from 0; None before there is one.

    Raises:
        OptionError: There is neither a `filepath` nor `save_best_only`; in training: the quantity
            is not measured, or `filepath` names something that is not.
        OutputError: In training: the file cannot be written.
    """

    best: float | None
    best_epoch: int | None

    def __init__(  # noqa: PLR0917 - the order of arguments is Keras's
        self,
        filepath: str | Path | None = None,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: Mode = "auto",
        initial_value_threshold: float | None = None,
    ) -> None:
        if filepath is None and not save_best_only:
            raise OptionError(
                "filepath is None and save_best_only is False.",
                "a filepath to write every epoch to, or save_best_only=True",
                "save_best_only=True to have the best weights put back when training ends",
            )
        self.filepath = filepath
        self.monitor = Monitor(monitor, mode)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.initial_value_threshold = initial_value_threshold

    def on_train_begin(self, trainer: Trainer) -> None:
        """Forgets a former training."""
        self.best = self.initial_value_threshold
        self.best_epoch = None
        self._weights: dict[str, Any] | None = None

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Keeps the weights, if they are to be kept."""
        if not self.save_best_only:
            self._keep(trainer, epoch, logs)
            return
        value = self.monitor.value(logs)
        if self.monitor.is_better(value, self.best):
            # The weights first: an interrupt between the two must not part best from them.
            self._keep(trainer, epoch, logs)
            self.best, self.best_epoch = value, epoch

    def on_train_end(self, trainer: Trainer) -> None:
        """Puts the best weights back, if they were kept in memory."""
        if self._weights is not None:
            trainer.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        """Which epoch was best, and its weights if they are in memory."""
        return {"best": self.best, "best_epoch": self.best_epoch, "weights": self._weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from there."""
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self._weights = state["weights"]

    def _keep(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        if self.filepath is None:
            self._weights = copy_weights(trainer.model)
            place = "memory"
        else:
            path = _fill_in(str(self.filepath), epoch, logs)
            if is_first():
                write_weights(trainer.model, path)
            place = str(path)
        if self.verbose:
            announce(f"Epoch {epoch + 1}: weights kept in {place}")


def _fill_in(filepath: str, epoch: int, logs: dict[str, float]) -> Path:
    try:
        return Path(filepath.format(**{**logs, "epoch": epoch + 1}))
    except (KeyError, IndexError, ValueError) as error:
        raise OptionError(
            f"filepath is {filepath!r}, which cannot be filled in ({error}).",
            f"in braces only epoch, {', '.join(sorted(logs))}",
            '"weights-{epoch:02d}.safetensors"; a brace that is meant is written twice',
        ) from error
