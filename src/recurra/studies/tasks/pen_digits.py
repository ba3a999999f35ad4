"""Digits written with a pen: which one eight points of its path are."""

from __future__ import annotations

import gzip
from pathlib import Path

import torch

from recurra import text_files
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences, Task, commonest

HELD_OUT = 6
"""One in so many of the digits to learn from is held out."""


def read(path: Path) -> Material:
    """Alimoglu & Alpaydin 1996: points (x, y) from 0 to 100, made -1 to 1; 10 classes.

    Args:
        path: The part to learn from; the test part lies beside it, its name with ``tes`` for
            ``tra``. Each line holds 16 numbers and the class: a digit, or ten figures of which one
            is 1.
    """
    beside = path.with_name(path.name.replace(".tra", ".tes"))
    learned, test = _digits(path), _digits(beside)
    held = [place % HELD_OUT == HELD_OUT - 1 for place in range(len(learned))]
    train = Sequences(
        [x for x, out in zip(learned.x, held, strict=True) if not out],
        [y for y, out in zip(learned.y, held, strict=True) if not out],
    )
    validation = Sequences(
        [x for x, out in zip(learned.x, held, strict=True) if out],
        [y for y, out in zip(learned.y, held, strict=True) if out],
    )
    return Material(
        "pen-digits",
        "Pen digits",
        "class",
        2,
        10,
        train,
        validation,
        test,
        "wrong",
        commonest(train, test),
        note="In the place of IAM's handwriting lines, which are licensed: eight points a digit.",
    )


def _digits(path: Path) -> Sequences:
    text_files.check_there(path, "pen digits")
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")
    try:
        rows = [line.replace(" ", "").split(",") for line in lines if line.strip()]
        points = torch.tensor([[float(one) for one in row[:16]] for row in rows])
        classes = torch.tensor([_class(row[16]) for row in rows])
    except (ValueError, IndexError, RuntimeError) as error:
        raise DataError(f"{path} ({error})", "lines of 16 numbers and a class") from error
    return Sequences(list((points / 50 - 1).view(-1, 8, 2)), list(classes))


def _class(told: str) -> int:
    return told.index("1") if len(told) == 10 else int(told)


TASKS = {
    "pen-digits": Task(
        "Pen digits: 7,494 and 3,498 digits of eight points, ten classes",
        read,
        ("pendigits.tra.gz", "pendigits.tra"),
        "the UCI repository, Pen-Based Recognition of Handwritten Digits",
    )
}
