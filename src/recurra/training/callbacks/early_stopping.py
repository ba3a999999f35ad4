"""Stop when nothing improves any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.training.announce import announce
from recurra.training.callback import Callback
from recurra.training.limits import at_least
from recurra.training.monitor import Mode, Monitor
from recurra.training.weights import copy_weights

if TYPE_CHECKING:
    from recurra.training.loop import Trainer


class EarlyStopping(Callback):
    """Ends the training after `patience` epochs without improvement (Keras 3's rules).

    The first epoch never ends it. An epoch that improves on the best so far, but not on
    `baseline`, goes on counting towards `patience` and does not itself end the training.

    Args:
        monitor: The quantity to watch.
        min_delta: A change must exceed this to be an improvement.
        patience: Epochs without improvement that are borne, 0 or more; 0 stops like 1.
        verbose: 1 says so on stderr when it acts, 0 does not.
        mode: "min" if smaller is better, "max" if greater is, "auto" for a loss.
        baseline: A value to beat before `patience` starts afresh.
        restore_best_weights: Put the weights of the best epoch back when training ends, however
            it ends.
        start_from_epoch: Epochs to let pass before watching.

    Attributes:
        best: The best value so far, None before there is one.
        best_epoch: Its epoch, counted from 0.
        stopped_epoch: The epoch that ended the training, counted from 0; 0 if none did.

    Raises:
        OptionError: An argument is out of range, or (in training) the quantity is not measured.
    """

    best: float | None
    best_epoch: int
    stopped_epoch: int
    wait: int

    def __init__(  # noqa: PLR0917 - the order of arguments is Keras's
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: Mode = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        at_least(0, patience=patience, start_from_epoch=start_from_epoch)
        self.monitor = Monitor(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch

    def on_train_begin(self, trainer: Trainer) -> None:
        """Forgets a former training."""
        self.best = None
        self.best_epoch = 0
        self.stopped_epoch = 0
        self.wait = 0
        self._weights: dict[str, Any] | None = None

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Counts the epochs without improvement."""
        value = self.monitor.value(logs)
        if epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.monitor.is_better(value, self.best):
            self._improve(trainer, epoch, value)
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            trainer.stop_training = True

    def on_train_end(self, trainer: Trainer) -> None:
        """Puts the best weights back, if asked to."""
        if self.verbose and self.stopped_epoch:
            announce(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self._weights is None:
            return
        trainer.model.load_state_dict(self._weights)
        if self.verbose:
            announce(f"Weights of the best epoch, {self.best_epoch + 1}, are restored")

    def state_dict(self) -> dict[str, Any]:
        """What it counted, and the best weights."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "stopped_epoch": self.stopped_epoch,
            "wait": self.wait,
            "weights": self._weights,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on counting."""
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self.stopped_epoch, self.wait = state["stopped_epoch"], state["wait"]
        self._weights = state["weights"]

    def _improve(self, trainer: Trainer, epoch: int, value: float) -> None:
        # The weights first: an interrupt between the two must not part best from its weights.
        if self.restore_best_weights:
            self._weights = copy_weights(trainer.model)
        self.best, self.best_epoch = value, epoch
        if self.baseline is None or self.monitor.is_better(value, self.baseline):
            self.wait = 0
