"""Times a training step of the reference case's network, in Recurra and in torch.nn."""

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from recurra import ManyToOne, Recurrent, RMSprop

BATCH, ROUNDS, STEPS = 32, 5, 10


class TorchNetwork(nn.Module):
    """LSTM(50), LSTM(100) and Dense(1) of torch's own modules."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(1, 50, batch_first=True)
        self.second = nn.LSTM(50, 100, batch_first=True)
        self.head = nn.Linear(100, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, 1) to (B, 1)."""
        output, _ = self.second(self.first(x)[0])
        answer: Tensor = self.head(output[:, -1])
        return answer


def training_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, length: int
) -> Callable[[], None]:
    """A function that takes one step on a batch of windows of that length."""
    x, y = torch.randn(BATCH, length, 1), torch.randn(BATCH, 1)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()

    return step


def milliseconds(step: Callable[[], None]) -> float:
    """A step's time, the mean of a round."""
    started = time.perf_counter()
    for _ in range(STEPS):
        step()
    return 1e3 * (time.perf_counter() - started) / STEPS


def compare(length: int) -> None:
    """Prints the median times of rounds taken in turns."""
    ours = ManyToOne(Recurrent("lstm", 1, (50, 100), batch_first=True), output_size=1)
    theirs = TorchNetwork()
    steps = (
        training_step(ours, RMSprop(ours.parameters()), length),
        training_step(theirs, torch.optim.RMSprop(theirs.parameters()), length),
    )
    for step in steps:
        milliseconds(step)  # the first round warms up
    rounds = [[milliseconds(step) for step in steps] for _ in range(ROUNDS)]
    own, peer = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(
        f"windows of {length}: Recurra {own:.2f} ms, torch.nn {peer:.2f} ms, ratio {own / peer:.1f}"
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    for length in (10, 50):
        compare(length)
