"""What a fit is of, so that a checkpoint of another is told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from recurra.description import describe
from recurra.forecasting.panel import Panel
from recurra.language import Cell
from recurra.training import Checkpoint
from recurra.training.checkpoints.run import run_of

HERE, OTHERS = "this process", "other processes (--workers, executor=)"


def kept_run(
    checkpoint: Checkpoint | str | Path | None,
    options: Mapping[str, Any],
    panel: Panel,
    *,
    apart: bool = False,
) -> AbstractContextManager[Checkpoint | None]:
    """The run of a fit, to be entered; of none that is kept, None.

    Args:
        checkpoint: A folder, or a checkpoint in one.
        options: Of the forecaster, by name, among its other attributes.
        panel: What it learns from.
        apart: Whether other processes learn: their parts of the run are no one else's.
    """
    own = {name: value for name, value in options.items() if not name.endswith("_")}
    learner = OTHERS if apart else HERE
    return run_of(checkpoint, lambda: {"data": digest(panel), **_plain(own), "learner": learner})


def digest(panel: Panel) -> str:
    """Of all that is read of a panel: the series, their times and their further columns."""
    found = hashlib.blake2b(digest_size=16)
    found.update(f"{panel.frequency.code} {panel.columns}".encode())
    for one in panel.series:
        found.update(f"{one.id}\0{one.origin}\0{one.group}\0".encode())
        found.update(np.ascontiguousarray(one.values).data)
        found.update(np.ascontiguousarray(one.observed).data)
    for name, column in panel.further.table.items():
        found.update(f"{name} {column.dtype}".encode())
        found.update(column.hash(0).to_numpy().data)
    for places in (panel.further.places, panel.further.series, panel.further.steps):
        found.update(np.ascontiguousarray(places).data)
    points = sum(len(one.values) for one in panel.series)
    return f"{len(panel.series):,} series of {points:,} points ({found.hexdigest()})"


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as plain data; of callbacks the names, since their states are kept apart."""
    plain: dict[str, Any] = {}
    for name, value in options.items():
        if name.startswith("_"):
            continue
        if name == "callbacks" and not isinstance(value, str):
            plain[name] = [type(one).__name__ for one in value]
        else:
            plain[name] = describe(value) if isinstance(value, Cell) else _listed(value)
    return plain


def _listed(value: Any) -> Any:
    """Lists and tuples alike: both are taken, and mean the same."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [*value] if isinstance(value, list | tuple | range) else value
