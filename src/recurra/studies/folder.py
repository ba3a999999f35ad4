"""The folder of a study: its declaration, its trials, its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra import atomic
from recurra.errors import OptionError, OutputError
from recurra.options import whole
from recurra.studies.declaration import Study
from recurra.studies.storage import FILE

OTHERS = "trials_of_other_tasks"
"""Of tasks that are not asked for this time; they count when they are again."""

MAY_DIFFER = ("trials", "seeds", "about", "tasks", OTHERS)
"""What may be other when a study goes on: more of the same, and words."""


@dataclass(frozen=True)
class Folder:
    """Where a study is kept.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def declared(self) -> Path:
        """The declaration that the trials are of."""
        return self.path / "study.json"

    @property
    def running(self) -> Path:
        """Where trials at work keep themselves."""
        return self.path / "running"

    def begin(self, study: Study, *, resume: bool) -> Study:
        """Makes the folder a study's, or checks that it is; while its storage is held.

        Returns:
            The study as it goes on: with no fewer draws than it had, none of which is left out.

        Raises:
            OptionError: If it holds a study and is not to go on, or another study.
            OutputError: If it cannot be written to, or what it holds cannot be read.
        """
        journal = self.path / FILE
        there = journal.exists() and journal.stat().st_size > 0
        if there and not resume:
            raise OptionError(
                f"{self.path}, which holds the trials of a study",
                "a folder without any",
                "--resume goes on with it; or another place with --out",
            )
        before = self._before() if there and self.declared.exists() else {}
        grown, others = _grown(study, before)
        told = json.loads(json.dumps(grown.told()))
        if before:
            self._check_same(told, before)
            told |= {"data": before["data"]} if "data" in before else {}
        told |= {OTHERS: others} if others else {}
        atomic.write(self.declared, (json.dumps(told, indent=1) + "\n").encode())
        return grown

    def _before(self) -> dict[str, Any]:
        """What was declared when its trials were begun."""
        try:
            before: dict[str, Any] = json.loads(self.declared.read_text(encoding="utf-8"))
            for counts in (before["trials"], before.get(OTHERS, {})):
                for task, count in counts.items():
                    whole(f"trials of {task}", count, 1)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise OutputError(
                f"{self.declared} cannot be read: {error}",
                "the declaration of the study whose trials are here",
                "remove it if you know that the study is the same; or another place with --out",
            ) from error
        return before

    def _check_same(self, told: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        for name in dict.fromkeys([*told, *before]):
            # Of data nothing was said if none of the tasks was of any.
            known = name != "data" or (name in told and name in before)
            if name not in MAY_DIFFER and known and told.get(name) != before.get(name):
                raise OptionError(
                    f"a study {_whose(name, told)}, to go on with one in {self.path} "
                    f"{_whose(name, before)}",
                    "the same study; trials, seeds and tasks may be others",
                    "another place with --out",
                )


def _grown(study: Study, before: Mapping[str, Any]) -> tuple[Study, dict[str, int]]:
    """A study with no fewer draws than before, and what other tasks had."""
    counts = {**before.get(OTHERS, {}), **before.get("trials", {})}
    asked = {task: study.trials_of(task) for task in study.tasks}
    grown = {task: max(count, counts.get(task, 1)) for task, count in asked.items()}
    others = {task: count for task, count in counts.items() if task not in asked}
    return (study if grown == asked else study.changed(trials=grown)), others


def _whose(name: str, told: Mapping[str, Any]) -> str:
    return f"whose {name} is {told[name]!r}" if name in told else f"that names no {name}"
