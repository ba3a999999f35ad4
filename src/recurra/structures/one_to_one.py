"""One to one: a single step in, a single answer out."""

from __future__ import annotations

from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.heads.dense import dense
from recurra.structures.one_step import one_step
from recurra.structures.requirements import needs_batch_first


class OneToOne(nn.Module):
    """Answers each step as it comes: at once from nothing, or from the state it has come to.

    Args:
        recurrent: What reads: it must take (B, T, I), so ``batch_first=True``.
        output_size: O, the numbers in an answer, at least 1.

    Raises:
        OptionError: If ``recurrent`` takes (T, B, I), or ``output_size`` is out of range.
    """

    def __init__(self, recurrent: Recurrent, output_size: int) -> None:
        super().__init__()
        needs_batch_first(recurrent)
        self.recurrent = recurrent
        like = next(recurrent.parameters())
        self.head = dense(recurrent.output_size, output_size, device=like.device, dtype=like.dtype)

    def forward(self, x: Tensor) -> Tensor:
        """The answer to one step that nothing came before.

        Args:
            x: (B, I), B at least 1.

        Returns:
            (B, O).

        Raises:
            ShapeError: If ``x`` has another shape.
        """
        return self.step(x, None)[0]

    def step(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """The answer to one more step.

        Args:
            x: (B, I), B at least 1.
            state: Where the step before left the layer; None for zero.

        Returns:
            (B, O), and where this one leaves it.

        Raises:
            ShapeError: If ``x`` or the state has another shape.
        """
        if x.dim() != 2:
            raise ShapeError(
                f"an input of shape {tuple(x.shape)}",
                f"a single step (B, I) with I = {self.recurrent.input_size}",
                "EachToEach answers every step of a sequence, ManyToOne the whole of it",
            )
        output, after = one_step(self.recurrent, x, state)
        answer: Tensor = self.head(output)
        return answer, after
