"""A smaller learning rate when nothing improves any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.training.announce import announce
from recurra.training.callback import Callback
from recurra.training.limits import at_least, fraction, positive
from recurra.training.monitor import Mode, Monitor

if TYPE_CHECKING:
    from recurra.training.loop import Trainer


class ReduceLROnPlateau(Callback):
    """Multiplies the learning rate by `factor` after `patience` epochs without improvement.

    Keras 3's rules. Every parameter group of the optimizer is reduced.

    Args:
        monitor: The quantity to watch.
        factor: What the learning rate is multiplied by, above 0 and below 1.
        patience: Epochs without improvement before it acts, 0 or more; 0 acts like 1.
        verbose: 1 says so on stderr when it acts, 0 does not.
        mode: "min" if smaller is better, "max" if greater is, "auto" for a loss.
        min_delta: A change must exceed this to be an improvement.
        cooldown: Epochs after a reduction in which nothing is counted, 0 or more.
        min_lr: The learning rate is never reduced below this, 0 or more.

    Raises:
        OptionError: An argument is out of range, or (in training) the quantity is not measured.
    """

    best: float | None
    wait: int
    cooldown_counter: int

    def __init__(  # noqa: PLR0917 - the order of arguments is Keras's
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: Mode = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        positive(factor=factor)
        fraction(factor=factor)
        at_least(0, patience=patience, cooldown=cooldown, min_lr=min_lr)
        self.monitor = Monitor(monitor, mode, min_delta)
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr

    def on_train_begin(self, trainer: Trainer) -> None:
        """Forgets a former training."""
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Counts the epochs without improvement."""
        value = self.monitor.value(logs)
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
        if self.monitor.is_better(value, self.best):
            self.best = value
            self.wait = 0
        elif self.cooldown_counter == 0:
            self._wait_longer(trainer, epoch)

    def state_dict(self) -> dict[str, Any]:
        """What it counted; the rates are the optimizer's."""
        return {"best": self.best, "wait": self.wait, "cooldown": self.cooldown_counter}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on counting."""
        self.best, self.wait = state["best"], state["wait"]
        self.cooldown_counter = state["cooldown"]

    def _wait_longer(self, trainer: Trainer, epoch: int) -> None:
        self.wait += 1
        if self.wait < self.patience:
            return
        groups = [g for g in trainer.optimizer.param_groups if float(g["lr"]) > self.min_lr]
        for group in groups:
            group["lr"] = max(float(group["lr"]) * self.factor, self.min_lr)
        if groups:
            self.wait = 0
            self.cooldown_counter = self.cooldown
            if self.verbose:
                announce(f"Epoch {epoch + 1}: learning rate reduced to {groups[0]['lr']:g}")
