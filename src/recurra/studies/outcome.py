"""What came of a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Ended = Literal["all passes", "patience", "minutes", "pruned", "no number"]


@dataclass(frozen=True)
class Outcome:
    """What came of a trial; plain data, which a study keeps.

    Attributes:
        value: The loss on the held-out part at its best pass: what is chosen by, in nats an answer,
            or the mean squared error. Never above ``untrained``.
        validation: The task's figure on the held-out part, at that pass.
        test: The task's figure on the test part, with the weights of that pass.
        constant: The loss on the held-out part of an answer that reads nothing.
        untrained: The loss on the held-out part before it learned.
        curve: The loss on the held-out part after each pass.
        learned: The mean loss of each pass on what is learned from.
        ended: Why it ended.
        hidden_size: H.
        parameters: Of the recurrent layers.
        seconds: Of the training, held-out part and all.
        flops: Floating-point operations of the training; see :attr:`~.network.Network.flops`.
        lead: By how much its loss on the test part is below that of the task's plain answer, in
            standard errors of that difference over the sequences, as many as are as unlikely of
            many sequences; None where there is no such answer, or a single sequence.
    """

    value: float
    validation: float
    test: float
    constant: float
    untrained: float
    curve: Sequence[float]
    learned: Sequence[float]
    ended: Ended
    hidden_size: int
    parameters: int
    seconds: float
    flops: float
    lead: float | None = None

    @property
    def passes(self) -> int:
        """How many it learned."""
        return len(self.curve)

    def told(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "curve": list(self.curve), "learned": list(self.learned)}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The same again."""
        return cls(**told)
