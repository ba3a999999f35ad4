"""Pieces of music from a folder of MIDI files, one of them, or a .mat file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from torch import Tensor

from recurra import text_files
from recurra.applications.music.mat_file import read_mat
from recurra.applications.music.midi_file import Tune, read_midi
from recurra.applications.music.quantising import fit_of, grid_of, quantised
from recurra.applications.music.roll import Grid
from recurra.errors import DataError

SUFFIXES = (".mid", ".midi", ".mid.gz", ".midi.gz")
MAT = (".mat", ".mat.gz")

FOLDERS = {
    "train": ("train", "training"),
    "validation": ("valid", "validation", "val", "dev"),
    "test": ("test",),
}
"""What folders of a split that is given are called."""


@dataclass(frozen=True)
class Music:
    """Pieces to learn from, and those of a split if one is given.

    Attributes:
        train: To learn from, or all if no split is given; uint8 (T, 88) each.
        validation: To choose by; empty if not given.
        test: To judge by; empty if not given.
        grid: What a step is.
        notes: What was found, guessed, repaired or left out.
    """

    train: list[Tensor]
    validation: list[Tensor]
    test: list[Tensor]
    grid: Grid
    notes: tuple[str, ...]

    @property
    def all(self) -> list[Tensor]:
        """The pieces of all parts."""
        return [*self.train, *self.validation, *self.test]


def read_music(path: str | Path, *, steps: int | None = None) -> Music:
    """Reads pieces of music, and says what it found.

    Args:
        path: A folder, whose files that end in .mid or .midi (also .gz) are read, those of folders
            in it too; where it has folders called ``train``, ``valid`` and ``test``, these are the
            parts. Or one such file. Or a .mat file with cells ``traindata``, ``validdata`` and
            ``testdata`` of piano rolls (T, 88).
        steps: Steps a quarter; None for the coarsest grid that the notes of MIDI files are on, and
            for 2 with a .mat file, which does not tell.

    Raises:
        DataError: If nothing can be read.
        OptionError: If mido or scipy is needed and not installed, or ``steps`` is not among 1, 2,
            3, 4, 6, 8 and 12.
    """
    path = Path(path)
    if path.name.lower().endswith(MAT):
        text_files.check_there(path, "piano rolls")
        return _of_mat(path, steps)
    found = _Found()
    tunes = {part: found.read(files) for part, files in _parts(path, found).items()}
    if not any(tunes.values()):
        raise found.nothing(path)
    return found.music(tunes, steps)


def read_start(path: str | Path, grid: Grid) -> tuple[Tensor, tuple[str, ...]]:
    """A MIDI file as a roll on a given grid, uint8 (T, 88), and what was repaired.

    Raises:
        DataError: If it cannot be read, or holds no note of a piano.
        OptionError: If mido is not installed.
    """
    path = Path(path)
    text_files.check_there(path, "music, in MIDI")
    found = _Found()
    tunes = found.read([path])
    if not tunes:
        raise found.nothing(path)
    music = found.music({"train": tunes}, grid.steps)
    return music.train[0], music.notes


def _of_mat(path: Path, steps: int | None) -> Music:
    parts = read_mat(path)
    notes = [f"{_pieces(pieces)} for {part}" for part, pieces in parts.items()]
    if steps is None:
        notes.append(
            "the file does not tell how long a step is: half a quarter is taken, which matters "
            "only for the MIDI files that are written and read"
        )
    train, validation, test = (parts.get(part, []) for part in FOLDERS)
    if not train:
        raise DataError(f"{path}, in which no piece is to learn from", "at least one piece")
    return Music(train, validation, test, Grid(steps or Grid().steps), tuple(notes))


def _parts(path: Path, found: _Found) -> dict[str, list[Path]]:
    """The files of each part; without a split all are of training."""
    if not path.is_dir():
        text_files.check_there(path, "music: MIDI or .mat")
        return {"train": [path]}
    given = {
        part: [path / name for name in names if (path / name).is_dir()]
        for part, names in FOLDERS.items()
    }
    if not given["train"]:
        return {"train": found.listed([path])}
    return {part: found.listed(folders) for part, folders in given.items()}


@dataclass
class _Found:
    """What comes of reading files."""

    repairs: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    files: int = 0
    others: int = 0

    def listed(self, folders: Iterable[Path]) -> list[Path]:
        """The MIDI files in folders, in the order of their paths."""
        files = sorted(one for folder in folders for one in folder.rglob("*") if one.is_file())
        chosen = [one for one in files if one.name.lower().endswith(SUFFIXES)]
        self.others += len(files) - len(chosen)
        return chosen

    def read(self, files: Sequence[Path]) -> list[Tune]:
        """What is played in those that can be read."""
        tunes = []
        for path in files:
            self.files += 1
            try:
                tune = read_midi(text_files.content(path))
            except DataError as error:
                self.broken.append(f"{path.name}: {error.given}")
                continue
            self.repairs.update(tune.repairs)
            if tune.notes:
                tunes.append(tune)
            else:
                self.silent.append(path.name)
        return tunes

    def nothing(self, path: Path) -> DataError:
        """That there is no music at all, and why."""
        why = [
            *self._left,
            *(f"{count:,} {what}" for what, count in self.repairs.items() if count),
        ]
        return DataError(
            f"{path} holds no music that can be learned from"
            + (f": {'; '.join(why)}." if why else "."),
            "MIDI files (.mid, .midi) with notes of a piano's keys, or a .mat file of piano rolls",
        )

    def music(self, tunes: dict[str, list[Tune]], steps: int | None) -> Music:
        """The rolls of what is played, on one grid."""
        everything = [tune for part in tunes.values() for tune in part]
        begins = np.array([note.begin for tune in everything for note in tune.notes])
        fit = grid_of(begins) if steps is None else fit_of(begins, steps)
        tempo = float(np.median([tune.tempo for tune in everything]))
        rolls = {part: self._rolls(some, fit.steps) for part, some in tunes.items()}
        notes = [
            *self._counted(rolls),
            fit.note(wished=steps is not None),
            *self._left,
            *(f"{count:,} {what}" for what, count in self.repairs.items() if count),
            *_tempos(everything),
        ]
        parts = [rolls.get(part, []) for part in FOLDERS]
        return Music(parts[0], parts[1], parts[2], Grid(fit.steps, tempo), tuple(notes))

    def _rolls(self, tunes: Sequence[Tune], steps: int) -> list[Tensor]:
        rolls = []
        for tune in tunes:
            try:
                rolls.append(quantised(tune.notes, steps))
            except DataError as error:
                self.broken.append(error.given)
        return rolls

    def _counted(self, rolls: dict[str, list[Tensor]]) -> list[str]:
        return [
            _pieces(some) + (f" for {part}" if len(rolls) > 1 else "")
            for part, some in rolls.items()
        ]

    @property
    def _left(self) -> list[str]:
        """Files that are left out."""
        notes = []
        if self.broken:
            notes.append(
                f"{len(self.broken):,} of {self.files:,} files cannot be read: left out, the first "
                f"{self.broken[0]}"
            )
        if self.silent:
            notes.append(
                f"{len(self.silent):,} of {self.files:,} files have no note of a piano's keys: "
                f"left out, the first {self.silent[0]}"
            )
        if self.others:
            notes.append(f"{self.others:,} files have names that do not end in .mid: left out")
        return notes


def _pieces(rolls: Sequence[Tensor]) -> str:
    """As "60 pieces of 2,760 steps"."""
    count = "1 piece" if len(rolls) == 1 else f"{len(rolls):,} pieces"
    return f"{count} of {sum(map(len, rolls)):,} steps"


def _tempos(tunes: Sequence[Tune]) -> list[str]:
    changing = sum(tune.tempos > 1 for tune in tunes)
    if not changing:
        return []
    return [f"{changing:,} files change their tempo: steps follow the beat, so do not change"]
