"""Many to one: a whole sequence in, one answer out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.errors import OptionError, ShapeError
from recurra.layers import Recurrent


class ManyToOne(nn.Module):
    """Reads a sequence and answers once, from what it knows after the last step.

    Args:
        recurrent: What reads: it must take (B, T, I), so ``batch_first=True``.
        output_size: O, the numbers in an answer, at least 1.

    Raises:
        OptionError: If ``recurrent`` takes (T, B, I), or ``output_size`` is out of range.
    """

    def __init__(self, recurrent: Recurrent, output_size: int) -> None:
        super().__init__()
        if not recurrent.batch_first:
            raise OptionError(
                "a recurrent layer that takes (T, B, I)",
                "one that takes (B, T, I)",
                "make it with batch_first=True",
            )
        if output_size < 1:
            raise OptionError(f"output_size={output_size!r}", "a whole number of at least 1")
        self.recurrent = recurrent
        like = next(recurrent.parameters())
        self.head = nn.Linear(
            recurrent.output_size, output_size, device=like.device, dtype=like.dtype
        )
        # As Keras starts a Dense layer, and every other input matrix here.
        nn.init.xavier_uniform_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        """The answer to each sequence.

        Args:
            x: (B, T, I), T at least 1.

        Returns:
            (B, O).

        Raises:
            ShapeError: If ``x`` has another shape.
        """
        if x.dim() != 3:
            raise ShapeError(
                f"an input of shape {tuple(x.shape)}",
                f"(B, T, I) with I = {self.recurrent.input_size}",
                "a single sequence (T, I) becomes a batch of one by x.unsqueeze(0)",
            )
        output, _ = self.recurrent(x)
        ways = output.unflatten(-1, (len(self.recurrent.directions), -1))
        # A direction that reads backwards has read everything at the first step.
        last = [ways[:, 0 if way else -1, way] for way in range(ways.shape[2])]
        answer: Tensor = self.head(torch.cat(last, dim=-1))
        return answer
