"""Plain PyTorch: torch.nn.LSTM, or the same compiled.

torch.compile leaves torch.nn.LSTM as it is, and compiles what is around it.
"""

import argparse
import time

import case
import numpy as np
import speed_told
import torch
import torch_peer
from torch import nn


def build(kind: str) -> nn.Module:
    network = torch_peer.Network()
    return network if kind == "plain" else torch.compile(network)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=["plain", "compiled"], default="plain")
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
