"""Windows on series: views of one array, never copied out."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from recurra.forecasting.stepwise.changes import Changes


@dataclass(frozen=True)
class Windows:
    """Examples of the last values of a series and the change that follows.

    All windows are strided views of one array that holds all series end to end; examples are
    gathered, some batches at a time, only when they are asked for.

    Attributes:
        values: All series end to end, in standard units, (N,).
        targets: The place in ``values`` of each example's target, int64 (W,); the values
            before it that the network sees belong to the same series.
        series: The number of each example's series, int64 (W,).
        changes: The changes of each series, a row each.
        passes: How many times one pass over the examples goes over all windows.
        gaps: The time before each value, (N,), in standard units, where times follow no step.
    """

    values: Tensor
    targets: Tensor
    series: Tensor
    changes: Changes
    passes: int = 1
    gaps: Tensor | None = None

    def __len__(self) -> int:
        return len(self.targets) * self.passes

    @property
    def bytes_each(self) -> int:
        """The bytes that an example takes: inputs and target."""
        sight = self.changes.sight
        return (sight.lookback * sight.channels + 1) * self.values.element_size()

    def __getitem__(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """The examples at ``index`` (B,): inputs (B, L, I) and targets (B, 1)."""
        index = index % len(self.targets)
        sight = self.changes.sight
        views = self.values.unfold(0, sight.reach + 1, 1)
        targets = self.targets[index]
        rows = views[targets - sight.reach]
        changes = self.changes[self.series[index]]
        answers = changes.targets(rows[:, -1 - sight.lag], rows[:, -1])
        return sight.inputs(rows[:, :-1], self._until(targets)), answers.unsqueeze(-1)

    def _until(self, targets: Tensor) -> Tensor | None:
        """The time before each of the values after the first that is read, (B, L)."""
        if self.gaps is None:
            return None
        lookback = self.changes.sight.lookback
        return self.gaps.unfold(0, lookback, 1)[targets - lookback + 1]
