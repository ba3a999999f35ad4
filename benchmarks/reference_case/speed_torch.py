"""Plain PyTorch: torch.nn.LSTM, the same compiled, or a loop over time of one's own compiled.

torch.compile leaves torch.nn.LSTM as it is, and compiles what is around it. A loop of one's own it
compiles whole.
"""

import argparse
import time

import case
import numpy as np
import speed_told
import torch
import torch_peer
from torch import Tensor, nn


class Loop(nn.Module):
    """An LSTM in torch's operations, the products with the input taken out of the loop."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.units = units
        for name, weight in nn.LSTM(inputs, units).named_parameters():
            self.register_parameter(name, nn.Parameter(weight.detach()))

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """(B, T, I) to (B, T, H)."""
        bias = self.bias_ih_l0 + self.bias_hh_l0
        seen = nn.functional.linear(x, self.weight_ih_l0, bias)
        h = c = x.new_zeros(len(x), self.units)
        outputs = []
        for step in range(x.shape[1]):
            i, f, g, o = (seen[:, step] + h @ self.weight_hh_l0.T).chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        return torch.stack(outputs, dim=1), None


class Looped(torch_peer.Network):
    """The network with such loops."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Loop(1, case.HIDDEN[0])
        self.second = Loop(*case.HIDDEN)


def build(kind: str) -> nn.Module:
    network = Looped() if kind == "loop" else torch_peer.Network()
    return network if kind == "plain" else torch.compile(network)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=["plain", "compiled", "loop"], default="plain")
    kind = parser.parse_known_args()[0].kind
    data = case.build(speed_told.SCALE)
    torch.manual_seed(0)
    network = build(kind)
    setting = torch_peer.OPTIMIZERS["keras"]
    optimizer = torch.optim.RMSprop(
        network.parameters(), lr=case.LEARNING_RATE, alpha=setting.alpha, eps=setting.eps
    )
    seconds = []
    for _ in range(speed_told.epochs()):
        start = time.perf_counter()
        torch_peer.train_epoch(network, optimizer, data.train)
        error = torch_peer.predict(network, data.validation.inputs) - data.validation.targets
        float(np.mean(error**2))
        seconds.append(time.perf_counter() - start)
    mse = case.test_mse(data, torch_peer.predict(network, data.test.inputs))
    versions = f"PyTorch {torch.__version__}, {speed_told.python()}"
    threads = f"torch {torch.get_num_threads()}"
    speed_told.tell(speed_told.Told(seconds, mse, threads, versions))


if __name__ == "__main__":
    main()
