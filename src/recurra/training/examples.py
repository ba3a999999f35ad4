"""What a model is trained on: pairs of inputs and targets that are sliced by index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from torch import Tensor

from recurra.errors import DataError


class Examples(Protocol):
    """N examples in memory, of which any batch can be had by index.

    Where all examples have one shape, and an example is the same whichever others are asked for
    with it, ``bytes_each``, the bytes that one takes, may say so: then those of several batches
    are asked for at once, which is quicker.
    """

    def __len__(self) -> int:
        """The number N of examples."""
        ...

    def __getitem__(self, index: Tensor, /) -> tuple[Tensor, Tensor]:
        """The examples at `index`, int64 (B,) on the CPU, as inputs (B, ...), targets (B, ...)."""
        ...


Data: TypeAlias = Examples | tuple[Tensor, Tensor]


@dataclass(frozen=True)
class TensorExamples:
    """Inputs x (N, ...) and targets y (N, ...), batches of which are copied out by index."""

    x: Tensor
    y: Tensor

    @property
    def bytes_each(self) -> int:
        """The bytes that an example takes."""
        return (self.x.nbytes + self.y.nbytes) // len(self.x)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: Tensor, /) -> tuple[Tensor, Tensor]:
        x, y = self.x, self.y
        return x.index_select(0, index.to(x.device)), y.index_select(0, index.to(y.device))


def as_examples(data: Data, role: str) -> Examples:
    """Wraps a pair of tensors; leaves `Examples` as they are.

    Args:
        data: Examples, or (x, y) with equal first dimension N >= 1.
        role: What the data are for, as an error message names them ("training data").

    Raises:
        DataError: There is no example, or a tuple is not two tensors of equal length.
    """
    examples = _pair(data, role) if isinstance(data, tuple) else data
    if len(examples) == 0:
        raise DataError(
            f"The {role} are empty.",
            "at least one example",
            "give more data, or a shorter lookback or horizon if the examples are windows",
        )
    return examples


def _pair(data: tuple[object, ...], role: str) -> TensorExamples:
    match data:
        case (Tensor() as x, Tensor() as y) if x.ndim and y.ndim and len(x) == len(y):
            return TensorExamples(x, y)
    raise DataError(
        f"The {role} are a tuple of {', '.join(map(_describe, data)) or 'nothing'}.",
        "inputs and targets (x, y): two tensors with the same first dimension",
        "convert with torch.from_numpy, and give every input its target",
    )


def _describe(value: object) -> str:
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    return type(value).__name__
