"""Polyphonic music: which keys sound at the next step."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from recurra.applications.music import read_music
from recurra.applications.music.roll import KEYS
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences, Task


def read(title: str, name: str, path: Path) -> Material:
    """The next step's keys from those so far, of a .mat file of piano rolls in three parts.

    Boulanger-Lewandowski, Bengio & Vincent 2012 (arXiv:1206.6392); the first step of a piece is
    read and not foretold.
    """
    found = read_music(path)
    if not (found.validation and found.test):
        raise DataError(f"{path} without parts to choose by and to judge by", "three parts")
    parts = []
    for rolls in (found.train, found.validation, found.test):
        longer = [roll.float() for roll in rolls if len(roll) > 1]
        parts.append(Sequences([roll[:-1] for roll in longer], [roll[1:] for roll in longer]))
    train, validation, test = parts
    return Material(name, title, "keys", KEYS, KEYS, train, validation, test, "nats", batch_size=8)


SOURCE = "Boulanger-Lewandowski et al. 2012, the piano rolls as .mat, or in TCN's repository"

TASKS = {
    "jsb": Task(
        "JSB chorales: 229 chorales, 88 keys",
        "nats",
        partial(read, "JSB chorales", "jsb"),
        ("JSB_Chorales.mat",),
        SOURCE,
    ),
    "nottingham": Task(
        "Nottingham: 694 tunes, 88 keys",
        "nats",
        partial(read, "Nottingham", "nottingham"),
        ("Nottingham.mat",),
        SOURCE,
    ),
}
