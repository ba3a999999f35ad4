"""What a long-memory task is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import torch
from torch import Tensor

from recurra.options import whole


class Batch(NamedTuple):
    """Examples drawn from a task.

    Attributes:
        x: The inputs, (B, T, I), float32.
        y: The targets: as the task says.
        lengths: How many steps each row has, (B,) int64; None if all have T.
    """

    x: Tensor
    y: Tensor
    lengths: Tensor | None = None


@dataclass(frozen=True)
class Task(ABC):
    """A source of examples without end, and the loss that judges the answers to them.

    What it draws depends on the generator alone: the same seed gives the same bits. Tensors lie on
    the CPU.
    """

    structure: ClassVar[Literal["many to one", "each to each"]] = "many to one"
    """``"many to one"``: one answer (B, O), after the last step of each row. ``"each to each"``: an
    answer at every step, (B, T, O)."""

    classes: ClassVar[bool] = True
    """Whether targets are classes, int64, and answers their scores (logits)."""

    has_lengths: ClassVar[bool] = False
    """Whether rows end at different steps."""

    @property
    @abstractmethod
    def input_size(self) -> int:
        """I, the numbers in each step of the input."""

    @property
    @abstractmethod
    def output_size(self) -> int:
        """O, the numbers in an answer."""

    @property
    @abstractmethod
    def memory(self) -> int:
        """For how many steps something must be remembered, at most."""

    @property
    @abstractmethod
    def baseline(self) -> float:
        """The least loss to be expected of an answer that remembers nothing."""

    @abstractmethod
    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Draws examples.

        Args:
            batch_size: B, at least 1.
            generator: Where chance comes from, on the CPU.

        Raises:
            OptionError: If ``batch_size`` is no whole number of at least 1.
        """

    @abstractmethod
    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean loss of answers to a batch, of shape ().

        Args:
            prediction: (B, O), or (B, T, O) in an each-to-each task.
            y: The batch's targets.

        Raises:
            ShapeError: If they do not fit each other.
        """

    def held_out(self) -> Task:
        """The task whose examples are not those trained on; where all are new, the task itself."""
        return self

    def batches(self, batch_size: int, seed: int = 0) -> Iterator[Batch]:
        """Batches without end.

        Args:
            batch_size: B, at least 1.
            seed: Where chance starts; the same seed gives the same batches.

        Raises:
            OptionError: If ``batch_size`` is no whole number of at least 1.
        """
        whole("batch_size", batch_size, 1)
        generator = torch.Generator().manual_seed(seed)
        return self._without_end(batch_size, generator)

    def _without_end(self, batch_size: int, generator: torch.Generator) -> Iterator[Batch]:
        while True:
            yield self.draw(batch_size, generator)
