"""Ways to feed the predictions of one series back, timed beside each other.

    python benchmarks/forecasting/feeding_back.py

An LSTM of 64 units reads 48 values, and 24 are forecast, as in "one series" of the comparison with
peers. Prints milliseconds on the processor, the median of 40 calls on one thread, and how far the
forecasts are from those of the first way.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

import recurra

LOOKBACK, HORIZON, HIDDEN = 48, 24, 64
CALLS = 40

Way = Callable[[Tensor], Tensor]


class Ways:
    """A network that tells the next change, and the ways to go on with it."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.layer = recurra.LSTM(1, HIDDEN).eval()
        self.head = torch.nn.Linear(HIDDEN, 1)
        self.stepper = self.layer.stepper(batch_size=1, head=self.head)

    def windows(self, seen: Tensor) -> Tensor:
        """Each forecast reads its whole window from a state of zero, as the forecaster does."""
        values = self._room(seen)
        for at in range(LOOKBACK, LOOKBACK + HORIZON):
            outputs, _ = self.layer(values[at - LOOKBACK : at].view(-1, 1, 1))
            values[at] = values[at - 1] + self.head(outputs[-1])[0, 0]
        return values[LOOKBACK:]

    def step_by_step(self, seen: Tensor) -> Tensor:
        """The same windows, each read by the stepper."""
        values = self._room(seen)
        for at in range(LOOKBACK, LOOKBACK + HORIZON):
            self.stepper.reset()
            for value in values[at - LOOKBACK : at].view(-1, 1, 1):
                answer = self.stepper.step(value)
            values[at] = values[at - 1] + answer[0, 0]
        return values[LOOKBACK:]

    def known_parts_together(self, seen: Tensor) -> Tensor:
        """What windows know is read as one batch; a prediction goes to all that hold it."""
        values = self._room(seen)
        lengths = LOOKBACK - torch.arange(HORIZON)
        padded = [torch.cat([seen[at:], seen.new_zeros(at)]) for at in range(HORIZON)]
        outputs, state = self.layer(torch.stack(padded, 1).unsqueeze(-1), lengths=lengths)
        answers = self.head(outputs[lengths - 1, torch.arange(HORIZON)])
        for step in range(HORIZON):
            at = LOOKBACK + step
            values[at] = values[at - 1] + answers[0, 0]
            rest = HORIZON - step - 1
            if rest:
                state = tuple(part[:, 1:] for part in state)
                outputs, state = self.layer(values[at].expand(1, rest, 1), state)
                answers = self.head(outputs[-1])
        return values[LOOKBACK:]

    def carried_on(self, seen: Tensor) -> Tensor:
        """The state goes on from one forecast to the next: other forecasts, as peers make them."""
        values = self._room(seen)
        outputs, state = self.layer(seen.view(-1, 1, 1))
        for at in range(LOOKBACK, LOOKBACK + HORIZON):
            values[at] = values[at - 1] + self.head(outputs[-1])[0, 0]
            outputs, state = self.layer(values[at].view(1, 1, 1), state)
        return values[LOOKBACK:]

    def _room(self, seen: Tensor) -> Tensor:
        return torch.cat([seen, seen.new_empty(HORIZON)])


def timed(way: Way, seen: Tensor) -> float:
    """Milliseconds of a call."""
    way(seen)
    spent = []
    for _ in range(CALLS):
        begun = time.process_time()
        way(seen)
        spent.append(time.process_time() - begun)
    return 1000 * statistics.median(spent)


@torch.inference_mode()
def main() -> None:
    torch.set_num_threads(1)
    ways, seen = Ways(), torch.randn(LOOKBACK, generator=torch.Generator().manual_seed(1))
    first = ways.windows(seen)
    for way in (ways.windows, ways.step_by_step, ways.known_parts_together, ways.carried_on):
        apart = float((way(seen) - first).abs().max())
        print(f"{way.__name__:22} {timed(way, seen):5.2f} ms   {apart:.1e} apart")


if __name__ == "__main__":
    main()
