"""The run of a fit that may be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from recurra.training.checkpoints.checkpoint import Checkpoint


def run_of(
    checkpoint: Checkpoint | str | Path | None, key: Callable[[], Mapping[str, Any]]
) -> AbstractContextManager[Checkpoint | None]:
    """The run of a fit, to be entered; of none that is kept, None.

    Args:
        checkpoint: A folder, or a checkpoint in one.
        key: Tells what the fit is of, so that a checkpoint of another is told apart; asked only
            where there is something to keep.
    """
    if checkpoint is None:
        return nullcontext()
    given = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
    return given.of_run(key())
