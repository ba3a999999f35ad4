"""The finished runs as a file: a line of JSON each, appended when a run ends."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from settings import TASKS

from training import Plan, Run


@dataclass(frozen=True)
class Record:
    """A run that has been finished, and with what."""

    plan: Plan
    run: Run
    versions: dict[str, str]
    machine: str

    @property
    def is_of_today(self) -> bool:
        """Whether the task has the sizes that it had then."""
        return self.plan.task in TASKS and self.run.setting == repr(TASKS[self.plan.task])


def read(path: Path) -> list[Record]:
    """All finished runs; none where there is no file.

    A last line without an end is that of a run that was killed while it was written: it is told and
    left out, and the run is made again.
    """
    if not path.exists():
        return []
    *whole, rest = path.read_text(encoding="utf-8").split("\n")
    if rest:
        print(f"{path.name}: the last line was never finished and is left out")
        path.write_text("".join(line + "\n" for line in whole), encoding="utf-8")
    return [_record(json.loads(line)) for line in whole]


def append(path: Path, record: Record) -> None:
    """Adds a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")


def _record(kept: dict[str, Any]) -> Record:
    return Record(Plan(**kept["plan"]), Run(**kept["run"]), kept["versions"], kept["machine"])
