"""Giving a trial up that is worse than most were at its stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recurra.studies.library import optuna
from recurra.training import Callback

if TYPE_CHECKING:
    from recurra.training import Trainer

UNPRUNED = 5
"""Whole trials before one may be given up."""

WARMUP = 3
"""Passes before one may be given up."""


class MedianRule(Callback):
    """Ends a trial whose best is worse than the median of others at the same pass.

    Golovin et al. 2017, "Google Vizier", 3.2.2, in optuna's form. It knows the trials that had
    ended when this one began, and no others, so that it needs no word from elsewhere.

    Args:
        before: The curves of those.

    Attributes:
        acted: Whether it ended the trial.
    """

    def __init__(self, before: Sequence[Sequence[float]]) -> None:
        whole = [curve for curve in before if curve]
        self.acted = False
        self._seen: dict[int, float] = {}
        self._trial = _asked(whole) if len(whole) >= UNPRUNED else None

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Compares."""
        if self._trial is None:
            return
        self._seen[epoch] = logs["val_loss"]
        self._trial.report(logs["val_loss"], epoch)
        if self._trial.should_prune():
            self.acted = trainer.stop_training = True

    def state_dict(self) -> dict[str, Any]:
        """What it saw of this trial."""
        return {"acted": self.acted, "seen": [list(pair) for pair in self._seen.items()]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from it."""
        self.acted, self._seen = state["acted"], {int(e): v for e, v in state["seen"]}
        if self._trial is not None:
            for epoch, value in self._seen.items():
                self._trial.report(value, epoch)


def _asked(before: Sequence[Sequence[float]]) -> Any:
    """A trial of optuna, in memory, after those that ended."""
    module = optuna()
    study = module.create_study(
        pruner=module.pruners.MedianPruner(UNPRUNED, WARMUP, n_min_trials=UNPRUNED)
    )
    for curve in before:
        done = module.trial.create_trial(
            value=min(curve), intermediate_values=dict(enumerate(curve))
        )
        study.add_trial(done)
    return study.ask()
