"""Digits written with a pen: which one eight points of its path are."""

from __future__ import annotations

import gzip
from pathlib import Path

import torch

from recurra import text_files
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences, Task

LEARNED, HELD_OUT = 2000, 500
"""Of the digits to learn from, those at even distances; the study is of an evening."""


def read(path: Path) -> Material:
    """Alimoglu & Alpaydin 1996: points (x, y) from 0 to 100, made -1 to 1; 10 classes.

    Args:
        path: The part to learn from; the test part lies beside it, its name with ``tes`` for
            ``tra``. Each line holds 16 numbers and the class: a digit, or ten figures of which one
            is 1.
    """
    beside = path.with_name(path.name.replace(".tra", ".tes"))
    given, test = _digits(path), _digits(beside)
    # Writers follow each other in the file: all are in both parts.
    chosen = torch.linspace(0, len(given) - 1, LEARNED + HELD_OUT).long().tolist()
    held = set(chosen[:: (LEARNED + HELD_OUT) // HELD_OUT])
    train = _some(given, [place for place in chosen if place not in held])
    validation = _some(given, sorted(held))
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
        note=(
            f"In the place of IAM's handwriting lines, which are licensed: {LEARNED:,} digits of "
            "eight points to learn from, all 3,498 of the test part to judge by."
        ),
    )


def _some(digits: Sequences, places: list[int]) -> Sequences:
    return Sequences([digits.x[place] for place in places], [digits.y[place] for place in places])


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
        "Pen digits: eight points of a digit's path, ten classes",
        "wrong",
        read,
        ("pendigits.tra.gz", "pendigits.tra"),
        "the UCI repository, Pen-Based Recognition of Handwritten Digits",
    )
}
