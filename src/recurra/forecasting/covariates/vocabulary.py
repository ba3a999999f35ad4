"""The categories of a column, numbered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.covariates.cells import Categories

UNSEEN = 0
"""The code of what no training row had; an embedding keeps its vector at 0 (``padding_idx=0``)."""


@dataclass(frozen=True)
class Vocabulary:
    """The categories of one column, learned from training rows only.

    Attributes:
        name: The column.
        categories: Those of the training rows, in order of their text; the codes are 1, 2, ...
        missing: Whether training rows lacked one. An empty cell then is a category of its own,
            with the last code; if not, it has the code 0 like any other that was not seen.
    """

    name: str
    categories: tuple[str, ...]
    missing: bool = False

    @classmethod
    def learn(cls, name: str, found: Categories, trained: NDArray[np.int32]) -> Self:
        """Those of the training rows.

        Args:
            name: The column.
            found: All categories in it.
            trained: The places in ``found.texts`` at each training point, -1 where there is none.
        """
        present = np.unique(trained)
        texts = sorted(found.texts[place] for place in present.tolist() if place >= 0)
        return cls(name, tuple(texts), bool(len(present) and present[0] < 0))

    @property
    def size(self) -> int:
        """The rows of an embedding: all codes, 0 included."""
        return len(self.categories) + 1 + self.missing

    @property
    def code_of_missing(self) -> int:
        """What an empty cell is read as."""
        return self.size - 1 if self.missing else UNSEEN

    def codes(self, found: Categories) -> NDArray[np.int32]:
        """The code of each category of a column, and of an empty cell behind them, (C + 1,)."""
        numbered = {text: code for code, text in enumerate(self.categories, 1)}
        known = [numbered.get(text, UNSEEN) for text in found.texts]
        return np.array([*known, self.code_of_missing], np.int32)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "categories": list(self.categories), "missing": self.missing}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_json` gave."""
        return cls(str(data["name"]), tuple(data["categories"]), bool(data["missing"]))
