"""Finished runs, kept so that the command can be stopped and given again.

They do not know what data they were made of: for other data, remove the folder.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import torch

from recurra.atomic import write
from training import Plan, Run

SOURCES = (
    "augment",
    "drawings",
    "glimpses",
    "model",
    "scores",
    "sequences",
    "split",
    "training",
)
MEASURED_WITH = ("recurra", "torch")


def kept(folder: Path, plan: Plan) -> Run | None:
    """A run that was made before by the same program and settings; None if none was."""
    place = _place(folder, plan)
    return Run(**torch.load(place, weights_only=True)) if place.exists() else None


def keep(folder: Path, plan: Plan, run: Run) -> None:
    """Writes a run, whole or not at all."""
    content = io.BytesIO()
    torch.save(asdict(run), content)
    write(_place(folder, plan), content.getvalue())


def _place(folder: Path, plan: Plan) -> Path:
    """Named by all that it depends on: another line of these files, another name."""
    beside = Path(__file__).parent
    parts = [(beside / f"{name}.py").read_text(encoding="utf-8") for name in SOURCES]
    parts += [repr(plan), *(version(name) for name in MEASURED_WITH)]
    mark = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return folder / f"{'with' if plan.sees else 'without'}-{plan.seed}-{mark}.pt"
