"""The run of a fit that may be kept, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from recurra.errors import OutputError
from recurra.training.checkpoints.checkpoint import Checkpoint
from recurra.training.checkpoints.part import Part


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


def parts_of(checkpoint: Checkpoint | None, names: Sequence[str]) -> list[Part | None]:
    """The next parts of a run by what each is; of none that is kept, as often None."""
    return [None] * len(names) if checkpoint is None else checkpoint.parts(names)


@contextmanager
def opened(part: Part | None) -> Iterator[Checkpoint | None]:
    """A part of a run, in the process that learns it; of none that is kept, None.

    What is finished inside stays in its folder, so that whoever opens it again reads it.

    Raises:
        OutputError: If this process does not see the folder, or cannot write to it.
        CheckpointError: If what is in it is of another run.
    """
    if part is None:
        yield None
        return
    if not part.path.is_dir():
        raise OutputError(
            f"no folder {part.path} where a part of the run is learned",
            "a folder for the checkpoint that every process of the executor sees",
            "name one on a disk that its machines share, or leave the checkpoint out",
        )
    with Checkpoint.of_part(part) as run:
        yield run
        run.keep()
