"""Windows on series: views of one array, never copied out."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from recurra.forecasting.changes import Changes


@dataclass(frozen=True)
class Windows:
    """Examples of the last values of a series and the change that follows.

    All windows are strided views of one array that holds all series end to end; an example is
    gathered only when a batch asks for it.

    Attributes:
        values: All series end to end, in standard units, (N,).
        targets: The place in ``values`` of each example's target, int64 (W,); the ``lookback``
            values before it belong to the same series.
        series: The number of each example's series, int64 (W,).
        changes: The changes of each series, a row each.
        lookback: L, at least 1.
        passes: How many times one pass over the examples goes over all windows.
    """

    values: Tensor
    targets: Tensor
    series: Tensor
    changes: Changes
    lookback: int
    passes: int = 1

    def __len__(self) -> int:
        return len(self.targets) * self.passes

    def __getitem__(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """The examples at ``index`` (B,): inputs (B, L, 1) and targets (B, 1)."""
        index = index % len(self.targets)
        views = self.values.unfold(0, self.lookback + 1, 1)
        rows = views[self.targets[index] - self.lookback]
        changes = self.changes[self.series[index]]
        answers = changes.targets(rows[:, -1 - changes.lag], rows[:, -1])
        return rows[:, :-1].unsqueeze(-1), answers.unsqueeze(-1)
