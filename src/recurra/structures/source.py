"""What a decoder may look at: all that an encoder has read."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from recurra.structures.lengths import Lengths, live_steps


@dataclass(frozen=True, slots=True)
class Source:
    """A batch of sequences as an encoder leaves them.

    Attributes:
        values: The encoder's output at every step, (B, S, D).
        live: Whether each row has not yet ended at each step, (B, S); None if all have S.
        keys: What an attention made of the values, (B, S, K); None while it has not.
    """

    values: Tensor
    live: Tensor | None = None
    keys: Tensor | None = None

    @classmethod
    def of(cls, values: Tensor, lengths: Lengths | None) -> Source:
        """The output of an encoder on rows of these lengths."""
        return cls(values, None if lengths is None else live_steps(lengths, values))

    def select(self, rows: Tensor) -> Source:
        """The same for other rows, int64 (N,)."""
        return Source(*(_chosen(part, rows) for part in (self.values, self.live, self.keys)))  # type: ignore[arg-type]


def _chosen(part: Tensor | None, rows: Tensor) -> Tensor | None:
    return None if part is None else part.index_select(0, rows)
