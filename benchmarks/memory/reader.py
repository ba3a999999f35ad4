"""A layer of any cell with a head, for tasks of either structure."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra import Recurrent
from recurra.tasks import Batch, Task


class Reader(nn.Module):
    """Answers after each row's last step, or at every step, as the task asks."""

    def __init__(self, task: Task, cell: str, units: int) -> None:
        super().__init__()
        self.every_step = task.structure == "each to each"
        self.recurrent = Recurrent(cell, task.input_size, units, batch_first=True)
        self.head = nn.Linear(self.recurrent.output_size, task.output_size)

    def forward(self, batch: Batch) -> Tensor:
        """(B, O), or (B, T, O)."""
        output, _ = self.recurrent(batch.x, lengths=batch.lengths)
        if self.every_step:
            return self._answered(output)
        steps = output.shape[1]
        last = torch.full((len(output),), steps) if batch.lengths is None else batch.lengths
        return self._answered(output[torch.arange(len(output)), last - 1])

    def _answered(self, output: Tensor) -> Tensor:
        answers: Tensor = self.head(output)
        return answers
