"""Sequences of like lengths in one batch, so that little is padded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from recurra.errors import DataError, ShapeError
from recurra.training.limits import at_least, fraction


class LengthBuckets:
    """Batches of sequences of like lengths, in an order of their own at each pass.

    In no batch is more than a stated share of the steps padding, and each sequence is in one batch.
    Where lengths lie far apart batches are smaller for it: at worst of a single sequence, which has
    none. At each pass sequences of one length change places and the batches come in another order;
    how large the batches are depends on the lengths alone.

    Each batch is an index (B,) int64; :func:`padded` makes tensors of it. As
    ``batch_sampler`` it serves torch's DataLoader too.

    Args:
        lengths: The steps of each sequence, N of them, whole numbers of at least 0.
        batch_size: The most sequences in a batch, at least 1.
        padding: The most that padding may be of a batch's steps, from 0 to below 1.
        seed: Of the order. The next pass goes on where the last left off.

    Raises:
        OptionError: If ``batch_size`` or ``padding`` is out of range.
        DataError: If there are no lengths, or they are not whole numbers of at least 0.
    """

    def __init__(
        self,
        lengths: Tensor | Sequence[int],
        batch_size: int,
        *,
        padding: float = 0.1,
        seed: int = 0,
    ) -> None:
        at_least(1, batch_size=batch_size)
        fraction(padding=padding)
        self.lengths = _checked(torch.as_tensor(lengths))
        self.batch_size, self.padding = batch_size, padding
        self._generator = torch.Generator().manual_seed(seed)
        self._sizes = _sizes(self.lengths.sort().values.tolist(), batch_size, padding)

    def __len__(self) -> int:
        """The number of batches in a pass."""
        return len(self._sizes)

    def __iter__(self) -> Iterator[Tensor]:
        """The batches of a pass."""
        shuffled = torch.randperm(len(self.lengths), generator=self._generator)
        order = shuffled[self.lengths[shuffled].argsort(stable=True)]
        buckets = torch.split(order, self._sizes)
        for place in torch.randperm(len(buckets), generator=self._generator).tolist():
            yield buckets[place]

    @property
    def share(self) -> float:
        """What share of all steps of a pass is padding, from 0 to below 1."""
        parts = torch.split(self.lengths.sort().values, self._sizes)
        steps = sum(len(part) * int(part[-1]) for part in parts)
        return 1 - int(self.lengths.sum()) / steps if steps else 0.0


def padded(sequences: Sequence[Tensor], index: Tensor) -> tuple[Tensor, Tensor]:
    """Some of many sequences as one tensor, with zeros behind their ends.

    Args:
        sequences: (T_i, ...) each, of one type and alike but for the first dimension.
        index: Which of them, (B,) int64.

    Returns:
        (B, T, ...) with the T of the longest, and the lengths (B,), int64.

    Raises:
        ShapeError: If they differ in more than their lengths.
    """
    chosen = [sequences[place] for place in index.tolist()]
    kinds = {(one.shape[1:], one.dtype) for one in chosen}
    if len(kinds) != 1:
        raise ShapeError(
            f"sequences whose steps are {', '.join(sorted(f'{tuple(s)} {d}' for s, d in kinds))}",
            "steps of one shape and type",
        )
    together = torch.nn.utils.rnn.pad_sequence(chosen, batch_first=True)
    return together, torch.tensor([len(one) for one in chosen])


def _checked(lengths: Tensor) -> Tensor:
    whole = not (lengths.is_floating_point() or lengths.is_complex() or lengths.dtype == torch.bool)
    if lengths.ndim != 1 or not len(lengths) or not whole or bool((lengths < 0).any()):
        raise DataError(
            f"lengths of shape {tuple(lengths.shape)} and type {lengths.dtype}"
            + (f", the least {lengths.min()}" if lengths.numel() else ""),
            "a whole number of at least 0 for each sequence, at least one of them",
            "lengths=[len(sequence) for sequence in sequences]",
        )
    return lengths.to("cpu", torch.int64)


def _sizes(ascending: list[int], batch_size: int, padding: float) -> list[int]:
    """How many of the sequences, from the shortest on, go into each batch."""
    sizes: list[int] = []
    count = steps = 0
    for length in ascending:
        # Those before are padded to the newest, the longest so far.
        wasted = (count + 1) * length - (steps + length)
        if count == batch_size or (count and wasted > padding * (count + 1) * length):
            sizes.append(count)
            count = steps = 0
        count, steps = count + 1, steps + length
    return [*sizes, count]
