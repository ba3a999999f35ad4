"""The results as a file: one JSON, a record a part, into which each run of a part is merged."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from figures import Row


@dataclass(frozen=True)
class Record:
    """What a part has found.

    Attributes:
        rounds: How many were asked for.
        machine: What it was measured on.
        versions: And with.
        rows: The figures.
    """

    rounds: int
    machine: dict[str, Any]
    versions: dict[str, str]
    rows: list[Row]


def read(path: Path) -> dict[str, Record]:
    """The records by their parts; none where there is no file."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {name: Record(**record) for name, record in kept.items()}


def merge(path: Path, part: str, record: Record) -> dict[str, Record]:
    """Puts a part's record in the place of its last one, and gives all."""
    records = read(path) | {part: record}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({name: asdict(one) for name, one in sorted(records.items())}, indent=1)
    beside = path.with_suffix(".new")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)
    return records
