"""Texts with classes: which class each is of, read letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.tables import Labelled, read_labelled
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences
from recurra.studies.tasks.yours import judged_by, letters
from recurra.studies.tasks.yours.holding_out import Parts, dealt, own_test
from recurra.studies.tasks.yours.plain import with_plain

MOST = (1500, 300)
"""Texts that are learned from, and of each other part, at most."""

LONGEST = 120
"""Letters read of a text: the first half of them and the last."""


def read(path: Path, text: str | None = None, label: str | None = None) -> Material:
    """Texts as their letters, small ones for capitals, each a vector with a single 1.

    The job ``sentiment`` reads words; letters stand in for them, since they need no vocabulary.

    Args:
        path: A table of texts and classes. A file called ``...test...`` that lies beside one called
            ``...train...`` is the test part.
        text: The column of texts; None to find it.
        label: The column of classes; None to find it.

    Raises:
        DataError: If it cannot be read, there are too few, or all are of one class.
    """
    beside = own_test(path)
    found = [
        read_labelled(one, text=text, label=label) for one in (path, beside) if one is not None
    ]
    kept = [_kept(one) for one in found]
    pairs = [pair for part in kept for pair in part]
    classes = _classes(pairs, path)
    texts, places = [one for one, _ in pairs], [classes.index(name) for _, name in pairs]
    given = len(kept[1]) if beside else 0
    parts = dealt(texts, places, (), given=given, most=MOST, path=path)
    empty = sum(len(one.texts) for one in found) - len(pairs)
    said = [
        *(note for one in found for note in one.notes),
        *([f"{empty:,} empty texts are left out"] if empty else []),
        f"texts of {len(classes)} classes, read by letters, at most {LONGEST} of each: the first "
        "and the last",
        parts.told("texts", beside),
        *judged_by.told(len(parts.test), "texts", path),
    ]
    made = _material(texts, places, parts, len(classes), said)
    return replace(made, amount=len(kept[0]))


def _kept(found: Labelled) -> list[tuple[str, str]]:
    """Texts that are not empty, their middle cut out if they are long, with their classes."""
    pairs = zip(found.texts, found.labels, strict=True)
    return [(_cut(text.casefold()), name) for text, name in pairs if text.strip()]


def _cut(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else text[:half] + text[-half:]


def _classes(pairs: Sequence[tuple[str, str]], path: Path) -> list[str]:
    classes = sorted({name for _, name in pairs})
    if len(classes) < 2:
        given = f"all of the class {classes[0]!r}" if classes else "all empty"
        raise DataError(
            f"{path}, whose texts are {given}",
            "texts of at least two classes",
            "name the column of classes with --label-column",
        )
    return classes


def _material(
    texts: Sequence[str], places: Sequence[int], parts: Parts, classes: int, said: Sequence[str]
) -> Material:
    known = letters.common([texts[n] for n in parts.train])
    order = [*sorted(known), letters.OTHER]
    number = {letter: place for place, letter in enumerate(order)}
    read_as = {n: letters.only(texts[n], known) for n in parts.all}

    def shown(text: str) -> Tensor:
        return functional.one_hot(torch.tensor([number[one] for one in text]), len(order)).float()

    def some(numbers: Sequence[int]) -> Sequences:
        y = [torch.tensor(places[n]) for n in numbers]
        return Sequences([shown(read_as[n]) for n in numbers], y)

    note = "; ".join(dict.fromkeys([*said, *letters.told(list(read_as.values()))]))
    return with_plain(
        Material(
            "sentiment",
            "Classes of texts",
            "class",
            len(order),
            classes,
            some(parts.train),
            some(parts.validation),
            some(parts.test),
            "wrong",
            note=note,
        )
    )
