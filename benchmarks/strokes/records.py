"""Finished runs, kept so that the command can be stopped and given again.

They do not know what data they were made of: for other data, remove the folder.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save

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
    if not place.exists():
        return None
    with safe_open(place, framework="pt") as file:
        told = json.loads(file.metadata()["run"])
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    curve = [(seen, held) for seen, held in told.pop("curve")]
    return Run(weights, curve=curve, **told)


def keep(folder: Path, plan: Plan, run: Run) -> None:
    """Writes a run, whole or not at all."""
    told = {"best": run.best, "curve": run.curve, "seconds": run.seconds}
    weights = {name: one.contiguous() for name, one in run.weights.items()}
    write(_place(folder, plan), save(weights, metadata={"run": json.dumps(told)}))


def _place(folder: Path, plan: Plan) -> Path:
    """Named by all that it depends on: another line of these files, another name."""
    beside = Path(__file__).parent
    parts = [(beside / f"{name}.py").read_text(encoding="utf-8") for name in SOURCES]
    parts += [repr(plan), *(version(name) for name in MEASURED_WITH)]
    mark = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return folder / f"{'with' if plan.sees else 'without'}-{plan.seed}-{mark}.safetensors"
