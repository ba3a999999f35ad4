"""The folder of a study: its declaration, its trials, its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra import atomic
from recurra.errors import OptionError, OutputError
from recurra.studies.declaration import Study
from recurra.studies.storage import FILE

MAY_GROW = ("trials", "seeds", "about")
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

    def begin(self, study: Study, *, resume: bool) -> None:
        """Makes the folder a study's, or checks that it is.

        Raises:
            OptionError: If it holds a study and is not to go on, or another study.
            OutputError: If it cannot be written to.
        """
        there = (self.path / FILE).exists()
        if there and not resume:
            raise OptionError(
                f"{self.path}, which holds the trials of a study",
                "a folder without any",
                "--resume goes on with it; or another place with --out",
            )
        told = json.loads(json.dumps(study.told()))
        if there and self.declared.exists():
            self._check_same(told)
        atomic.write(self.declared, (json.dumps(told, indent=1) + "\n").encode())

    def _check_same(self, told: Mapping[str, Any]) -> None:
        try:
            before = json.loads(self.declared.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise OutputError(
                f"{self.declared} cannot be read: {error}",
                "the declaration of the study whose trials are here",
                "remove it if you know that the study is the same; or another place with --out",
            ) from error
        differs = [
            name
            for name in told
            if name not in (*MAY_GROW, "tasks") and told[name] != before.get(name)
        ]
        if differs:
            name = differs[0]
            raise OptionError(
                f"a study whose {name} is {told[name]!r}, to go on with one in {self.path} whose "
                f"{name} is {before.get(name)!r}",
                "the same study; trials, seeds and tasks may be others",
                "another place with --out",
            )
