"""Texts with classes: which class each is of, read letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.tables import read_labelled
from recurra.errors import DataError
from recurra.studies.material import Material, Sequences
from recurra.studies.tasks.yours import letters
from recurra.studies.tasks.yours.holding_out import dealt, own_test
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
    kept = [
        [
            (_cut(said), name)
            for said, name in zip(one.texts, one.labels, strict=True)
            if said.strip()
        ]
        for one in found
    ]
    pairs = [pair for part in kept for pair in part]
    classes = sorted({name for _, name in pairs})
    if len(classes) < 2:
        raise DataError(
            f"{path}, whose texts are all of the class {classes[0]!r}"
            if classes
            else f"{path}, whose texts are all empty",
            "texts of at least two classes",
            "name the column of classes with --label-column",
        )
    texts, places = [one for one, _ in pairs], [classes.index(name) for _, name in pairs]
    given = len(kept[1]) if beside else 0
    parts = dealt(texts, places, (), given=given, most=MOST, path=path)
    known = letters.common([texts[n] for n in parts.train])
    read_as = [letters.only(one, known) for one in texts]
    order = [*sorted(known), letters.OTHER]
    numbers = (parts.train, parts.validation, parts.test)
    train, validation, test = (_sequences(some, read_as, places, order) for some in numbers)
    empty = sum(len(one.texts) for one in found) - len(pairs)
    said = [
        *(note for one in found for note in one.notes),
        *([f"{empty:,} empty texts are left out"] if empty else []),
        *letters.told([read_as[n] for some in numbers for n in some]),
        f"texts of {len(classes)} classes, read by letters, at most {LONGEST} of each: the first "
        "and the last",
        parts.told("texts") + (f", which are of {beside.name}" if beside else ""),
    ]
    return with_plain(
        Material(
            "sentiment",
            "Classes of texts",
            "class",
            len(order),
            len(classes),
            train,
            validation,
            test,
            "wrong",
            note="; ".join(dict.fromkeys(said)),
        )
    )


def _cut(text: str) -> str:
    small = text.casefold()
    half = LONGEST // 2
    return small if len(small) <= LONGEST else small[:half] + small[-half:]


def _sequences(
    some: Sequence[int], texts: Sequence[str], places: Sequence[int], order: Sequence[str]
) -> Sequences:
    number = {letter: place for place, letter in enumerate(order)}

    def shown(text: str) -> Tensor:
        return functional.one_hot(torch.tensor([number[one] for one in text]), len(order)).float()

    return Sequences([shown(texts[n]) for n in some], [torch.tensor(places[n]) for n in some])
