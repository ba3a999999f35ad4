"""``prices`` beside torch.nn.GRU: made-up prices, the network of the defaults."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.prices import PriceModel, Quotes, read_prices
from recurra.applications.prices.demo import table
from recurra.applications.prices.features import WIDTH, seen
from recurra.applications.prices.learning import stretches
from recurra.applications.prices.parting import parted
from recurra.training import Callback, LengthBuckets, padded

UNITS, LOOKBACK, EPOCHS = 32, 60, 30
TICKERS = 8
"""Tables of three tickers each."""


class Prices:
    """The job, with one network of its defaults, and its peer."""

    tokens = "periods"

    def __init__(self) -> None:
        self._quotes = _quotes()
        self._job = PriceModel(networks=1, epochs=EPOCHS)
        self._plain = Plain()
        self.peers: dict[str, PlainTraining] = {
            "torch.nn": PlainTraining(self._plain, self._loss())
        }

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few passes."""
        self._job.fit(self._quotes, watch=watch)

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours = parameters(self._job.networks_[0])
        return (
            f"prices, {UNITS} GRU units, {ours:,} parameters (torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """The next period of each ticker, and all that were held out."""
        count = LOOKBACK * len(self._quotes)

        def next_ones() -> int:
            self._job.predict(self._quotes)
            return count

        def next_ones_plainly() -> int:
            windows = [seen(one).features[-LOOKBACK:] for one in self._quotes]
            self._plain.foretold(torch.stack([torch.from_numpy(one).float() for one in windows]))
            return count

        return {"predict": {OURS: next_ones, "torch.nn": next_ones_plainly}}

    def _loss(self) -> Callable[[], tuple[Tensor, int]]:
        tickers = [seen(one) for one in self._quotes]
        learned = stretches(tickers, parted(tickers).learned, LOOKBACK)
        buckets = LengthBuckets([len(one) for one in learned.features], 32, seed=0)
        batches = _passes(buckets)

        def loss() -> tuple[Tensor, int]:
            some = next(batches)
            features, lengths = padded(learned.features, some)
            targets = padded(learned.targets, some)[0]
            return self._plain.loss(features, targets, lengths), int(lengths.sum())

        return loss


class Plain(nn.Module):
    """The same network of torch.nn's modules."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.GRU(WIDTH, UNITS, batch_first=True)
        self.dropout, self.head = nn.Dropout(0.2), nn.Linear(UNITS, 4)

    def forward(self, features: Tensor) -> Tensor:
        """The four prices after each period, by the scale: (B, T, 10) to (B, T, 4)."""
        found = self.head(self.dropout(self.layer(features)[0]))
        return _moves(torch.cat([found[..., :2], functional.softplus(found[..., 2:])], -1))

    def loss(self, features: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
        """The mean error of the prices."""
        live = torch.arange(features.shape[1]) < lengths.unsqueeze(1)
        return (self(features)[live] - _moves(targets[live])).abs().mean()

    @torch.no_grad()
    def foretold(self, windows: Tensor) -> Tensor:
        """After the last period of each."""
        self.eval()
        found: Tensor = self(windows)[:, -1]
        return found


def _moves(path: Tensor) -> Tensor:
    opened, body, above, below = path.unbind(-1)
    closed = opened + body
    high, low = torch.maximum(opened, closed) + above, torch.minimum(opened, closed) - below
    return torch.stack([opened, high, low, closed], -1)


def _passes(buckets: LengthBuckets) -> Iterator[Tensor]:
    while True:
        yield from buckets


def _quotes() -> list[Quotes]:
    """Made-up prices of many tickers."""
    with tempfile.TemporaryDirectory() as place:
        found = []
        for seed in range(TICKERS):
            path = Path(place) / f"{seed}.csv"
            path.write_text(table(seed=seed))
            found += read_prices(path).quotes
    return found
