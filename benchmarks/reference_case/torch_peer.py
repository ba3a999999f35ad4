"""Plain PyTorch, as a competent user writes it: nn.LSTM, a hand-written loop, torch's defaults."""

import argparse
import copy
import platform
from dataclasses import dataclass
from pathlib import Path

import case
import numpy as np
import report
import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Optimizer:
    """RMSprop's smoothing constant and epsilon."""

    alpha: float
    eps: float

    def __str__(self) -> str:
        return f"alpha={self.alpha:g}, eps={self.eps:g}"


OPTIMIZERS = {
    "torch": Optimizer(alpha=0.99, eps=1e-8),  # torch's defaults
    "keras": Optimizer(alpha=0.9, eps=1e-7),
}


class Network(nn.Module):
    """LSTM(50), LSTM(100) on its whole output, Linear on the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(1, case.HIDDEN[0], batch_first=True)
        self.second = nn.LSTM(case.HIDDEN[0], case.HIDDEN[1], batch_first=True)
        self.head = nn.Linear(case.HIDDEN[1], 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, 1) to (B, 1)."""
        x, _ = self.first(x)
        x, _ = self.second(x)
        prediction: Tensor = self.head(x[:, -1])
        return prediction


class Best:
    """The best weights so far, and for how many epochs there were no better ones."""

    def __init__(self) -> None:
        self.loss = float("inf")
        self.epoch = 0
        self.waited = 0
        self.weights: dict[str, Tensor] = {}

    def see(self, epoch: int, loss: float, network: nn.Module) -> None:
        """Takes one epoch's validation loss into account."""
        self.waited += 1
        if loss < self.loss:
            self.loss, self.epoch, self.waited = loss, epoch, 0
            self.weights = copy.deepcopy(network.state_dict())


def train_epoch(network: Network, optimizer: torch.optim.Optimizer, data: case.Windows) -> None:
    inputs, targets = torch.from_numpy(data.inputs), torch.from_numpy(data.targets)
    network.train()
    for batch in torch.split(torch.randperm(len(inputs)), case.BATCH):
        optimizer.zero_grad()
        nn.functional.mse_loss(network(inputs[batch]), targets[batch]).backward()
        optimizer.step()


@torch.no_grad()
def predict(network: Network, inputs: case.Array) -> case.Array:
    network.eval()
    prediction: Tensor = network(torch.from_numpy(inputs))
    return prediction.numpy()


def fit(network: Network, setting: Optimizer, data: case.Case) -> tuple[Best, int]:
    """Trains, leaves the best weights in ``network``; returns them and the epochs run."""
    optimizer = torch.optim.RMSprop(
        network.parameters(), lr=case.LEARNING_RATE, alpha=setting.alpha, eps=setting.eps
    )
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=case.RATE_FACTOR,
        patience=case.RATE_PATIENCE,
        threshold=case.RATE_MIN_DELTA,
        threshold_mode="abs",
    )
    best = Best()
    for epoch in range(1, case.EPOCHS + 1):
        train_epoch(network, optimizer, data.train)
        error = predict(network, data.validation.inputs) - data.validation.targets
        loss = float(np.mean(error**2))
        best.see(epoch, loss, network)
        scheduler.step(loss)
        if best.waited >= case.STOP_PATIENCE:
            break
    network.load_state_dict(best.weights)
    return best, epoch


def run_seed(data: case.Case, setting: Optimizer, seed: int) -> report.SeedResult:
    torch.manual_seed(seed)
    network = Network()
    best, epochs = fit(network, setting, data)
    return report.SeedResult(
        seed=seed,
        test_mse=case.test_mse(data, predict(network, data.test.inputs)),
        recursive_mae=case.recursive_mae(data, lambda window: predict(network, window)),
        best_epoch=best.epoch,
        epochs=epochs,
    )


def run(scale: case.ScaleName, setting: Optimizer, seeds: int) -> report.Variant:
    data = case.build(scale)
    results = []
    for seed in range(seeds):
        results.append(run_seed(data, setting, seed))
        report.say(f"torch {scale} {setting}", results[-1])
    versions = f"PyTorch {torch.__version__}, Python {platform.python_version()}"
    return report.Variant("PyTorch", scale, str(setting), versions, case.checksum(), results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--scale", choices=["raw", "standard", "change"], default="raw")
    parser.add_argument("--rmsprop", choices=[*OPTIMIZERS], default="torch")
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"checksum {case.checksum()}")
    variant = run(given.scale, OPTIMIZERS[given.rmsprop], given.seeds)
    report.write([variant], given.json)


if __name__ == "__main__":
    main()
