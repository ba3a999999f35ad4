"""What a job's fit is of, so that a checkpoint of another is told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from recurra.training import Checkpoint
from recurra.training.checkpoints.run import run_of


def kept_run(
    checkpoint: Checkpoint | str | Path | None, options: Mapping[str, Any], *texts: Iterable[str]
) -> AbstractContextManager[Checkpoint | None]:
    """The run of a fit, to be entered; of none that is kept, None.

    Args:
        checkpoint: A folder, or a checkpoint in one.
        options: Of the estimator, by name: plain data.
        texts: All that it learns from, such as texts and their classes, in order.
    """
    return run_of(checkpoint, lambda: {"data": digest(*texts), **options})


def digest(*texts: Iterable[str]) -> str:
    """Of all texts, which of them stand together and in what order."""
    found, count = hashlib.blake2b(digest_size=16), 0
    for some in texts:
        for one in some:
            content = one.encode("utf-8", "surrogatepass")
            found.update(f"{len(content)} ".encode() + content)
            count += 1
        found.update(b"|")
    return f"{count:,} texts ({found.hexdigest()})"
