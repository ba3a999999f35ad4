"""Digits written with a pen: which one eight points of its path are."""

from __future__ import annotations

from pathlib import Path

import torch

from recurra import text_files
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences, Task

LEARNED, HELD_OUT = 2000, 500
"""Of the digits to learn from, those at even distances; the study is of an evening."""

FEWEST = 50
"""Digits to learn from and to choose by, at least."""


def read(path: Path) -> Material:
    """Alimoglu & Alpaydin 1996: points (x, y) from 0 to 100, made -1 to 1; 10 classes.

    Args:
        path: The part to learn from, ``.gz`` or not; the test part lies beside it, its name with
            ``.tes`` for ``.tra``. Each line holds 16 numbers and the class: a digit, or ten figures
            of which one is 1.

    Raises:
        DataError: If there is no test part, or one of them cannot be read, or there are too few.
    """
    given, test = _digits(path), _digits(_test_part(path))
    if len(given) < FEWEST:
        raise DataError(f"{path} of {len(given):,} digits", f"at least {FEWEST}")
    # Writers follow each other in the file: all are in both parts.
    spread = torch.linspace(0, len(given) - 1, LEARNED + HELD_OUT).long().tolist()
    chosen = sorted(set(spread))
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
            f"In the place of IAM's handwriting lines, which are licensed: {len(train):,} digits "
            f"of eight points to learn from, all {len(test):,} of the test part to judge by."
        ),
    )


def _some(digits: Sequences, places: list[int]) -> Sequences:
    return Sequences([digits.x[place] for place in places], [digits.y[place] for place in places])


def _test_part(path: Path) -> Path:
    """What is judged by, which is never what is learned from."""
    beside = path.with_name(path.name.replace(".tra", ".tes"))
    if beside == path:
        raise DataError(
            f"{path}, whose name does not tell where its test part lies",
            "a file called ...tra or ...tra.gz, beside one called ...tes",
            "call the two pendigits.tra and pendigits.tes",
        )
    return beside


def _digits(path: Path) -> Sequences:
    text_files.check_there(path, "pen digits")
    lines = text_files.decoded(text_files.content(path), path, "pen digits").splitlines()
    try:
        rows = [line.replace(" ", "").split(",") for line in lines if line.strip()]
        points = torch.tensor([[float(one) for one in row[:16]] for row in rows])
        if not points.isfinite().all():
            raise ValueError("a point that is no number")
        classes = torch.tensor([_class(row[16]) for row in rows])
        return Sequences(list((points / 50 - 1).view(-1, 8, 2)), list(classes))
    except (ValueError, IndexError, RuntimeError) as error:
        raise DataError(f"{path} ({error})", "lines of 16 numbers and a class") from error


def _class(told: str) -> int:
    found = told.index("1") if len(told) == 10 else int(told)
    if not 0 <= found < 10:
        raise ValueError(f"the class {told}")
    return found


TASKS = {
    "pen-digits": Task(
        "Pen digits: eight points of a digit's path, ten classes",
        "wrong",
        read,
        ("pendigits.tra.gz", "pendigits.tra"),
        "the UCI repository, Pen-Based Recognition of Handwritten Digits",
    )
}
