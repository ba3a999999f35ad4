"""What the peers that train by Lightning have in common."""

from __future__ import annotations

import logging
import warnings
from contextlib import ExitStack
from typing import Any

from peers_told import Spent
from pytorch_lightning import Callback

QUIET = {
    "enable_progress_bar": False,
    "enable_checkpointing": False,
    "enable_model_summary": False,
    "logger": False,
    "accelerator": "cpu",
}
"""Settings of a trainer that writes nothing and shows nothing."""

TRAINING = Spent()
"""What all trainings of the process took."""

STEPS = [0]
"""The optimizer's steps of each training, after a 0: callbacks are copied, so they keep nothing."""


class Stopwatch(Callback):
    """Counts the seconds and the steps of a training."""

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Starts."""
        self._running = ExitStack()
        self._running.enter_context(TRAINING.counting())

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Stops."""
        self._running.close()
        STEPS.append(int(trainer.global_step))


def hush() -> None:
    """No word of what devices there are."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
