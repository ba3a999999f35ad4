"""Which words carried an answer: what becomes of it without each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.applications.words import Token, tokens


@dataclass(frozen=True)
class Carried:
    """An answer and its words.

    Attributes:
        text: The text.
        label: The likeliest class.
        probabilities: Of all classes, by name.
        words: The tokens that were read.
        weights: How much less probable the class is without each, from -1 to 1: above 0 the word
            speaks for it, below 0 against it.
    """

    text: str
    label: str
    probabilities: dict[str, float]
    words: tuple[Token, ...]
    weights: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data, the words as they stand in the text."""
        return {
            "text": self.text,
            "label": self.label,
            "probabilities": self.probabilities,
            "words": [
                {
                    "word": self.text[one.start : one.end],
                    "start": one.start,
                    "end": one.end,
                    "weight": w,
                }
                for one, w in zip(self.words, self.weights, strict=True)
            ],
        }


def carried(
    text: str,
    classes: Sequence[str],
    longest: int,
    probabilities: Callable[[Sequence[Sequence[str]]], NDArray[np.float32]],
) -> Carried:
    """Leaves out one token after the other: occlusion.

    Li, Monroe & Jurafsky 2016, "Understanding neural networks through representation erasure"
    (arXiv:1612.08220), section 3, with probabilities in place of their logarithms.

    Args:
        text: The text.
        classes: C names.
        longest: The most tokens that the model reads; only those are left out.
        probabilities: The model: the tokens of N texts to (N, C).
    """
    words = words_read(text, longest)
    read = [one.text for one in words]
    found = probabilities([read, *(read[:n] + read[n + 1 :] for n in range(len(read)))])
    label = int(found[0].argmax())
    return Carried(
        text,
        classes[label],
        {name: float(one) for name, one in zip(classes, found[0], strict=True)},
        words,
        tuple(float(one) for one in found[0, label] - found[1:, label]),
    )


def words_read(text: str, longest: int) -> tuple[Token, ...]:
    """The tokens of a text that a model reads: of a longer one the first half and the last.

    Args:
        text: The text.
        longest: The most tokens that are read.
    """
    words = tokens(text)
    if len(words) > longest:
        words = words[: longest - longest // 2] + words[len(words) - longest // 2 :]
    return tuple(words)
