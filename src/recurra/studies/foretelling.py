"""Sequences of symbols, each to be foretold from those before it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from recurra.studies.material import UNASKED, Material, Sequences


def foretelling(
    name: str,
    title: str,
    parts: Sequence[Sequence[str]],
    *,
    asked: str = "",
    batch_size: int = 32,
    note: str = "",
) -> Material:
    """Texts as a task.

    Args:
        name: Of the task.
        title: In a few words.
        parts: Texts to learn from, to choose by and to judge by; each of at least 2 symbols.
        asked: What is foretold begins behind this symbol; empty to foretell all.
        batch_size: See :class:`Material`.
        note: See :class:`Material`.
    """
    symbols = sorted({letter for part in parts for text in part for letter in text})
    numbers = {letter: place for place, letter in enumerate(symbols)}
    train, validation, test = (_sequences(part, numbers, asked) for part in parts)
    return Material(
        name,
        title,
        "symbols",
        len(symbols),
        len(symbols),
        train,
        validation,
        test,
        "nats",
        batch_size=batch_size,
        note=note,
    )


def _sequences(texts: Sequence[str], numbers: dict[str, int], asked: str) -> Sequences:
    x, y = [], []
    for text in texts:
        places = torch.tensor([numbers[letter] for letter in text])
        x.append(functional.one_hot(places[:-1], len(numbers)).float())
        answers = places[1:].clone()
        if asked:
            answers[: text.index(asked)] = UNASKED
        y.append(answers)
    return Sequences(x, y)
