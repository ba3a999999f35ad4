"""How many classes are right, and which are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scores:
    """Answers held against the truth.

    Attributes:
        classes: C names, those of the model first.
        confusion: How often the truth (row) got an answer (column), (C, C).
        things: What was answered, as ``"texts"``.
    """

    classes: tuple[str, ...]
    confusion: NDArray[np.int64]
    things: str = "texts"

    @classmethod
    def of(
        cls,
        truth: Sequence[str],
        answers: Sequence[str],
        classes: Sequence[str],
        things: str = "texts",
    ) -> Scores:
        """Counts.

        Args:
            truth: The right classes, N of them, at least 1.
            answers: Those answered.
            classes: What the model can answer; classes of the truth that it cannot are added.
            things: What they are of.
        """
        names = tuple(dict.fromkeys([*classes, *sorted(set(truth) - set(classes))]))
        places = {name: place for place, name in enumerate(names)}
        confusion = np.zeros((len(names), len(names)), dtype=np.int64)
        np.add.at(confusion, ([places[t] for t in truth], [places[a] for a in answers]), 1)
        return cls(names, confusion, things)

    @property
    def count(self) -> int:
        """N, the things answered."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The share that is right, from 0 to 1."""
        return float(np.trace(self.confusion) / self.count)

    @property
    def majority(self) -> tuple[str, float]:
        """The most frequent class of the truth, and its share: what answering it always gets."""
        support = self.confusion.sum(1)
        return self.classes[int(support.argmax())], float(support.max() / self.count)

    @property
    def precision(self) -> NDArray[np.float64]:
        """Of the answers of each class, the share that is right, (C,); 0 where there is none."""
        return _share(np.diag(self.confusion), self.confusion.sum(0))

    @property
    def recall(self) -> NDArray[np.float64]:
        """Of each class, the share that is answered so, (C,); 0 where there is none."""
        return _share(np.diag(self.confusion), self.confusion.sum(1))

    @property
    def f1(self) -> NDArray[np.float64]:
        """The harmonic mean of the two, (C,)."""
        return _share(2 * np.diag(self.confusion), self.confusion.sum(0) + self.confusion.sum(1))

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the classes that occur in the truth or among the answers."""
        there = (self.confusion.sum(0) + self.confusion.sum(1)) > 0
        return float(self.f1[there].mean())

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        rows = zip(self.classes, self.precision, self.recall, self.f1, strict=True)
        support = self.confusion.sum(1)
        return {
            self.things: self.count,
            "accuracy": self.accuracy,
            "f1_macro": self.macro_f1,
            "majority": dict(zip(("class", "share"), self.majority, strict=True)),
            "classes": [
                {"class": name, "precision": p, "recall": r, "f1": f, self.things: int(n)}
                for (name, p, r, f), n in zip(rows, support, strict=True)
            ],
            "confusion": self.confusion.tolist(),
        }


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
