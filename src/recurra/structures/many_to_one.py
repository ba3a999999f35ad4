"""Many to one: a whole sequence in, one answer out."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent
from recurra.structures.heads.dense import dense
from recurra.structures.heads.head import Head
from recurra.structures.lengths import Lengths
from recurra.structures.pooling import LastStep, Pooling
from recurra.structures.requirements import needs_batch_first


class ManyToOne(nn.Module):
    """Reads a sequence and answers once, from what it knows after the last step.

    Args:
        recurrent: What reads: it must take (B, T, I), so ``batch_first=True``.
        output_size: O, the numbers in an answer, at least 1.
        pooling: What makes one vector of the output at every step; None for
            :class:`~recurra.structures.LastStep`.

    Raises:
        OptionError: If ``recurrent`` takes (T, B, I), or ``output_size`` is out of range.
    """

    head: Any

    def __init__(
        self, recurrent: Recurrent, output_size: int, *, pooling: Pooling | None = None
    ) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        if output_size < 1:
            raise OptionError(f"output_size={output_size!r}", "a whole number of at least 1")
        self.recurrent = recurrent
        self.pooling: Pooling = LastStep(recurrent) if pooling is None else pooling
        like = next(recurrent.parameters())
        self.head = dense(recurrent.output_size, output_size, device=like.device, dtype=like.dtype)

    @classmethod
    def with_head(
        cls, recurrent: Recurrent, head: Head, *, pooling: Pooling | None = None
    ) -> ManyToOne:
        """The same with a head of your own: a distribution over answers, say.

        Its loss is ``model.head.loss(model.features(x, lengths), targets)``.

        Args:
            recurrent: What reads.
            head: What answers, of ``feature_size = recurrent.output_size``.
            pooling: As above.
        """
        model = cls(recurrent, 1, pooling=pooling)
        model.head = head
        return model

    def forward(self, x: Tensor, lengths: Lengths | None = None) -> Any:
        """The answer to each sequence.

        Args:
            x: (B, T, I), T at least 1.
            lengths: The length of each row, (B,), from 0 to T; T if None. A row of length 0 gets
                the answer to a vector of zeros.

        Returns:
            (B, O), or what a head of your own gives for each row.

        Raises:
            ShapeError: If ``x`` has another shape, or lengths do not fit.
        """
        return self.head(self.features(x, lengths))

    def features(self, x: Tensor, lengths: Lengths | None = None) -> Tensor:
        """What answers are made of, (B, recurrent.output_size)."""
        if x.dim() != 3:
            raise ShapeError(
                f"an input of shape {tuple(x.shape)}",
                f"(B, T, I) with I = {self.recurrent.input_size}",
                "a single sequence (T, I) becomes a batch of one by x.unsqueeze(0)",
            )
        output, _ = self.recurrent(x, lengths=lengths)
        return self.pooling(output, lengths)
